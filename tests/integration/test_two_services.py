"""A shop that calls a second service and asks PostgreSQL: one trace, and each call is a dependency."""

from __future__ import annotations

import json

import pytest

from tests.support import postgres
from tests.support.program import clean, free_port, run
from tests.support.services import APPS, endpoints, get, start

REQUESTS = 5


@pytest.fixture
def database(need):
    need(postgres.programs(), "PostgreSQL (Debian package postgresql)")
    with postgres.Postgres() as running:
        filled = run(["python", "database.py"], clean(DATABASE=running.url), APPS)
        assert filled.code == 0, filled.stderr
        yield running


@pytest.fixture
def shop(exec_binary, receiver, sampling, database):
    """The shop's address; it and the stock service run under appsig-exec."""
    shop_port, stock_port = free_port(), free_port()
    variables = {"DATABASE": database.url, "STOCK_URL": f"http://127.0.0.1:{stock_port}"}
    to = endpoints(receiver, sampling)
    stock = ["flask", "--app", "stock_service", "run", "--port", str(stock_port)]
    command = ["flask", "--app", "flask_app", "run", "--port", str(shop_port)]
    with (
        start(stock, ["--service-name=stock", *to], stock_port),
        start(command, ["--service-name=shop", *to], shop_port, **variables) as program,
    ):
        # two rounds of rules: each of the services has its own
        program.wait_until(lambda: sampling.sdk_polls["GetSamplingRules"] >= 2, "asked for sampling rules")
        yield f"http://127.0.0.1:{shop_port}", f"127.0.0.1:{stock_port}"


def test_one_trace_and_its_dependencies(shop, receiver, database):
    url, stock_address = shop
    for _ in range(REQUESTS):
        status, body = get(f"{url}/buy/apple")
        assert (status, json.loads(body)) == (200, {"name": "apple", "price": 3, "stock": 5})

    receiver.wait_for(lambda seen: all(len(found) >= REQUESTS for found in spans_of(seen)))
    check_traces(receiver)

    calls = {"Service": "shop", "Operation": "GET /buy/<name>"}
    for dependency in (
        {"RemoteService": stock_address, "RemoteOperation": "GET /stock"},
        {
            "RemoteService": "postgresql",
            "RemoteOperation": "SELECT",
            "RemoteResourceType": "DB::Connection",
            "RemoteResourceIdentifier": f"postgres|127.0.0.1|{database.port}",
        },
    ):
        receiver.wait_for(lambda seen, dep=dependency: seen.count("Latency", **calls, **dep) >= REQUESTS)
        for name in ("Latency", "Error", "Fault"):
            assert receiver.count(name, **calls, **dependency) == REQUESTS
        assert receiver.total("Fault", **calls, **dependency) == 0
    assert (
        receiver.count("Latency", Service="shop", Operation="GET /buy/<name>", RemoteService=None) == REQUESTS
    )
    stock = {"Service": "stock", "Operation": "GET /stock/<name>"}
    receiver.wait_for(lambda seen: seen.count("Latency", **stock) >= REQUESTS)
    assert receiver.count("Latency", **stock) == REQUESTS


def spans_of(seen):
    """The shop's own spans, its calls, its queries, and the stock service's own."""
    return (
        seen.server_spans("shop"),
        [span for span in seen.spans("shop") if span.kind == "client" and not span.database],
        [span for span in seen.spans("shop") if span.database],
        seen.server_spans("stock"),
    )


def check_traces(receiver):
    assert len(receiver.traces()) == REQUESTS, receiver.summary()
    for shop_span, call, query, stock_span in zip(
        *(sorted(found, key=lambda span: span.trace_id) for found in spans_of(receiver)), strict=True
    ):
        assert {call.trace_id, query.trace_id, stock_span.trace_id} == {shop_span.trace_id}
        assert shop_span.parent_id == ""
        assert call.parent_id == query.parent_id == shop_span.span_id
        assert stock_span.parent_id == call.span_id
        assert query.database == "postgresql"
        assert query.attributes["db.statement"] == "SELECT name, price FROM items ORDER BY name"
