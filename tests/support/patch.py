"""What the tests of appsig-patch share: the program, and BuildKit's verdict on a Dockerfile."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

from .program import TOP, clean

ORACLE_SOURCE = TOP / "tests" / "oracle"
ORACLES = TOP / "build" / "tests" / "oracle"
# An ELF header is all that the patcher looks at; the bytes are those of no program.
SHIM_BYTES = b"\x7fELF\x02\x01\x01" + bytes(9) + b"\x02\x00\x3e\x00" + b"stand-in for appsig-exec" * 4


def patch_binary():
    return Path(os.environ.get("TEST_PROGRAMS") or TOP / "build") / "appsig-patch"


def patch(*arguments, cwd=None, stdin=b"", environment=None):
    """Runs appsig-patch; standard output and error as bytes."""
    return subprocess.run(
        [patch_binary(), *arguments],
        cwd=cwd,
        input=stdin,
        capture_output=True,
        env=clean(environment or {}),
        timeout=120,
        check=False,
    )


def patch_json(*arguments, cwd=None, environment=None):
    done = patch("--json", *arguments, cwd=cwd, environment=environment)
    assert done.stdout, done.stderr.decode()
    return done.returncode, json.loads(done.stdout)


def shim_file(folder):
    path = Path(folder) / "appsig-exec"
    path.write_bytes(SHIM_BYTES)
    return path


def oracle(name="dockerfile"):
    """BuildKit's or HCL's parser as a program, built once; None where Go or the module is not to be had."""
    program = ORACLES / name
    newest = max(path.stat().st_mtime for path in ORACLE_SOURCE.rglob("*") if path.is_file())
    if program.exists() and program.stat().st_mtime > newest:
        return program
    program.parent.mkdir(parents=True, exist_ok=True)
    fresh = program.with_name(f"{name}.{os.getpid()}")  # two runs of the tests may build it at once
    go = {**os.environ, "GOFLAGS": "-mod=readonly", "PATH": os.environ["PATH"] + ":/usr/local/go/bin"}
    try:
        subprocess.run(
            ["go", "build", "-o", fresh, f"./{name}"],
            cwd=ORACLE_SOURCE,
            env=go,
            check=True,
            capture_output=True,
            timeout=600,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    fresh.rename(program)
    return program


def verdicts(program, paths):
    """An oracle's reading of each file, by path."""
    lines = "".join(f"{path}\n" for path in paths)
    done = subprocess.run([program], input=lines, capture_output=True, text=True, check=True, timeout=300)
    return {row["path"]: row for row in map(json.loads, done.stdout.splitlines())}


def files_of(answer):
    return [file for root in answer["roots"] for unit in root["units"] for file in unit["files"]]


def findings_of(answer):
    return [item for root in answer["roots"] for unit in root["units"] for item in unit["findings"]]


def questions_of(answer):
    return [item for root in answer["roots"] for unit in root["units"] for item in unit["questions"]]


def apply_edits(data, edits):
    """The reported edits on the bytes, from behind."""
    for edit in reversed(edits):
        data = data[: edit["begin"]] + edit["text"].encode() + data[edit["end"] :]
    return data
