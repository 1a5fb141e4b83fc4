"""What appsig-exec finds out about its network inside containers, and where the endpoints then point."""

import contextlib
import json

import pytest

from tests.containers import engine
from tests.support.program import port_answers
from tests.support.receiver import Receiver
from tests.support.sampling import SamplingProxy

COMMAND = ("gunicorn", "-b", "127.0.0.1:8000", "flask_app:app")
# each as little as a container may have: the signals must be readable all the same
PRIVILEGES = {
    "root": (),
    "nameless": (
        "--user",
        "12345:12345",
        "--read-only",
        "--cap-drop",
        "ALL",
        "--security-opt",
        "no-new-privileges",
    ),
}
# as many as there are: a variable that is left out would keep its signal on localhost
ENDPOINTS = {
    "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://{host}:4316/v1/traces",
    "OTEL_AWS_APPLICATION_SIGNALS_EXPORTER_ENDPOINT": "http://{host}:4316/v1/metrics",
    "OTEL_AWS_OTLP_LOGS_ENDPOINT": "http://{host}:4316/v1/logs",
    "OTEL_AWS_OTLP_METRICS_ENDPOINT": "http://{host}:4316/v1/metrics",
    "OTEL_TRACES_SAMPLER_ARG": "endpoint=http://{host}:2000",
}


@pytest.fixture(scope="module")
def image(request):
    engine.Start.once(request.config)
    return engine.built_image("service")


@pytest.fixture
def no_agent():
    """Nothing on this machine listens where an agent would, on any of its addresses."""
    taken = "127.0.0.1:4316 of this machine is taken, so that there is an agent for the containers"
    engine.wait_until(lambda: not port_answers(4316), 60, lambda: taken)


@contextlib.contextmanager
def agent_at(address):
    """A receiver and a sampling proxy on the agent's ports of one address of this machine."""
    with Receiver(port=4316, host=address) as receiver, SamplingProxy(port=2000, host=address):
        yield receiver


def explain(image, *options):
    """--explain=json in a container; the stand-ins answer from a busy machine, so they get a second."""
    words = ("-e", "APPSIG_EXPLAIN=json", "-e", "APPSIG_TIMEOUT_MS=1000", "-e", "SERVICE_NAME=shop", *options)
    result = engine.run(image, *COMMAND, options=words)
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


def told(found):
    return "\n".join(line["text"] for line in found["lines"] if line["level"] != "debug")


def variables(found):
    return {change["name"]: change["value"] for change in found["environment"]}


@pytest.mark.parametrize("privileges", PRIVILEGES)
@pytest.mark.parametrize("network", ["host", "bridge", "none"])
def test_each_network_is_recognised(image, no_agent, network, privileges):
    found = explain(image, "--network", network, *PRIVILEGES[privileges])
    assert found["network"] == network
    assert ("--network host" in told(found)) == (network != "host"), told(found)
    assert found["telemetry"] is False
    # the app is instrumented all the same, for an agent that comes later, and stops soon until then
    assert variables(found)["OTEL_AWS_APPLICATION_SIGNALS_ENABLED"] == "true"
    assert variables(found)["OTEL_EXPORTER_OTLP_TIMEOUT"] == "1"


def test_another_containers_network_is_a_bridge(image, no_agent):
    with engine.Container(image, "python3", "-c", "import time; time.sleep(600)") as other:
        found = explain(image, "--network", f"container:{other.id}")
    assert found["network"] == "bridge"


@pytest.mark.parametrize("privileges", PRIVILEGES)
def test_an_agent_on_the_host_is_found_at_the_gateway(image, no_agent, privileges):
    with engine.network() as network, agent_at(engine.gateway(network)) as receiver:
        found = explain(image, "--network", network, *PRIVILEGES[privileges])
    assert found["network"] == "bridge"
    assert found["gateway"] == receiver.host
    set_to = variables(found)
    assert {name: set_to.get(name) for name in ENDPOINTS} == {
        name: value.format(host=receiver.host) for name, value in ENDPOINTS.items()
    }
    assert f"http://{receiver.host}:4316" in told(found)
    assert "--network host" not in told(found)
    assert "OTEL_EXPORTER_OTLP_TIMEOUT" not in set_to


def test_an_agent_on_the_host_is_found_at_host_docker_internal(image, no_agent):
    with engine.network() as network, agent_at(engine.gateway("bridge")):
        found = explain(image, "--network", network, "--add-host", "host.docker.internal:host-gateway")
    set_to = variables(found)
    assert {name: set_to.get(name) for name in ENDPOINTS} == {
        name: value.format(host="host.docker.internal") for name, value in ENDPOINTS.items()
    }


def test_on_the_hosts_network_the_agent_is_at_localhost(image, no_agent):
    with agent_at("127.0.0.1"):
        found = explain(image, "--network", "host")
    set_to = variables(found)
    assert set_to["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"] == "http://localhost:4316/v1/traces"
    assert set_to["OTEL_TRACES_SAMPLER_ARG"] == "endpoint=http://localhost:2000"
    assert told(found) == ""


def test_the_users_endpoint_is_kept_and_the_agent_named(image, no_agent):
    with engine.network() as network, agent_at(engine.gateway(network)) as receiver:
        found = explain(image, "--network", network, "-e", "APPSIG_AGENT_ENDPOINT=http://localhost:4316")
    assert variables(found)["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"] == "http://localhost:4316/v1/traces"
    assert f"the agent answers at 'http://{receiver.host}:4316'" in told(found)
