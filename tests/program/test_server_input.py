# ruff: noqa: E501 - a case is a row
"""Broken input of the servers: each ends as without appsig-exec, with a line more where that helps."""

from __future__ import annotations

import os
import re

import pytest

from tests.support.program import clean, run
from tests.support.services import APPS, endpoints, launch

APP = "flask_app:app"
TOLD = "not usable as gunicorn config, so gunicorn stops"
REFUSED = "'post_fork' of the gunicorn config is refused by gunicorn"
OPEN_QUOTE = "'GUNICORN_CMD_ARGS' has a quote that is not closed"

# name: (command, file beside the app, its content, variables, the line of ours)
BROKEN = {
    "config raises": (f"gunicorn -c mine.py {APP}", "raise ValueError('not today')\n", {}, TOLD),
    "config is not there": (f"gunicorn -c nowhere.py {APP}", None, {}, TOLD),
    "config is not Python": (f"gunicorn -c mine.py {APP}", "this is {{ no python\n", {}, TOLD),
    "config is binary": (f"gunicorn -c mine.py {APP}", "\0\1\2", {}, TOLD),
    "config module is not there": (f"gunicorn -c python:nowhere {APP}", None, {}, TOLD),
    "post_fork takes three": (f"gunicorn -c mine.py {APP}", "def post_fork(a, b, c):\n    pass\n", {}, REFUSED),
    "post_fork is a number": (f"gunicorn -c mine.py {APP}", "post_fork = 7\n", {}, REFUSED),
    "GUNICORN_CMD_ARGS with an open quote": (f"gunicorn {APP}", None, {"GUNICORN_CMD_ARGS": "--name 'a"}, OPEN_QUOTE),
    "GUNICORN_CMD_ARGS with no option": (f"gunicorn {APP}", None, {"GUNICORN_CMD_ARGS": "--no-such"}, None),
    "GUNICORN_CMD_ARGS names no config": (f"gunicorn {APP}", None, {"GUNICORN_CMD_ARGS": "-c nowhere.py"}, TOLD),
    "strict ini with an unknown key": ("uwsgi --ini mine.ini", "[uwsgi]\nstrict = 1\nno-such = 1\n", {}, None),
    "ini is not there": ("uwsgi --ini nowhere.ini", None, {}, None),
    "ini that is none": ("uwsgi --ini mine.ini", "\0\1\2", {}, None),
}  # fmt: skip


def words_of(outcome):
    """The last line that is not appsig-exec's, without what differs from run to run."""
    lines = [line for line in outcome.stderr.splitlines() if line and not line.startswith("appsig:")]
    return re.sub(r"0x[0-9a-f]+|\d+", "N", lines[-1]) if lines else ""


@pytest.mark.parametrize("case", BROKEN)
@pytest.mark.release
def test_server_ends_as_without_the_shim(case, exec_binary, receiver, sampling, tmp_path):
    command, content, variables, line = BROKEN[case]
    words = command.split()
    for name in os.listdir(APPS):
        if name.endswith(".py"):
            (tmp_path / name).symlink_to(APPS / name)
    if content is not None:
        (tmp_path / ("mine.ini" if "mine.ini" in words else "mine.py")).write_text(content)
    environment = clean(variables)
    bare = run(words, environment, tmp_path)
    shim = run(launch(words, "--service-name=broken", *endpoints(receiver, sampling)), environment, tmp_path)
    assert bare.code != 0
    assert (shim.code, words_of(shim)) == (bare.code, words_of(bare)), shim.stderr
    assert len(shim.told) == (1 if line else 0), shim.told
    assert not line or line in shim.told[0]
