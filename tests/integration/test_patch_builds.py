"""Dockerfiles of several shapes, patched by default, built and run: the same answers, and telemetry too."""

from __future__ import annotations

import shutil
import urllib.request
from dataclasses import dataclass, field

import pytest

from tests.containers import engine
from tests.support import patch as patcher
from tests.support.program import TOP, port_answers
from tests.support.receiver import Receiver
from tests.support.sampling import SamplingProxy

APPS = TOP / "tests" / "containers" / "apps"
REQUESTS = 10
HEAD = "FROM appsig-test/python\nWORKDIR /app\nCOPY requirements.txt .\nRUN pip install -r requirements.txt\n"
COPIED = HEAD + "COPY . .\n"
GUNICORN = "gunicorn -b 0.0.0.0:8000 -w 2 flask_app:app"


@dataclass
class Shape:
    name: str
    dockerfile: str
    requirements: str = "flask gunicorn"
    files: dict = field(default_factory=dict)


SHAPES = [
    Shape("exec-cmd", COPIED + 'CMD ["gunicorn", "-b", "0.0.0.0:8000", "-w", "2", "flask_app:app"]\n'),
    Shape("shell-cmd", COPIED + f"CMD {GUNICORN} --access-logfile -\n"),
    Shape(
        "entrypoint-and-cmd",
        COPIED + 'ENTRYPOINT ["uvicorn", "fastapi_app:app"]\nCMD ["--host", "0.0.0.0"]\n',
        "fastapi uvicorn",
    ),
    Shape(
        "entrypoint-script",
        COPIED + 'RUN chmod +x start.sh\nENTRYPOINT ["./start.sh"]\n',
        files={"start.sh": f"#!/bin/sh\nset -e\npython -c 'print(\"migrated\")'\nexec {GUNICORN}\n"},
    ),
    Shape("init", COPIED + f'ENTRYPOINT ["dumb-init", "--"]\nCMD {GUNICORN.split()!r}\n'.replace("'", '"'),
          "flask gunicorn dumb-init"),
    Shape(
        "venv-of-another-stage",
        "FROM appsig-test/python AS build\nCOPY requirements.txt .\nRUN python -m venv /opt/venv\n"
        "RUN /opt/venv/bin/pip install -r requirements.txt\n\n"
        "FROM appsig-test/python\nCOPY --from=build /opt/venv /opt/venv\nENV PATH=/opt/venv/bin:$PATH\n"
        "WORKDIR /app\nCOPY . .\n"
        'CMD ["flask", "--app", "flask_app", "run", "--host", "0.0.0.0", "-p", "8000"]\n',
        "flask",
    ),
    Shape(
        "user-without-root",
        "FROM appsig-test/python\nRUN useradd -m app\nUSER app\nWORKDIR /home/app\n"
        "RUN python -m venv venv\nENV PATH=/home/app/venv/bin:$PATH\n"
        "COPY --chown=app requirements.txt .\nRUN pip install -r requirements.txt\nCOPY --chown=app . .\n"
        f"CMD exec {GUNICORN}\n",
    ),
    Shape(
        "django-dev-server",
        COPIED + "EXPOSE 8000\nENV DJANGO_SETTINGS_MODULE=shop.settings\n"
        'CMD ["python", "manage.py", "runserver", "0.0.0.0:8000"]\n',
        "django",
    ),
    Shape(
        "script-in-python",
        COPIED + "CMD python serve.py\n",
        "fastapi uvicorn",
        {"serve.py": "import uvicorn\n\nif __name__ == '__main__':\n"
                     "    uvicorn.run('fastapi_app:app', host='0.0.0.0', port=8000)\n"},
    ),
]  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def docker_engine(request):
    engine.Start.once(request.config)
    engine.built_image("python")


def context(shape, folder):
    shutil.copytree(APPS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "Dockerfile").write_text(shape.dockerfile)
    (folder / "requirements.txt").write_text("\n".join(shape.requirements.split()) + "\n")
    for name, text in shape.files.items():
        (folder / name).write_text(text)
    return folder


def built(shape, when, folder):
    name = f"appsig-test/patched-{shape.name}-{when}"
    engine.docker("build", "--label", engine.LABEL, "-t", name, folder, timeout=600)
    return name


def answers(base):
    """Status and body of what the app answers."""
    got = []
    for path in ("/ready", *(f"/items/{number}" for number in range(REQUESTS))):
        with urllib.request.urlopen(base + path, timeout=10) as answer:
            got.append((answer.status, answer.read()))
    return got


def answers_of(image):
    with engine.Container(image) as container:
        base = f"http://{container.address()}:8000"
        container.wait_for_answer(f"{base}/ready")
        return answers(base)


def items_of(telemetry, service):
    """(server spans, Latency count) of the requests for items."""
    spans = [span for span in telemetry.server_spans(service) if "items/" in span.name]
    points = telemetry.app_signals("Latency", Service=service)
    return len(spans), sum(point.count for point in points if "items/" in (point["Operation"] or ""))


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.name)
def test_the_patched_image_answers_as_before_and_reports(shape, tmp_path):
    folder = context(shape, tmp_path / shape.name)
    shim = TOP / "build" / "appsig-exec"
    before = answers_of(built(shape, "before", folder))
    code, answer = patcher.patch_json("--write", f"--shim-binary={shim}", ".", cwd=folder)
    assert (code, patcher.questions_of(answer)) == (0, []), answer
    image = built(shape, "after", folder)
    service = f"patched-{shape.name}"
    variables = {"SERVICE_NAME": service, "OTEL_METRIC_EXPORT_INTERVAL": "1000", "APPSIG_TIMEOUT_MS": "1000"}
    words = [word for name, value in variables.items() for word in ("-e", f"{name}={value}")]
    with engine.network() as network:
        host = engine.gateway(network)
        engine.wait_until(lambda: not port_answers(4316, host), 60, lambda: f"{host}:4316 is taken")
        with (
            Receiver(port=4316, host=host) as receiver,
            SamplingProxy(port=2000, host=host),
            engine.Container(image, options=("--network", network, *words)) as container,
        ):
            base = f"http://{container.address()}:8000"
            container.wait_for_answer(f"{base}/ready")
            assert answers(base) == before
            receiver.wait_for(lambda got: items_of(got, service) == (REQUESTS, REQUESTS), 30)
