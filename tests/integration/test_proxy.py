"""A proxy that answers 403 to everything: what is meant for the agent must not go through it."""

from __future__ import annotations

import pytest

from tests.support.program import clean, run
from tests.support.services import APPS, endpoints, get, launch, start
from tests.support.web import Handler, StandIn

# which of the variables that Python's clients read are set
PROXY_VARIABLES = [
    ("HTTP_PROXY",),
    ("http_proxy",),
    ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy"),
    ("ALL_PROXY",),
]


class ForbiddingHandler(Handler):
    def do_GET(self):
        self.body()
        self.server.owner.asked.append(f"{self.command} {self.path}")
        self.answer(403, b"forbidden\n", "text/plain")

    do_POST = do_CONNECT = do_GET


class Proxy(StandIn):
    handler = ForbiddingHandler

    def __init__(self):
        super().__init__()
        self.asked = []


@pytest.fixture
def proxy():
    with Proxy() as running:
        yield running


def through(proxy, names):
    return dict.fromkeys(names, proxy.url)


def by_hand(receiver):
    """What the guides set, without appsig-exec."""
    return {
        "OTEL_AWS_APPLICATION_SIGNALS_ENABLED": "true",
        "OTEL_METRICS_EXPORTER": "none",
        "OTEL_LOGS_EXPORTER": "none",
        "OTEL_PYTHON_DISTRO": "aws_distro",
        "OTEL_PYTHON_CONFIGURATOR": "aws_configurator",
        "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf",
        "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": f"{receiver.url}/v1/traces",
        "OTEL_AWS_APPLICATION_SIGNALS_EXPORTER_ENDPOINT": f"{receiver.url}/v1/metrics",
        "OTEL_AWS_SERVICE_EVENTS_ENABLED": "false",
        "OTEL_RESOURCE_ATTRIBUTES": "service.name=one",
    }


def test_by_hand_the_proxy_gets_it_all(receiver, proxy):
    environment = clean(by_hand(receiver), through(proxy, ["HTTP_PROXY"]))
    assert run(["opentelemetry-instrument", "python", "one_span.py"], environment, APPS).code == 0
    assert not receiver.requests
    assert f"POST {receiver.url}/v1/traces" in proxy.asked


@pytest.mark.parametrize("names", PROXY_VARIABLES, ids="+".join)
def test_data_goes_past_the_proxy(names, exec_binary, receiver, sampling, proxy):
    command = launch(["python", "one_span.py"], "--service-name=one", *endpoints(receiver, sampling))
    outcome = run(command, clean(through(proxy, names)), APPS)
    assert outcome.code == 0
    assert [span.name for span in receiver.server_spans("one")] == ["GET /request"]
    assert receiver.count("Latency", Service="one") == int(outcome.stdout.split()[0])
    assert sampling.polls["GetSamplingRules"] == 2  # the probe's own, and the app's
    assert proxy.asked == []


@pytest.mark.parametrize("name", ["NO_PROXY", "no_proxy"])
def test_the_users_own_exceptions_stay(name, exec_binary, receiver, sampling, proxy):
    command = launch(["python", "one_span.py"], *endpoints(receiver, sampling))
    variables = {**through(proxy, ["HTTP_PROXY"]), name: "db.example.com,.internal"}
    outcome = run(command, clean(variables), APPS)
    # clients read one of the two, most the lower case first: whichever there is has to hold all
    values = [value for value in outcome.stdout.split()[1:] if value != "None"]
    assert values
    for value in values:
        assert {receiver.host, "db.example.com", ".internal"} <= set(value.split(",")), outcome.stdout
    assert proxy.asked == []


def test_a_server_behind_the_proxy(exec_binary, receiver, sampling, proxy, port):
    command = ["flask", "--app", "flask_app", "run", "--port", str(port)]
    options = ["--service-name=shop", *endpoints(receiver, sampling)]
    with start(command, options, port, **through(proxy, ["HTTP_PROXY", "http_proxy"])):
        for _ in range(20):
            assert get(f"http://127.0.0.1:{port}/ok")[0] == 200
        receiver.wait_for(lambda seen: len(seen.server_spans("shop")) >= 20)
        receiver.wait_for(lambda seen: seen.count("Latency", Service="shop", Operation="GET /ok") >= 20)
    assert proxy.asked == []
