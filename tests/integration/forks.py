# ruff: noqa: E501 - a case is a row
"""The fork plan's cases: a row per server and shape, a row per way to it, and what each must deliver.

README's tables are made of them: `python -m tests.integration.forks` prints both.
"""

from __future__ import annotations

from dataclasses import dataclass, field

WSGI = "flask_app:app"
ASGI = "fastapi_app:app"
GUNICORN = "every worker class, -w N, --preload, any config"
UWSGI = "every other shape"
ASGI_SPAWN = "--workers > 1 or --reload"
ASYNCIO = "script that calls uvicorn.run, asyncio.run or their like"
FASTAPI_SPAWN = "dev, --workers > 1 or --reload"


@dataclass
class Case:
    name: str
    command: str  # {port} stands for the port, in files and variables too; {venv} for the first environment
    shape: str | None  # the fork plan's row in shim/fork_rows.c; None: no row is seen from outside
    workers: int  # processes that initialise: each asks for the sampling rules once
    folder: str = "."
    variables: dict = field(default_factory=dict)
    files: dict = field(default_factory=dict)  # put beside the app
    defer: bool = True  # where there is a row
    path: str = "/ok"
    environment: str | None = None  # of tests/environments: its programs come first


@dataclass
class Way:
    """How a server is reached: {} stands for its command."""

    name: str
    command: str
    seen_through: bool  # the server is seen from outside; else the started process decides
    files: dict = field(default_factory=dict)
    variables: dict = field(default_factory=dict)
    environment: str | None = None  # of tests/environments: its programs come last


ASYNCIO_SCRIPT = """import uvicorn
if __name__ == "__main__":
    uvicorn.run("fastapi_app:app", port={port}, workers=2)
"""
GEVENT_SCRIPT = """from gevent import monkey
monkey.patch_all()
from gevent.pywsgi import WSGIServer
from flask_app import app
WSGIServer(("127.0.0.1", {port}), app).serve_forever()
"""

