"""Which system calls appsig-exec makes, as strace lists them."""

from __future__ import annotations

import re
import shlex
import subprocess
import tempfile
from pathlib import Path

from tests.support.program import clean, exec_binary
from tests.support.services import APPS as FOLDER

from .apps import APPS
from .matrix import agents
from .rows import hiding_umask

LINE = re.compile(r"^\d+ +(?:<\.\.\. )?(\w+)[( ]")
MORE = ["sh -c 'exit 0'", "python script.py", "not-there"]


def calls_seen():
    """Over the launches of all apps: up to the exec by which the app begins, its probe child's among them."""
    seen = set()
    for command in [f"{app.command.split()[0]} --version" for app in APPS] + MORE:
        with tempfile.TemporaryDirectory() as folder, agents() as answering:
            output = Path(folder) / "calls"
            words = ["strace", "-f", "-o", output, "-b", "execve", exec_binary(), "--", *shlex.split(command)]
            environment = clean(answering.variables("healthy"), TMPDIR=folder)
            subprocess.run(
                words, env=environment, cwd=FOLDER, preexec_fn=hiding_umask, capture_output=True, check=False
            )
            seen |= {found[1] for line in output.read_text().splitlines() if (found := LINE.match(line))}
    return seen
