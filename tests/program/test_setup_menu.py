"""appsig-setup on a terminal: the guide's menu, its questions, and a person who says no."""

import os
import pty
import select
import time

import pytest

from tests.support.program import clean
from tests.support.setup import DROP_IN, FETCHED, VENV, Tree, binary


@pytest.fixture
def tree(tmp_path):
    return Tree(tmp_path / "host").with_app()


def talk(tree, answers, **variables):
    """Gives the answers to the questions in turn; the exit code and all that was shown."""
    process, terminal = pty.fork()
    if process == 0:
        os.execve(binary(), [binary(), "--root", str(tree.root)], clean(**variables))
    shown, deadline = "", time.monotonic() + 60
    for answer in [*answers, None]:
        while time.monotonic() < deadline:
            if not select.select([terminal], [], [], 0.5)[0]:
                if answer is not None and shown.endswith((": ", "] ")):
                    break
                continue
            try:
                shown += os.read(terminal, 4096).decode("utf-8", "replace")
            except OSError:
                break
            if answer is not None and shown.endswith((": ", "] ")):
                break
        if answer is not None:
            os.write(terminal, answer.encode() + b"\n")
            shown += "\n"
    _, status = os.waitpid(process, 0)
    os.close(terminal)
    return os.waitstatus_to_exitcode(status), shown


def test_a_backend_by_questions(tree):
    code, shown = talk(tree, ["1", "shop", "shop.service", "", "shop", "production", "y"])
    assert code == 0, shown
    assert "What is this instance?" in shown
    assert "'shop' is not the name of a service" in shown
    assert "wrap shop.service by a drop-in" in shown
    assert "APPSIG_ENVIRONMENT=production" in tree.read(DROP_IN)


def test_a_person_who_says_no(tree):
    before = tree.snapshot()
    code, shown = talk(tree, ["1", "", f"/{VENV}", "", "", "n"])
    assert code == 0, shown
    assert tree.snapshot() == before
    assert tree.changing_calls() == []


def test_the_menu_in_korean_and_what_is_no_choice(tree):
    code, shown = talk(tree, ["9", "4", "y"], LANG="ko_KR.UTF-8")
    assert code == 0, shown
    assert "1) 백엔드 (Python 앱)" in shown
    assert "'9'은(는) 선택지에 없습니다" in shown
    assert tree.has(FETCHED)


def test_leaving(tree):
    before = tree.snapshot()
    assert talk(tree, ["q"])[0] == 0
    assert tree.snapshot() == before