CASES = [
    Case("gunicorn", f"gunicorn -b 127.0.0.1:{{port}} -w 2 {WSGI}", GUNICORN, 2),
    Case("gunicorn one worker", f"gunicorn -b 127.0.0.1:{{port}} -w 1 {WSGI}", GUNICORN, 1),
    Case("gunicorn --preload", f"gunicorn -b 127.0.0.1:{{port}} -w 2 --preload {WSGI}", GUNICORN, 2),
    Case("gunicorn gthread", f"gunicorn -b 127.0.0.1:{{port}} -w 2 -k gthread --threads 2 {WSGI}", GUNICORN, 2),
    Case("gunicorn gevent", f"gunicorn -b 127.0.0.1:{{port}} -w 2 -k gevent {WSGI}", GUNICORN, 2),
    Case("gunicorn UvicornWorker",
         f"gunicorn -b 127.0.0.1:{{port}} -w 2 -k uvicorn.workers.UvicornWorker {ASGI}", GUNICORN, 2),
    Case("gunicorn asgi", f"gunicorn -b 127.0.0.1:{{port}} -w 2 -k asgi {ASGI}", GUNICORN, 2),
    Case("gunicorn -c", f"gunicorn -c mine.py {WSGI}", GUNICORN, 2,
         files={"mine.py": "bind = '127.0.0.1:{port}'\nworkers = 2\n"}),
    Case("gunicorn --config=", f"gunicorn --config=file:mine.py {WSGI}", GUNICORN, 2,
         files={"mine.py": "bind = '127.0.0.1:{port}'\nworkers = 2\ndef post_fork(server, worker):\n    pass\n"}),
    Case("gunicorn python:", f"gunicorn -c python:mine {WSGI}", GUNICORN, 2,
         files={"mine.py": "bind = '127.0.0.1:{port}'\nworkers = 2\n"}),
    Case("gunicorn ./gunicorn.conf.py", f"gunicorn {WSGI}", GUNICORN, 2,
         files={"gunicorn.conf.py": "bind = '127.0.0.1:{port}'\nworkers = 2\n"}),
    Case("gunicorn GUNICORN_CMD_ARGS", f"gunicorn {WSGI}", GUNICORN, 2,
         variables={"GUNICORN_CMD_ARGS": "--bind=127.0.0.1:{port} --workers=2"}),
    Case("gunicorn with the guide's own hook", f"gunicorn -c mine.py {WSGI}", GUNICORN, 2,
         files={"mine.py": "bind = '127.0.0.1:{port}'\nworkers = 2\ndef post_fork(server, worker):\n"
                           "    from opentelemetry.instrumentation.auto_instrumentation import sitecustomize\n"}),
    Case("python -m gunicorn", f"python -m gunicorn -b 127.0.0.1:{{port}} -w 2 {WSGI}", GUNICORN, 2),
    Case("uwsgi --master", f"uwsgi --http-socket 127.0.0.1:{{port}} --master -p 2 --need-app -w {WSGI}", UWSGI, 2),
    Case("uwsgi without master", f"uwsgi --http-socket 127.0.0.1:{{port}} -p 2 -w {WSGI}", UWSGI, 2),
    Case("uwsgi --lazy-apps", f"uwsgi --http-socket 127.0.0.1:{{port}} --master -p 2 --lazy-apps -w {WSGI}", UWSGI, 2),
    Case("uwsgi --threads", f"uwsgi --http-socket 127.0.0.1:{{port}} --master -p 2 --threads 2 -w {WSGI}", UWSGI, 2),
    Case("uwsgi ini, lazy-apps = false", "uwsgi --ini mine.ini", UWSGI, 2,
         files={"mine.ini": "[uwsgi]\nstrict = true\nhttp-socket = 127.0.0.1:{port}\nmaster = true\nprocesses = 2\n"
                            f"lazy-apps = false\nenable-threads = false\nmodule = {WSGI}\n"}),
    Case("uwsgi yaml", "uwsgi --yaml mine.yaml", UWSGI, 2,
         files={"mine.yaml": "uwsgi:\n  http-socket: 127.0.0.1:{port}\n  master: true\n  processes: 2\n"
                             f"  module: {WSGI}\n"}),
    Case("uwsgi UWSGI_* variables", "uwsgi", UWSGI, 2,
         variables={"UWSGI_HTTP_SOCKET": "127.0.0.1:{port}", "UWSGI_MASTER": "true", "UWSGI_PROCESSES": "2",
                    "UWSGI_MODULE": WSGI}),
    Case("uwsgi --gevent", f"uwsgi --http-socket 127.0.0.1:{{port}} --master -p 2 --gevent 10 -w {WSGI}", UWSGI, 2),
    Case("uwsgi --gevent by sh -c", f"sh -c 'uwsgi --http-socket 127.0.0.1:{{port}} --master -p 2 --gevent 10 -w {WSGI}; exit $?'",
         None, 2),
    Case("uvicorn", f"uvicorn --port {{port}} {ASGI}", None, 1),
    Case("uvicorn --workers 2", f"uvicorn --port {{port}} --workers 2 {ASGI}", ASGI_SPAWN, 2),
    Case("uvicorn --reload", f"uvicorn --port {{port}} --reload {ASGI}", ASGI_SPAWN, 1),
    Case("hypercorn", f"hypercorn -b 127.0.0.1:{{port}} -w 2 {ASGI}", "every shape", 3, defer=False),
    Case("fastapi run", "fastapi run --host 127.0.0.1 --port {port} fastapi_app.py", None, 1),
    Case("fastapi run --workers 2", "fastapi run --host 127.0.0.1 --port {port} --workers 2 fastapi_app.py",
         FASTAPI_SPAWN, 2),
    Case("fastapi dev", "fastapi dev --host 127.0.0.1 --port {port} fastapi_app.py", FASTAPI_SPAWN, 1),
    Case("flask run", "flask --app flask_app run --port {port}", None, 1),
    Case("flask --debug run", "flask --app flask_app --debug run --port {port}",
         "run with the reloader (--debug, --reload)", 1),
    Case("flask run --debug", "flask --app flask_app run --debug --port {port}",
         "run with the reloader (--debug, --reload)", 1),
    Case("runserver", "python manage.py runserver 127.0.0.1:{port}", "runserver with the reloader", 1,
         folder="django_project"),
    Case("runserver --noreload", "python manage.py runserver --noreload 127.0.0.1:{port}", None, 1,
         folder="django_project"),
    Case("gunicorn 23 eventlet", f"gunicorn -b 127.0.0.1:{{port}} -w 2 -k eventlet {WSGI}", GUNICORN, 2,
         environment="servers"),
    Case("pyuwsgi", f"pyuwsgi --http-socket 127.0.0.1:{{port}} --master -p 2 -w {WSGI}", UWSGI, 2,
         environment="servers"),
    Case("pyuwsgi xml", "pyuwsgi --xml mine.xml", UWSGI, 2, environment="servers",
         files={"mine.xml": "<uwsgi><http-socket>127.0.0.1:{port}</http-socket><master/><processes>2</processes>"
                            f"<module>{WSGI}</module></uwsgi>\n"}),
    Case("pyuwsgi json", "pyuwsgi --json mine.json", UWSGI, 2, environment="servers",
         files={"mine.json": '{"uwsgi": {"http-socket": "127.0.0.1:{port}", "master": true, "processes": 2, '
                             f'"module": "{WSGI}"}}}}\n'}),
    Case("daphne", f"daphne -p {{port}} {ASGI}", None, 1, environment="servers"),
    Case("waitress", f"waitress-serve --listen=127.0.0.1:{{port}} {WSGI}", None, 1, environment="servers"),
    Case("granian", f"granian --interface asgi --port {{port}} --workers 2 {ASGI}", None, 1, environment="servers"),
    Case("script with app.run()", "python serve.py", None, 1,
         files={"serve.py": "from flask_app import app\napp.run(port={port})\n"}),
    Case("script with uvicorn.run(workers=2)", "python serve.py", ASYNCIO, 3, defer=False, files={"serve.py": ASYNCIO_SCRIPT}),
    Case("script with uvicorn.run(workers=2) by sh -c", "sh -c 'python serve.py; exit $?'", None, 3,
         files={"serve.py": ASYNCIO_SCRIPT}),
    Case("script with gevent's server", "python serve.py", None, 1, files={"serve.py": GEVENT_SCRIPT}),
]  # fmt: skip

