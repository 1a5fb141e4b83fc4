# ruff: noqa: E501 - a case is a row
"""The fork plan's cases: a row per server and shape, and what each must deliver. README's table is made of them.

`python -m tests.integration.forks` prints the table.
"""

from __future__ import annotations

from dataclasses import dataclass, field

WSGI = "flask_app:app"
ASGI = "fastapi_app:app"
GUNICORN = "every worker class, -w N, --preload, any config"
ASGI_SPAWN = "--workers > 1 or --reload"


@dataclass
class Case:
    name: str
    command: str  # {port} stands for the port, {bin} for the virtual environment's programs
    shape: str | None  # the fork plan's row in shim/fork_rows.c; None: no row, never DEFER
    workers: int  # processes that initialise: each asks for the sampling rules once
    folder: str = "."
    variables: dict = field(default_factory=dict)
    files: dict = field(default_factory=dict)  # put beside the app
    defer: bool = True  # where there is a row
    through: str | None = None  # how the server is reached, where it is not seen at once
    path: str = "/ok"


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
    Case("uwsgi --master", f"uwsgi --http-socket 127.0.0.1:{{port}} --master -p 2 --need-app -w {WSGI}",
         "every other shape", 2),
    Case("uwsgi without master", f"uwsgi --http-socket 127.0.0.1:{{port}} -p 2 -w {WSGI}", "every other shape", 2),
    Case("uwsgi ini, lazy-apps = false", "uwsgi --ini mine.ini", "every other shape", 2,
         files={"mine.ini": "[uwsgi]\nstrict = true\nhttp-socket = 127.0.0.1:{port}\nmaster = true\nprocesses = 2\n"
                            f"lazy-apps = false\nenable-threads = false\nmodule = {WSGI}\n"}),
    Case("uvicorn", f"uvicorn --port {{port}} {ASGI}", None, 1),
    Case("uvicorn --workers 2", f"uvicorn --port {{port}} --workers 2 {ASGI}", ASGI_SPAWN, 2),
    Case("uvicorn --reload", f"uvicorn --port {{port}} --reload {ASGI}", ASGI_SPAWN, 1),
    Case("hypercorn", f"hypercorn -b 127.0.0.1:{{port}} -w 2 {ASGI}", "every shape", 3, defer=False),
    Case("fastapi run", "fastapi run --host 127.0.0.1 --port {port} fastapi_app.py", None, 1),
    Case("fastapi run --workers 2", "fastapi run --host 127.0.0.1 --port {port} --workers 2 fastapi_app.py",
         "dev, --workers > 1 or --reload", 2),
    Case("flask run", "flask --app flask_app run --port {port}", None, 1),
    Case("flask run --debug", "flask --app flask_app --debug run --port {port}",
         "run with the reloader (--debug, --reload)", 1),
    Case("runserver", "python manage.py runserver 127.0.0.1:{port}", "runserver with the reloader", 1,
         folder="django_project"),
    Case("runserver --noreload", "python manage.py runserver --noreload 127.0.0.1:{port}", None, 1,
         folder="django_project"),
    Case("gunicorn by sh -c", f"sh -c 'true; gunicorn -b 127.0.0.1:{{port}} -w 2 {WSGI}'", None, 2, through="sh -c"),
    Case("gunicorn by a script", "./start.sh", None, 2, through="script",
         files={"start.sh": f"#!/bin/sh\necho migrate\nexec gunicorn -b 127.0.0.1:{{port}} -w 2 {WSGI}\n"}),
    Case("gunicorn by env", f"env A=1 gunicorn -b 127.0.0.1:{{port}} -w 2 {WSGI}", GUNICORN, 2, through="env"),
    Case("gunicorn by setpriv", f"setpriv --no-new-privs gunicorn -b 127.0.0.1:{{port}} -w 2 {WSGI}", GUNICORN, 2,
         through="setpriv"),
    Case("uwsgi by sh -c", f"sh -c 'exec uwsgi --http-socket 127.0.0.1:{{port}} --master -p 2 -w {WSGI}'", None, 2,
         through="sh -c"),
    Case("uvicorn by sh -c", f"sh -c 'uvicorn --port {{port}} --workers 2 {ASGI}'", None, 2, through="sh -c"),
]  # fmt: skip


def table():
    """The README's table."""
    lines = ["| server and shape | row of the fork plan | processes that report |", "|---|---|---|"]
    for case in CASES:
        lines.append(f"| {case.name} | {case.shape or 'none: no DEFER'} | {case.workers} |")
    return "\n".join(lines)


if __name__ == "__main__":
    print(table())
