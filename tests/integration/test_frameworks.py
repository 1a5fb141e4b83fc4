"""One prefix, and each framework's spans and metrics arrive: real servers, the real ADOT, decoded OTLP."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from tests.support.program import clean, run
from tests.support.services import APPS, endpoints, get, launch, start
from tests.support.web import Page

SERVICE = "shop"

# path, status, requests, the operation's route with {slash} and {parameter} as the framework writes them
REQUESTS = [
    ("/ok", 200, 20, "{slash}ok"),
    ("/users/7", 200, 3, "{slash}users/{parameter}"),
    ("/refused", 403, 2, "{slash}refused"),
    ("/broken", 500, 1, "{slash}broken"),
]
ALL = sum(times for _, _, times, _ in REQUESTS)


@dataclass
class Framework:
    name: str
    command: list  # {port} stands for the port
    parameter: str
    slash: str = "/"
    folder: str = "."

    def operation(self, route):
        return "GET " + route.format(slash=self.slash, parameter=self.parameter)


FRAMEWORKS = [
    Framework("flask", ["flask", "--app", "flask_app", "run", "--port", "{port}"], "<int:number>"),
    Framework("fastapi", ["uvicorn", "fastapi_app:app", "--port", "{port}"], "{number}"),
    Framework(
        "django",
        ["python", "manage.py", "runserver", "127.0.0.1:{port}"],
        "<int:number>",
        slash="",
        folder="django_project",
    ),
]


@pytest.mark.parametrize("framework", FRAMEWORKS, ids=lambda framework: framework.name)
def test_every_request_is_a_span_and_a_data_point(framework, exec_binary, receiver, sampling, port):
    command = [word.format(port=port) for word in framework.command]
    options = [f"--service-name={SERVICE}", *endpoints(receiver, sampling)]
    with start(command, options, port, APPS / framework.folder) as server:
        server.wait_until(lambda: sampling.sdk_polls["GetSamplingRules"], "asked for sampling rules")
        for path, status, times, _ in REQUESTS:
            for _ in range(times):
                assert get(f"http://127.0.0.1:{port}{path}")[0] == status
        receiver.wait_for(lambda seen: len(seen.server_spans()) >= ALL and counted(seen, framework) >= ALL)

    assert {span.service for span in receiver.spans()} == {SERVICE}
    assert len(receiver.server_spans()) == ALL, receiver.summary()
    for _, status, times, route in REQUESTS:
        check_operation(receiver, framework.operation(route), status, times)


def counted(seen, framework):
    return sum(seen.count("Latency", Operation=framework.operation(route)) for _, _, _, route in REQUESTS)


def check_operation(receiver, operation, status, times):
    spans = [span for span in receiver.server_spans() if span.attributes["aws.local.operation"] == operation]
    assert [span.attributes["http.status_code"] for span in spans] == [status] * times
    wanted = {"Operation": operation, "Service": SERVICE}
    for name in ("Latency", "Error", "Fault"):
        assert receiver.count(name, **wanted) == times
    assert receiver.total("Latency", **wanted) > 0
    assert receiver.total("Error", **wanted) == (times if 400 <= status < 500 else 0)
    assert receiver.total("Fault", **wanted) == (times if status >= 500 else 0)


def test_a_script_delivers_all_before_it_ends(exec_binary, receiver, sampling):
    with Page() as page:
        options = ["--service-name=job", *endpoints(receiver, sampling)]
        command = launch(["python", "script.py", f"{page.url}/one", f"{page.url}/two"], *options)
        # what it does in the moment before X-Ray's rules arrive is not always sampled, hence its own sampler
        outcome = run(command, clean(OTEL_TRACES_SAMPLER="always_on"), APPS)
    assert (outcome.code, outcome.stdout) == (0, "done\n")

    # two calls each, one by urllib and one by requests; metrics know of all, whatever was sampled
    for path in ("/one", "/two"):
        called = {
            "Service": "job",
            "RemoteService": f"127.0.0.1:{page.port}",
            "RemoteOperation": f"GET {path}",
        }
        assert [receiver.count(name, **called) for name in ("Latency", "Error", "Fault")] == [2, 2, 2]
    # until the rules are there, the X-Ray sampler's fallback may drop a trace
    urls = [span.attributes["http.url"] for span in receiver.spans("job") if span.kind == "client"]
    assert urls
    assert set(urls) <= {f"{page.url}/one", f"{page.url}/two"}