# Asked through its queue: tests/integration/test_celery.py
CELERY = Case("celery worker -c 2", "celery -A tasks worker -c 2", None, 1, environment="servers")

# One of each kind of server, to be started in every way.
SERVERS = [
    Case("gunicorn", f"gunicorn -b 127.0.0.1:{{port}} -w 2 {WSGI}", GUNICORN, 2),
    Case("uwsgi", f"uwsgi --http-socket 127.0.0.1:{{port}} --master -p 2 -w {WSGI}", UWSGI, 2),
    Case("uvicorn", f"uvicorn --port {{port}} --workers 2 {ASGI}", ASGI_SPAWN, 2),
]

ENTRYPOINT = '#!/bin/sh\nset -e\npython django_project/manage.py check\nexec "$@"\n'

ACTIVE = {"VIRTUAL_ENV": "{venv}"}  # the project's environment

# `conda run` writes a script that activates the environment and holds the command, and waits for it.
CONDA = """#!/usr/bin/python3
import shlex, subprocess, sys, tempfile
with tempfile.NamedTemporaryFile("w", suffix=".sh") as script:
    script.write("export CONDA_DEFAULT_ENV=%s\\n%s\\n" % (sys.argv[3], shlex.join(sys.argv[4:])))
    script.flush()
    sys.exit(subprocess.call(["/bin/bash", script.name]))
"""

WAYS = [
    Way("tini", "tini -g -- {}", True),
    Way("setpriv", "setpriv --no-new-privs {}", True),
    Way("env, with a PYTHONPATH of its own", "env A=1 PYTHONPATH=. {}", True),
    Way("dumb-init", "dumb-init {}", True),
    Way("gosu", "/usr/sbin/gosu root {}", True),
    Way("su-exec (gosu in its place)", "./su-exec root {}", True,
        files={"su-exec": '#!/bin/sh\nexec /usr/sbin/gosu "$@"\n'}),
    Way("Docker's shell form", "/bin/sh -c '{}'", False),
    Way("sh -c with more than one command", "sh -c 'true && {}; exit $?'", False),
    Way("an entrypoint script that takes the command", "./entrypoint.sh {}", False,
        files={"entrypoint.sh": ENTRYPOINT}),
    Way("a start script that holds the command", "./start.sh", False,
        files={"start.sh": "#!/bin/bash\npython django_project/manage.py check\nexec {}\n"}),
    Way("poetry run", "poetry run {}", False, environment="runners", variables=ACTIVE,
        files={"pyproject.toml": "[tool.poetry]\npackage-mode = false\n"}),
    Way("pipenv run", "pipenv run {}", False, environment="runners", variables=ACTIVE,
        files={"Pipfile": "[packages]\n"}),
    Way("pdm run", "pdm run {}", False, environment="runners", variables={"PDM_CHECK_UPDATE": "0"},
        files={"pyproject.toml": "[project]\nname = 'shop'\nversion = '1'\nrequires-python = '>=3.10'\n",
               ".pdm-python": "{venv}/bin/python\n"}),
    Way("uv run", "uv run --no-project {}", False, environment="runners", variables=ACTIVE),
    Way("conda run (a stand-in that starts a script of its own, as conda does)", "./conda run -n shop {}", False,
        files={"conda": CONDA}),
]  # fmt: skip


def case_by(way, server):
    """The server started in that way."""
    return Case(
        f"{server.name} by {way.name}",
        way.command.replace("{}", server.command),
        server.shape if way.seen_through else None,
        server.workers,
        files={name: content.replace("{}", server.command) for name, content in way.files.items()},
        variables=way.variables,
        environment=way.environment,
    )


BY_WAYS = [case_by(way, server) for way in WAYS for server in SERVERS]


def table():
    """The README's table of servers."""
    lines = ["| server and shape | row of the fork plan | processes that report |", "|---|---|---|"]
    for case in [*CASES, CELERY]:
        lines.append(f"| {case.name} | {case.shape or 'none: no DEFER'} | {case.workers} |")
    return "\n".join(lines)


def table_of_ways():
    """The README's table of what stands in front of a server."""
    lines = ["| in front of gunicorn, uWSGI and uvicorn | the row is found |", "|---|---|"]
    for way in WAYS:
        lines.append(f"| {way.name} | {'from outside' if way.seen_through else 'by the started process'} |")
    return "\n".join(lines)


if __name__ == "__main__":
    print(f"{table()}\n\n{table_of_ways()}")
