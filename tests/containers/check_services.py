"""What the `tests` service of docker-compose.test.yml asserts: each request arrived at the receiver, once.

All services are alive while this looks, so no flush at an exit can have helped.
"""

import itertools
import json
import os
import time
import urllib.error
import urllib.request
from collections import Counter
from pathlib import Path

import pytest

from tests.support.telemetry import Point, Span, Telemetry

FRAMEWORKS = ("flask-gunicorn", "django-gunicorn", "flask-uwsgi", "fastapi-uvicorn")
NETWORKS = ("host", "bridge")
USERS = ("root", "nameless")
# service name → its port on this machine, as docker-compose.test.yml has them
PORTS = {
    f"{framework}-{network}-{user}": 8100 + 10 * row + column
    for row, framework in enumerate(FRAMEWORKS)
    for column, (network, user) in enumerate(itertools.product(NETWORKS, USERS), 1)
}
# the same app without appsig-exec on a bridge network, where localhost:4316 is nobody
CONTRAST, CONTRAST_PORT = "contrast", 8141

REQUESTS = 20
BROKEN = 5
READY_SECONDS = 180
ARRIVAL_SECONDS = 60
QUIET_SECONDS = 4
KINDS = {"spans": Span, "points": Point}


def get(port, path):
    """The status of the answer; None where nothing answers."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=20) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return None


def wait_for(condition, seconds):
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.25)


def received():
    """Everything in the receiver's file so far."""
    telemetry = Telemetry()
    text = Path(os.environ["RECEIVED"]).read_text(encoding="utf-8")
    for line in text[: text.rfind("\n") + 1].splitlines():
        ((signal, item),) = json.loads(line).items()
        if signal in KINDS:
            telemetry.add(**{signal: [KINDS[signal](**item)]})
    return telemetry


def item_spans(telemetry, service):
    return [span for span in telemetry.server_spans(service) if "items/" in span.name]


def metric_of(telemetry, metric, service, route):
    """(count, total) of one of Application Signals' metrics over the requests that came in for `route`."""
    points = [
        point
        for point in telemetry.app_signals(metric, Service=service)
        if route in (point["Operation"] or "") and not point["RemoteService"]
    ]
    return sum(point.count for point in points), sum(point.total for point in points)


def arrived(telemetry, service):
    """What there is of one service, for the message of a failure."""
    found = Counter(f"span {span.kind} {span.name}" for span in telemetry.spans(service))
    for point in telemetry.points():
        if point.service == service:
            words = (point.name, point["Operation"], point["RemoteService"], point["RemoteOperation"])
            found[" ".join(filter(None, words))] += point.count
    return "\n".join(f"{count} {what}" for what, count in sorted(found.items())) or "nothing arrived"


def complete(telemetry):
    return all(
        len(item_spans(telemetry, name)) >= REQUESTS
        and metric_of(telemetry, "Latency", name, "items/")[0] >= REQUESTS
        for name in PORTS
    )


@pytest.fixture(scope="session")
def telemetry():
    """All services have answered their requests, and what they had to report has had the time to arrive."""
    ports = {**PORTS, CONTRAST: CONTRAST_PORT}
    silent = dict(ports)

    def all_ready():
        for name in [name for name, port in silent.items() if get(port, "/ready") == 200]:
            del silent[name]
        return not silent

    wait_for(all_ready, READY_SECONDS)
    assert not silent, f"not ready after {READY_SECONDS} s: {', '.join(silent)}"
    for port in ports.values():
        assert [get(port, f"/items/{number}") for number in range(REQUESTS)] == [200] * REQUESTS
        assert [get(port, "/broken") for _ in range(BROKEN)] == [500] * BROKEN
    wait_for(lambda: complete(received()), ARRIVAL_SECONDS)
    # what is reported twice must have its chance to be seen
    time.sleep(QUIET_SECONDS)
    return received()


@pytest.mark.parametrize("service", PORTS)
def test_every_request_has_its_span(telemetry, service):
    spans = item_spans(telemetry, service)
    assert len(spans) == REQUESTS, arrived(telemetry, service)
    assert len({span.span_id for span in spans}) == REQUESTS


@pytest.mark.parametrize("service", PORTS)
def test_every_request_is_in_latency(telemetry, service):
    count, milliseconds = metric_of(telemetry, "Latency", service, "items/")
    assert count == REQUESTS, arrived(telemetry, service)
    assert milliseconds > 0


@pytest.mark.parametrize("service", PORTS)
def test_faults_are_those_of_the_broken_route(telemetry, service):
    assert metric_of(telemetry, "Fault", service, "broken") == (BROKEN, BROKEN), arrived(telemetry, service)
    assert metric_of(telemetry, "Fault", service, "items/") == (REQUESTS, 0), arrived(telemetry, service)


def test_without_the_launcher_a_bridge_service_loses_all(telemetry):
    assert arrived(telemetry, CONTRAST) == "nothing arrived"
