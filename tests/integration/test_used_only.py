"""--instrument=used: what the app imports is seen as ever, and what it does not import is not loaded."""

import sqlite3
from contextlib import closing

import pytest

from tests.support.program import free_port
from tests.support.services import APPS, endpoints, get, start
from tests.support.web import Handler, StandIn

REQUESTS = 3
# name: (the command, its folder, a path, spans that each request makes beside the server's)
SERVERS = {
    "gunicorn, Flask": (
        ["gunicorn", "-b", "127.0.0.1:{port}", "flask_app:app"],
        ".",
        "buy/apple",
        ("SELECT", "GET"),
    ),
    "FastAPI": (["uvicorn", "fastapi_app:app", "--port", "{port}"], ".", "users/7", ()),
    "Django": (
        ["python", "manage.py", "runserver", "--noreload", "127.0.0.1:{port}"],
        "django_project",
        "ok",
        (),
    ),
}
# An app's own words on what was loaded into it.
LOADED = """import sys
import flask
print(sorted(name for name in sys.modules if name in ("flask", "django", "fastapi", "starlette", "sqlite3")))
print(flask.Flask.__name__)
"""


class StockHandler(Handler):
    def do_GET(self):
        self.answer(200, b'{"stock": 1}', "application/json")


class Stock(StandIn):
    handler = StockHandler


def make_database(path):
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript("CREATE TABLE items (name, price); INSERT INTO items VALUES ('apple', 3);")


@pytest.mark.parametrize("server", SERVERS)
def test_what_the_app_uses_is_seen_as_ever(server, tmp_path, receiver, sampling):
    port = free_port()
    command, folder, path, inner = SERVERS[server]
    make_database(tmp_path / "shop.db")
    with Stock() as stock:
        variables = {"DATABASE": tmp_path / "shop.db", "STOCK_URL": stock.url}
        options = ["--service-name=shop", "--instrument=used", *endpoints(receiver, sampling)]
        words = [word.format(port=port) for word in command]
        with start(words, options, port, APPS / folder, **variables) as program:
            program.wait_until(lambda: sampling.sdk_polls["GetSamplingRules"], "asked for sampling rules")
            for _ in range(REQUESTS):
                assert get(f"http://127.0.0.1:{port}/{path}")[0] == 200
            receiver.wait_for(
                lambda seen: (
                    len(seen.server_spans()) >= REQUESTS
                    and len(seen.spans()) >= REQUESTS * (1 + len(inner))
                    and seen.count("Latency", Service="shop") >= REQUESTS
                )
            )
    assert len(receiver.server_spans()) == REQUESTS, receiver.summary()
    for word in inner:
        spans = [span for span in receiver.spans() if span.kind == "client" and span.name.startswith(word)]
        assert len(spans) == REQUESTS, receiver.summary()


def test_what_the_app_does_not_import_is_not_loaded(tmp_path, receiver, sampling):
    (tmp_path / "loaded.py").write_text(LOADED)
    options = ["--service-name=shop", "--instrument=used", *endpoints(receiver, sampling)]
    with start(["python", "loaded.py"], options, cwd=tmp_path) as program:
        assert program.process.wait(60) == 0
        assert program.stdout == "['flask']\n_InstrumentedFlask\n", program.stderr
