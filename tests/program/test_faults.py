"""The fault matrix in short: `make faults` tries every row on every app."""

from __future__ import annotations

import subprocess

import pytest

from tests.faults.apps import APPS
from tests.faults.calls import CALLS, EXEMPT
from tests.faults.matrix import agents, judge, own_code
from tests.faults.rows import OTHERS, ROWS, call_rows
from tests.faults.seen import calls_seen
from tests.support.program import clean, exec_binary

pytestmark = pytest.mark.release

FIRST_OF_EACH_CALL = [
    row for row in call_rows() if row.name.endswith(": " + CALLS[row.name.split(":")[0]][0].split()[0])
]
# A start takes seconds: each call's first error, and every other of the rest. The fault lies in front of the
# app: which one it is is of little account, so each has its turn.
SAMPLE = [(row, APPS[0]) for row in FIRST_OF_EACH_CALL]
SAMPLE += [(row, APPS[number % len(APPS)]) for number, row in enumerate(OTHERS[::2])]


@pytest.fixture(scope="module")
def answering():
    with agents() as made:
        yield made


@pytest.fixture(scope="module")
def codes(answering):
    return {app.name: own_code(app, answering) for app in APPS}


@pytest.mark.parametrize(("row", "app"), SAMPLE, ids=[f"{row.name} / {app.name}" for row, app in SAMPLE])
def test_the_app_is_not_lost(row, app, answering, codes):
    outcome = judge(row, app, answering, codes[app.name])
    assert not outcome.lost, f"{outcome.why}\n{outcome.said}"


def test_every_call_has_a_row():
    assert calls_seen() - set(CALLS) - set(EXEMPT) == set()


@pytest.mark.parametrize("row", list(call_rows()), ids=lambda row: row.name)
def test_the_fault_is_really_made(row, answering, tmp_path):
    """strace says so of its own injections; hook files are put in place before a shell."""
    words = [*row.prefix, exec_binary(), "--", "sh", "-c", "exit 7"]
    words[words.index("/dev/null")] = str(tmp_path / "calls")
    places = tmp_path / "places"
    places.mkdir()
    environment = clean(answering.variables("healthy"), TMPDIR=str(places))
    done = subprocess.run(words, env=environment, preexec_fn=row.prepare, capture_output=True, timeout=60)
    assert "(INJECTED)" in (tmp_path / "calls").read_text()
    assert done.returncode == 7


def test_there_are_enough_rows():
    assert len({row.name for row in ROWS}) == len(ROWS) >= 60
