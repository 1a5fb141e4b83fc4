"""wsgi-hooks/sitecustomize.py in real interpreters, with an instrumentation that only notes its starts."""

import os
import shutil
import sys
from textwrap import indent

import pytest

from tests.support.program import TOP, clean, run

OURS = TOP / "wsgi-hooks" / "sitecustomize.py"
INSTRUMENTATION = "opentelemetry/instrumentation/auto_instrumentation"
NOTE = """
import os
with open(os.environ["NOTES"], "a") as notes:
    notes.write("{what} %s\\n" % os.environ.get("OTEL_AWS_PYTHON_DEFER_TO_WORKERS_ENABLED", "-"))
"""
LAUNCHER = """#!/bin/sh
printf '%s\\n' "pid $$" "path ${PYTHONPATH-unset}" "started $APPSIG_STARTED" >"$NOTES.launcher"
for word in "$@"; do printf '%s\\n' "word $word" >>"$NOTES.launcher"; done
shift
exec "$@"
"""


@pytest.fixture
def place(tmp_path):
    """ours/ in front, packages/ with the instrumentation, user/ for a sitecustomize of the user's."""
    (tmp_path / "ours").mkdir()
    shutil.copy(OURS, tmp_path / "ours")
    package = tmp_path / "packages" / INSTRUMENTATION
    package.mkdir(parents=True)
    (package.parent / "__init__.py").touch()
    (package / "__init__.py").touch()
    (package / "sitecustomize.py").write_text(NOTE.format(what="instrumentation"))
    (tmp_path / "packages/amazon/opentelemetry/distro").mkdir(parents=True)
    (tmp_path / "user").mkdir()
    launcher = tmp_path / "launcher"
    launcher.write_text(LAUNCHER)
    launcher.chmod(0o755)
    return tmp_path


