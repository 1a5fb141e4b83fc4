"""Trace and span ids in log lines of apps that know nothing of it: real servers, the real ADOT."""

import re

import pytest

from tests.support.program import free_port
from tests.support.services import endpoints, get, start

SOURCES = {
    "flask_logs.py": """
import logging
from flask import Flask
logging.basicConfig(level=logging.INFO, format="%(levelname)s mine: %(message)s")
app = Flask(__name__)

@app.get("/ok")
def ok():
    logging.getLogger("shop").info("in flask")
    return "ok"
""",
    "fastapi_logs.py": """
import logging
from fastapi import FastAPI
logging.basicConfig(level=logging.INFO, format="%(levelname)s mine: %(message)s")
app = FastAPI()

@app.get("/ok")
async def ok():
    logging.getLogger("shop").info("in fastapi")
    return "ok"
""",
    "django_logs.py": """
import logging
from django.conf import settings
from django.http import HttpResponse
from django.urls import path
SHOP = {"handlers": ["console"], "level": "INFO"}
LOGGING = {"version": 1, "disable_existing_loggers": False,
           "formatters": {"mine": {"format": "%(levelname)s mine: %(message)s"}},
           "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "mine"}},
           "loggers": {"shop": SHOP}}
ROOT_URLCONF, SECRET_KEY, ALLOWED_HOSTS, DEBUG = "django_logs", "x", ["*"], False

def ok(request):
    logging.getLogger("shop").info("in django")
    return HttpResponse("ok")

urlpatterns = [path("ok", ok)]
""",
    "django_wsgi.py": """
import os
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "django_logs")
from django.core.wsgi import get_wsgi_application
application = get_wsgi_application()
""",
}
# name: (the command, the app's line, the server's own line of the request or None)
SERVERS = {
    "flask run": (["flask", "--app", "flask_logs", "run", "--port", "{port}"], "in flask", None),
    "uvicorn": (["uvicorn", "fastapi_logs:app", "--port", "{port}"], "in fastapi", r"GET /ok HTTP"),
    "gunicorn flask": (
        ["gunicorn", "-b", "127.0.0.1:{port}", "--access-logfile", "-", "flask_logs:app"],
        "in flask",
        r"GET /ok HTTP",
    ),
    "gunicorn threads django": (
        ["gunicorn", "-b", "127.0.0.1:{port}", "--threads", "2", "--access-logfile", "-", "django_wsgi"],
        "in django",
        r"GET /ok HTTP",
    ),
    "gunicorn uvicorn": (
        ["gunicorn", "-b", "127.0.0.1:{port}", "-k", "uvicorn.workers.UvicornWorker", "fastapi_logs:app"],
        "in fastapi",
        None,
    ),
}
IDS = re.compile(r" trace_id=([0-9a-f]{32}) span_id=([0-9a-f]{16})$")


@pytest.fixture
def apps(tmp_path):
    for name, source in SOURCES.items():
        (tmp_path / name).write_text(source, encoding="utf-8")
    return tmp_path


def lines_with(program, words, count):
    """Both streams' lines that have the words, once there are `count` of them."""

    def found():
        text = program.stdout + program.stderr
        return [line for line in text.splitlines() if re.search(words, line)]

    program.wait_until(lambda: len(found()) >= count, f'wrote "{words}"')
    return found()


@pytest.mark.parametrize("server", SERVERS)
def test_lines_have_the_ids_of_their_request(server, apps, receiver, sampling):
    port = free_port()
    command, own, access = SERVERS[server]
    words = [word.format(port=port) for word in command]
    (apps / "appsig.conf").write_text("[logs]\ncorrelate = on\n", encoding="utf-8")
    options = [f"--config={apps / 'appsig.conf'}", "--service-name=shop", *endpoints(receiver, sampling)]
    variables = {"DJANGO_SETTINGS_MODULE": "django_logs"} if "django" in server else {}
    with start(words, options, port, apps, **variables) as program:
        for _ in range(2):
            assert get(f"http://127.0.0.1:{port}/ok")[0] == 200
        lines = lines_with(program, own, 2)
        if access:
            lines += lines_with(program, access, 2)
        receiver.wait_for(lambda seen: len(seen.server_spans()) >= 2)
    found = [IDS.search(line) for line in lines]
    assert all(found), lines
    traces = {span.trace_id for span in receiver.server_spans()}
    assert {match[1] for match in found} == traces
    assert {match[2] for match in found} <= {span.span_id for span in receiver.spans()}


def test_lines_stay_as_they_are_without_it(apps, receiver, sampling):
    port = free_port()
    words = ["flask", "--app", "flask_logs", "run", "--port", str(port)]
    with start(words, ["--service-name=shop", *endpoints(receiver, sampling)], port, apps) as program:
        assert get(f"http://127.0.0.1:{port}/ok")[0] == 200
        assert lines_with(program, "in flask", 1) == ["INFO mine: in flask"]
