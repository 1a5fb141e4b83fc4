"""The apps that every fault is tried on: a row each."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class App:
    name: str
    command: str  # {port} stands for the port
    folder: str = "."
    serves: bool = True  # False: it says "done" and ends by itself


APPS = [
    App("script", "python script.py", serves=False),
    App("Flask", "flask --app flask_app run --port {port}"),
    App("gunicorn", "gunicorn -b 127.0.0.1:{port} -w 2 flask_app:app"),
    App(
        "uWSGI",
        "uwsgi --http-socket 127.0.0.1:{port} --master -p 1 --need-app --die-on-term -w flask_app:app",
    ),
    App("uvicorn", "uvicorn --port {port} fastapi_app:app"),
    App("Django", "python manage.py runserver --noreload 127.0.0.1:{port}", folder="django_project"),
]