def python(place, *words, **more):
    """Runs the interpreter without the packages of its own environment."""
    variables = {
        "PYTHONPATH": f"{place / 'ours'}:{place / 'user'}:{place / 'packages'}",
        "APPSIG_EXEC": place / "launcher",
        "NOTES": place / "notes",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    return run([os.path.realpath(sys.executable), *words], clean(variables, more), place)


def notes(place):
    path = place / "notes"
    return path.read_text().split() if path.exists() else []


def launched(place):
    path = place / "notes.launcher"
    return [line.split(" ", 1) for line in path.read_text().splitlines()] if path.exists() else None


def script(place, name, text="import os\nprint('ran', os.getpid())\n"):
    (place / name).write_text(text)
    return name


STARTED = {
    "script": ["app.py"],
    "code": ["-c", "pass"],
    "options, code": ["-uBc", "pass"],
    "spawned child": ["-c", "from multiprocessing.spawn import spawn_main; pass"],
    "runserver": ["manage.py", "runserver"],
    "a command of the app's": ["manage.py", "qcluster", "test"],
    "flask run": ["flask", "--app", "db", "run"],
    "celery worker": ["celery", "-A", "status", "worker"],
}
LEFT_ALONE = {
    "pip": ["pip3.11", "install"],
    "poetry": ["poetry", "run", "gunicorn"],
    "supervisord": ["supervisord", "-n"],
    "migrate": ["manage.py", "migrate", "--noinput"],
    "migrate after options": ["manage.py", "--settings", "a.b", "-v", "2", "migrate"],
    "collectstatic": ["django-admin", "collectstatic"],
    "flask db": ["flask", "--app", "run", "db", "upgrade"],
    "celery inspect": ["celery", "-A", "app", "inspect", "ping"],
    "alembic": ["alembic", "upgrade", "head"],
    "resource tracker": ["-c", "from multiprocessing.resource_tracker import main;0"],
    "loky's tracker": ["-c", "from multiprocessing.resource_tracker import main; 0"],
}


def in_place(place, words):
    if not words[0].startswith("-"):
        script(place, words[0])
    return words


@pytest.mark.parametrize("case", STARTED)
def test_instrumented_as_by_the_wrapper(place, case):
    outcome = python(place, *in_place(place, STARTED[case]), APPSIG_STARTED="1")
    assert (outcome.code, outcome.stderr) == (0, "")
    assert notes(place) == ["instrumentation", "-"]


@pytest.mark.parametrize("case", LEFT_ALONE)
def test_left_alone(place, case):
    outcome = python(place, *in_place(place, LEFT_ALONE[case]))
    assert (outcome.code, outcome.stderr) == (0, "")
    assert notes(place) == []
    assert launched(place) is None


SERVERS = {
    "script": (["gunicorn", "-w", "2", "app:app"], []),
    "path and options": (["-u", "-X", "utf8", "-W", "ignore", "./uvicorn", "a b"], []),
    "module": (["-m", "hypercorn", "app:app", ""], ["hypercorn.py"]),
    "manage.py": (["manage.py", "runserver", "8000"], []),
    "nested wrapper": (["opentelemetry-instrument", "gunicorn"], []),
}


@pytest.mark.parametrize("case", SERVERS)
def test_server_starts_over_through_the_launcher(place, case):
    words, modules = SERVERS[case]
    for word in words:
        if word.lstrip("./") in ("gunicorn", "uvicorn", "manage.py", "opentelemetry-instrument"):
            script(place, word)
    for name in modules:
        script(place / "user", name)
    outcome = python(place, *words)
    assert (outcome.code, outcome.stderr) == (0, "")
    seen = launched(place)
    assert [value for key, value in seen if key == "word"] == ["--", os.path.realpath(sys.executable), *words]
    assert ["started", "1"] in seen
    assert ["path", f"{place / 'user'}:{place / 'packages'}"] in seen
    # the same process all the way
    assert outcome.stdout.split() == ["ran", dict(seen)["pid"]]


def test_server_without_adot_starts_with_a_line(place):
    outcome = python(place, script(place, "gunicorn"), PYTHONPATH=place / "ours")
    assert outcome.code == 0
    assert len(outcome.told) == 1
    assert outcome.told[0].startswith('"gunicorn": ')
    assert launched(place) is None


def test_script_without_adot_is_silent(place):
    outcome = python(place, script(place, "tool.py"), PYTHONPATH=place / "ours")
    assert (outcome.code, outcome.stderr) == (0, "")


def test_launcher_that_is_gone_costs_a_line(place):
    outcome = python(place, script(place, "gunicorn"), APPSIG_EXEC="/nowhere/appsig-exec")
    assert outcome.code == 0
    assert len(outcome.told) == 1
    assert notes(place) == ["instrumentation", "-"]


@pytest.mark.parametrize(
    "switch", [{"APPSIG_DISABLED": "1"}, {"OTEL_AWS_APPLICATION_SIGNALS_ENABLED": "false"}]
)
def test_switched_off(place, switch):
    assert python(place, script(place, "gunicorn"), **switch).stderr == ""
    assert notes(place) == []
    assert launched(place) is None


def test_users_runs_first_and_keeps_its_name(place):
    (place / "user" / "sitecustomize.py").write_text(NOTE.format(what="user") + "MINE = 7\n")
    outcome = python(place, "-c", "import sitecustomize; print(sitecustomize.MINE, sitecustomize.__file__)")
    assert outcome.stdout.split() == ["7", str(place / "user" / "sitecustomize.py")]
    assert notes(place) == ["user", "-", "instrumentation", "-"]


@pytest.mark.parametrize("text", ["raise ValueError('theirs')", "import no_such_module", "1 +"])
def test_users_error_is_reported_as_python_does(place, text):
    (place / "user" / "sitecustomize.py").write_text(text + "\n")
    outcome = python(place, "-c", "print('ran')")
    alone = python(place, "-c", "print('ran')", PYTHONPATH=f"{place / 'user'}:{place / 'packages'}")
    assert (outcome.code, outcome.stdout, outcome.stderr) == (alone.code, alone.stdout, alone.stderr)
    assert "sitecustomize" in outcome.stderr
    assert notes(place) == ["instrumentation", "-"]


def test_what_the_children_see(place):
    code = "import os, sys; print(os.environ['PYTHONPATH']); print(sys.path)"
    path, searched = python(place, "-c", code).stdout.splitlines()
    assert path.split(":")[0] == str(place / "ours")
    assert str(place / "ours") not in searched


def test_instrumentation_is_not_taken_for_the_hooks_import(place):
    name = INSTRUMENTATION.replace("/", ".") + ".sitecustomize"
    outcome = python(place, "-c", f"import sys; print({name!r} in sys.modules); import {name}")
    assert outcome.stdout == "False\n"
    assert notes(place) == ["instrumentation", "-"] * 2


def test_error_of_the_instrumentation_costs_a_line(place):
    (place / "packages" / INSTRUMENTATION / "sitecustomize.py").write_text("raise ValueError('broken')\n")
    outcome = python(place, "-c", "print('ran')")
    assert outcome.stdout == "ran\n"
    assert len(outcome.told) == 1


def test_quick_stop_is_taken_up_behind_the_instrumentation(place):
    quick = place / "quick_stop.py"
    quick.write_text(f"def install():\n{indent(NOTE.format(what='quick_stop'), '    ')}")
    assert python(place, "-c", "pass", APPSIG_QUICK_STOP_FILE=quick).stderr == ""
    assert notes(place) == ["instrumentation", "-", "quick_stop", "-"]
    quick.write_text("raise ValueError('broken')\n")
    outcome = python(place, "-c", "print('ran')", APPSIG_QUICK_STOP_FILE=quick)
    assert outcome.stdout == "ran\n"
    assert len(outcome.told) == 1
    assert "the app may stop slowly" in outcome.told[0]


def test_uvicorns_workers_have_time_to_start(place):
    package = place / "packages" / "uvicorn.py"
    package.write_text(
        "def run(app, *, timeout_worker_healthcheck=5):\n    print(timeout_worker_healthcheck)\n"
    )
    for name, call, told in (
        ("serve.py", "uvicorn.run('a')", "60"),
        ("mine.py", "uvicorn.run('a', timeout_worker_healthcheck=9)", "9"),
        ("fastapi", "getattr(uvicorn, 'run')('a')", "60"),
        ("patched.py", "uvicorn.run('gevent')", "5"),
    ):
        script(place, name, f"import uvicorn\n{call}\n")
        outcome = python(place, name, APPSIG_STARTED="1")
        assert (name, outcome.stdout, outcome.stderr) == (name, f"{told}\n", "")
