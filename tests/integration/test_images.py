"""Images with less than usual in them: Python without a shell, a static busybox, a lone static command."""

import shutil
import subprocess

import pytest

from tests.containers import engine
from tests.support.program import port_answers
from tests.support.receiver import Receiver
from tests.support.sampling import SamplingProxy

REQUESTS = 20
NAMELESS = ("--user", "12345:12345", "--read-only", "--cap-drop", "ALL")
BUSYBOX = "/bin/busybox"
STATIC_COMMAND = r"""
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
int main(int argc, char **argv) {
    const char *enabled = getenv("OTEL_AWS_APPLICATION_SIGNALS_ENABLED");
    printf("pid %d, %s, enabled %s\n", (int)getpid(), argv[0], enabled ? enabled : "unset");
    return argc > 1 ? atoi(argv[1]) : 0;
}
"""


@pytest.fixture(scope="module", autouse=True)
def docker_engine(request):
    engine.Start.once(request.config)


@pytest.fixture(scope="module")
def busybox_image():
    """Nothing but the launcher and a static busybox: no libc, no /etc, no /tmp."""
    if not shutil.which("busybox"):
        engine.missing("busybox-static is not installed")
    files = {"/appsig-exec": engine.SHIM, BUSYBOX: shutil.which("busybox")}
    with engine.imported_image("appsig-test/busybox", files, 'ENTRYPOINT ["/appsig-exec", "--"]') as name:
        yield name


@pytest.fixture(scope="module")
def lone_image(tmp_path_factory):
    """Nothing but the launcher and one static command."""
    folder = tmp_path_factory.mktemp("lone")
    (folder / "command.c").write_text(STATIC_COMMAND)
    build = ["cc", "-static", "-o", folder / "command", folder / "command.c"]
    subprocess.run(build, check=True, capture_output=True)
    files = {"/appsig-exec": engine.SHIM, "/command": folder / "command"}
    with engine.imported_image("appsig-test/lone", files, 'ENTRYPOINT ["/appsig-exec", "--"]') as name:
        yield name


@pytest.mark.parametrize("network", ["bridge", "none", "host"])
@pytest.mark.parametrize("options", [(), NAMELESS], ids=["root", "nameless"])
def test_exit_code_with_nothing_but_busybox(busybox_image, network, options):
    words = ("--network", network, *options)
    result = engine.run(busybox_image, BUSYBOX, "sh", "-c", "exit 7", options=words)
    assert result.returncode == 7, result.stderr
    assert result.stdout == ""


def test_environment_with_nothing_but_busybox(busybox_image):
    result = engine.run(busybox_image, BUSYBOX, "env", options=("-e", "SERVICE_NAME=shop"))
    assert result.returncode == 0, result.stderr
    assert "OTEL_RESOURCE_ATTRIBUTES=service.name=shop" in result.stdout.splitlines()
    # fork workers that nobody initialises would report nothing at all
    assert "OTEL_AWS_PYTHON_DEFER_TO_WORKERS_ENABLED" not in result.stdout


def test_a_signal_with_nothing_but_busybox(busybox_image):
    script = "trap 'echo got TERM; exit 9' TERM; echo ready; while :; do busybox sleep 1; done"
    with engine.Container(busybox_image, BUSYBOX, "sh", "-c", script) as container:
        container.wait_for_log("ready")
        seconds, code = container.stop()
        assert (code, "got TERM" in container.logs()) == (9, True), container.logs()
        assert seconds < 5


@pytest.mark.parametrize(
    ("command", "code"), [("no-such-command", 127), ("/no/such/command", 127), ("/bin", 126)]
)
def test_what_cannot_be_run_in_an_empty_image(busybox_image, command, code):
    result = engine.run(busybox_image, command)
    assert result.returncode == code
    assert command in result.stderr


@pytest.mark.parametrize("options", [(), NAMELESS], ids=["root", "nameless"])
def test_a_lone_static_command(lone_image, options):
    result = engine.run(lone_image, "/command", "5", options=options)
    assert result.returncode == 5, result.stderr
    assert result.stdout == "pid 1, /command, enabled true\n"


def test_python_without_a_shell_reports_every_request():
    image = engine.built_image("trimmed")
    shell = engine.run(image, "-c", "true", options=("--entrypoint", "/bin/sh"))
    assert shell.returncode == 127, "the trimmed image has a shell after all"
    command = ("gunicorn", "-w", "2", "-b", "0.0.0.0:8000", "--worker-tmp-dir", "/dev/shm", "flask_app:app")
    with engine.network() as network:
        host = engine.gateway(network)
        engine.wait_until(lambda: not port_answers(4316, host), 60, lambda: f"{host}:4316 is taken")
        variables = {
            "SERVICE_NAME": "trimmed",
            "OTEL_METRIC_EXPORT_INTERVAL": "1000",
            "APPSIG_TIMEOUT_MS": "1000",
        }
        words = [word for name, value in variables.items() for word in ("-e", f"{name}={value}")]
        with Receiver(port=4316, host=host) as receiver, SamplingProxy(port=2000, host=host):
            options = ("--network", network, *NAMELESS, *words)
            with engine.Container(image, *command, options=options) as container:
                base = f"http://{container.address()}:8000"
                container.wait_for_answer(f"{base}/ready")
                assert all(engine.answers(f"{base}/items/{number}") for number in range(REQUESTS))
                receiver.wait_for(lambda got: items_of(got) == (REQUESTS, REQUESTS), 30)


def items_of(telemetry):
    """(server spans, Latency count) of the requests for items."""
    spans = [span for span in telemetry.server_spans("trimmed") if "items/" in span.name]
    points = telemetry.app_signals("Latency", Service="trimmed")
    return len(spans), sum(point.count for point in points if "items/" in (point["Operation"] or ""))


def test_the_image_of_our_own_patches_and_is_copied_from(tmp_path):
    name = "appsig-test/appsig"
    engine.docker("build", "--build-arg", "PROGRAMS=programs-prebuilt", "-t", name, engine.TOP)
    (tmp_path / "Dockerfile").write_text("FROM python:3.12\nRUN pip install gunicorn\nCMD gunicorn app:app\n")
    words = ("appsig-patch", "--set", "SERVICE_NAME=shop", "/src")
    patched = engine.run(name, *words, options=("-v", f"{tmp_path}:/src:ro", "--network", "none"))
    assert patched.returncode == 0, patched.stderr
    assert '+ENTRYPOINT ["appsig-exec", "--"]' in patched.stdout
    copies = f"FROM scratch\nCOPY --from={name} /usr/local/bin/appsig-exec /\n"
    (tmp_path / "Dockerfile").write_text(copies)
    engine.docker("build", "-t", f"{name}-copied", tmp_path)
    copied = engine.run(f"{name}-copied", "/appsig-exec", "--version")
    assert copied.stdout.startswith("appsig-exec "), copied.stderr
