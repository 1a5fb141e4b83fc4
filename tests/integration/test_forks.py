"""The fork plan with real servers and the real ADOT: 20 requests, then everything is killed.

No exit flush can help: 20 server spans, a Latency count of 20, one poll of the sampling rules per process.
"""

from __future__ import annotations

import json
import re
import shlex
import shutil
import sys
from pathlib import Path

import pytest

from tests.support.program import PATH, Program, clean, run
from tests.support.services import APPS, QUICK, endpoints, get, launch

from .forks import BY_WAYS, CASES, table, table_of_ways

TOP = Path(__file__).resolve().parents[2]
REQUESTS = 20
ALL = CASES + BY_WAYS


@pytest.fixture
def folder(request, tmp_path, port):
    """The app's folder, a copy in which the case's files lie."""
    case = request.param
    copy = tmp_path / "apps"
    shutil.copytree(APPS, copy, ignore=shutil.ignore_patterns("__pycache__"))
    for name, content in case.files.items():
        file = copy / case.folder / name
        file.write_text(filled(content, port))
        file.chmod(0o755)
    return copy / case.folder


def filled(text, port):
    return text.replace("{port}", str(port)).replace("{venv}", sys.prefix)


def words(case, port):
    return [filled(word, port) for word in shlex.split(case.command)]


def variables(case, port, need, home):
    """The case's own, and a PATH on which the programs of its environment are.

    Runners keep caches and locks in their home: each case has its own, as cases run side by side.
    """
    own = {"HOME": str(home), **{name: filled(value, port) for name, value in case.variables.items()}}
    if case.environment:
        programs = TOP / "build" / "environments" / case.environment / "bin"
        need(programs.is_dir(), f"{programs} (make test-integration makes it)")
        own["PATH"] = f"{programs}:/usr/bin:/bin" if case in CASES else f"{PATH}:{programs}"
    return own


def settled(receiver):
    return len(receiver.server_spans()) >= REQUESTS and served(receiver) >= REQUESTS


def served(receiver):
    """What Application Signals counts as served requests of our route."""
    return sum(receiver.count("Latency", Operation=f"GET {slash}ok") for slash in ("/", ""))


@pytest.mark.parametrize(("case", "folder"), [(case, case) for case in ALL], indirect=["folder"],
                         ids=[case.name for case in ALL])  # fmt: skip
def test_nothing_is_lost(case, folder, exec_binary, receiver, sampling, port, need):
    options = ["--service-name=forks", *endpoints(receiver, sampling)]
    command = launch(words(case, port), *options)
    program = Program(command, clean(QUICK, variables(case, port, need, folder)), folder)
    try:
        program.wait_port(port)
        # one poll is the probe's own
        program.wait_until(
            lambda: sampling.polls["GetSamplingRules"] > case.workers, "asked for sampling rules"
        )
        for _ in range(REQUESTS):
            assert get(f"http://127.0.0.1:{port}{case.path}")[0] == 200
        receiver.wait_for(settled)
    finally:
        program.kill()
    assert len(receiver.server_spans()) == REQUESTS, receiver.summary()
    assert served(receiver) == REQUESTS
    assert sampling.polls["GetSamplingRules"] == 1 + case.workers


@pytest.mark.parametrize(("case", "folder"), [(case, case) for case in ALL], indirect=["folder"],
                         ids=[case.name for case in ALL])  # fmt: skip
def test_the_row_is_the_announced_one(case, folder, exec_binary, port, need):
    command = [exec_binary, "--explain=json", "--", *words(case, port)]
    outcome = run(command, clean(variables(case, port, need, folder)), folder)
    plan = json.loads(outcome.stdout)
    assert plan["fork_plan"] == case.shape
    deferred = [change["value"] for change in plan["environment"] if "DEFER" in change["name"]]
    assert deferred == (["true"] if case.shape and case.defer else [])


VASSAL = {
    "shop.py": "def app(environ, start):\n    start('200 OK', [])\n    return [b'served']\n",
    "vassals/shop.ini": "[uwsgi]\nhttp-socket = 127.0.0.1:{port}\nchdir = %d/..\nmodule = shop:app\n",
}
EMPERORS = {
    "option": ("uwsgi --emperor vassals", VASSAL, {}),
    "ini": ("uwsgi --ini mine.ini", {"mine.ini": "[uwsgi]\nemperor = vassals\n"}, {}),
    "variable": ("uwsgi", {}, {"UWSGI_EMPEROR": "vassals"}),
}


@pytest.mark.parametrize("form", EMPERORS)
def test_uwsgis_emperor_is_left_as_it_is(form, exec_binary, receiver, sampling, tmp_path, port):
    command, files, variables = EMPERORS[form]
    (tmp_path / "vassals").mkdir()
    for name, content in files.items():
        (tmp_path / name).write_text(filled(content, port))
    options = ["--service-name=forks", *endpoints(receiver, sampling)]
    with Program(launch(command.split(), *options), clean(variables), tmp_path) as program:
        program.wait_line("starting uWSGI Emperor")
        words = Path(f"/proc/{program.pid}/cmdline").read_text().split("\0")[:-1]
        deferred = "DEFER_TO_WORKERS" in Path(f"/proc/{program.pid}/environ").read_text()
        told = [line for line in program.stderr.splitlines() if line.startswith("appsig:")]
        if files is VASSAL:
            program.wait_port(port)
            assert get(f"http://127.0.0.1:{port}/") == (200, b"served")
    assert len(told) == 1
    assert "put appsig-exec in front of the vassals" in told[0]
    assert not deferred
    assert words[1:] == command.split()[1:]


def test_every_row_of_the_plan_has_a_case():
    source = (TOP / "shim" / "fork_rows.c").read_text()
    rows = set(re.findall(r'^    \{SERVER_\w+, "([^"]+)"', source, flags=re.MULTILINE))
    assert rows - {case.shape for case in CASES} == {"emperor"}  # left as it is, with a line


def test_the_readme_has_these_tables():
    readme = (TOP / "README.md").read_text()
    assert table() in readme
    assert table_of_ways() in readme
