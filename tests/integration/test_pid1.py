"""The app is the container's first process: signals, exit codes, and `docker stop` without any agent."""

import signal

import pytest

from tests.containers import engine
from tests.support.program import port_answers

STOP_LIMIT_SECONDS = 5
# docker stop's own patience; what outlives it is killed
DOCKER_PATIENCE_SECONDS = 10
KILLED = 128 + signal.SIGKILL
GUNICORN = ("gunicorn", "-w", "2", "-b", "0.0.0.0:8000", "flask_app:app")

# A start without the launcher: what the guides have users write by hand.
BY_HAND = {
    "OTEL_AWS_APPLICATION_SIGNALS_ENABLED": "true",
    "OTEL_METRICS_EXPORTER": "none",
    "OTEL_LOGS_EXPORTER": "none",
    "OTEL_PYTHON_DISTRO": "aws_distro",
    "OTEL_PYTHON_CONFIGURATOR": "aws_configurator",
    "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf",
    "OTEL_TRACES_SAMPLER": "xray",
    "OTEL_TRACES_SAMPLER_ARG": "endpoint=http://localhost:2000",
    "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://localhost:4316/v1/traces",
    "OTEL_AWS_APPLICATION_SIGNALS_EXPORTER_ENDPOINT": "http://localhost:4316/v1/metrics",
    "OTEL_RESOURCE_ATTRIBUTES": "service.name=by-hand",
}

TELL_SIGNALS = """
import os, signal, sys, time
name = sys.argv[1]
signal.signal(getattr(signal, name), lambda *_: print("got", name, flush=True))
print("first process:", os.getpid(), open("/proc/1/cmdline").read().split(chr(0))[1], flush=True)
while True:
    time.sleep(60)
"""


@pytest.fixture(scope="module")
def image(request):
    engine.Start.once(request.config)
    return engine.built_image("service")


@pytest.fixture
def no_agent():
    """Nothing on this machine listens where an agent would, on any of its addresses."""
    taken = "127.0.0.1:4316 of this machine is taken, so that there is an agent for the containers"
    engine.wait_until(lambda: not port_answers(4316), 60, lambda: taken)


@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2", "SIGWINCH"])
def test_a_signal_reaches_the_app(image, name):
    with engine.Container(image, "python3", "-c", TELL_SIGNALS, name) as container:
        container.wait_for_log(r"first process: 1 -c")
        engine.docker("kill", "-s", name, container.id)
        container.wait_for_log(f"got {name}")
        assert container.state()["Running"]


@pytest.mark.parametrize("code", [0, 1, 7, 42, 125, 255])
def test_an_exit_code_passes(image, code):
    result = engine.run(image, "python3", "-c", f"raise SystemExit({code})", options=("--network", "none"))
    assert result.returncode == code, result.stderr


@pytest.mark.parametrize(("command", "code"), [("no-such-command", 127), ("/app", 126)])
def test_what_cannot_be_run_is_named(image, command, code):
    result = engine.run(image, command, options=("--network", "none"))
    assert result.returncode == code
    assert command in result.stderr


def serve(container):
    container.wait_for_answer(f"http://{container.address()}:8000/ready")
    assert all(engine.answers(f"http://{container.address()}:8000/items/{n}") for n in range(20))


@pytest.mark.parametrize("launch", ["auto", "direct"])
def test_gunicorn_stops_soon_without_an_agent(image, no_agent, launch):
    options = ("-e", "SERVICE_NAME=shop", "-e", f"APPSIG_LAUNCH={launch}")
    with engine.Container(image, *GUNICORN, options=options) as container:
        serve(container)
        assert "--network host" in container.logs()
        seconds, code = container.stop()
        assert code == 0, container.logs()
        assert seconds < STOP_LIMIT_SECONDS, container.logs()


def test_gunicorn_stops_soon_where_there_is_no_network(image):
    with engine.Container(image, *GUNICORN, options=("--network", "none")) as container:
        ask = "import urllib.request; print(urllib.request.urlopen('http://127.0.0.1:8000/ready').read())"

        def ready():
            return "ready" in engine.docker("exec", container.id, "python3", "-c", ask, check=False).stdout

        engine.wait_until(ready, 40, container.logs)
        assert "--network host" in container.logs()
        seconds, code = container.stop()
        assert code == 0, container.logs()
        assert seconds < STOP_LIMIT_SECONDS, container.logs()


def test_the_bare_instrumentation_is_killed_instead(image, no_agent):
    variables = [word for name, value in BY_HAND.items() for word in ("-e", f"{name}={value}")]
    options = ("--entrypoint", "opentelemetry-instrument", *variables)
    with engine.Container(image, *GUNICORN, options=options) as container:
        serve(container)
        seconds, code = container.stop()
        assert code == KILLED
        assert seconds >= DOCKER_PATIENCE_SECONDS
