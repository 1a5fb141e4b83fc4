"""The static program itself: small, needs nothing beside it, runs where there is nothing else."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parents[2]
PROGRAM = Path(os.environ.get("TEST_PROGRAMS", TOP / "build")) / "appsig-exec"
BUSYBOX = Path("/bin/busybox")
MAX_BYTES = 600_000

pytestmark = pytest.mark.release

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="chroot is for root only")


def program_headers():
    answer = subprocess.run(["readelf", "-lW", PROGRAM], capture_output=True, text=True, check=True)
    return answer.stdout


def run_in(root, *words):
    command = ["/usr/sbin/chroot", root, *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=30, check=False, env={"PATH": "/"})


def test_size():
    assert PROGRAM.stat().st_size <= MAX_BYTES


def test_is_static_and_its_stack_not_executable():
    headers = program_headers()
    assert "INTERP" not in headers
    assert "GNU_STACK" in headers
    (stack,) = [line for line in headers.splitlines() if "GNU_STACK" in line]
    assert "E" not in stack.split()[-2]
    assert not [line for line in headers.splitlines() if "LOAD" in line and "RWE" in line]


def test_is_stripped():
    answer = subprocess.run(["readelf", "-SW", PROGRAM], capture_output=True, text=True, check=True)
    assert ".symtab" not in answer.stdout


@as_root
def test_starts_a_static_command_where_there_is_nothing_else(tmp_path):
    assert BUSYBOX.exists(), "Debian's busybox-static"
    shutil.copy(PROGRAM, tmp_path / "appsig-exec")
    shutil.copy(BUSYBOX, tmp_path / "echo")
    answer = run_in(tmp_path, "/appsig-exec", "--", "/echo", "alone")
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout == "alone\n"


@as_root
def test_starts_a_script_in_an_image_of_busybox(tmp_path):
    assert BUSYBOX.exists(), "Debian's busybox-static"
    (tmp_path / "bin").mkdir()
    shutil.copy(PROGRAM, tmp_path / "bin/appsig-exec")
    shutil.copy(BUSYBOX, tmp_path / "bin/sh")
    (tmp_path / "start").write_text("#!/bin/sh\necho started with $#\nexit 7\n")
    (tmp_path / "start").chmod(0o755)
    answer = run_in(tmp_path, "/bin/appsig-exec", "--", "/start", "a", "b c")
    assert answer.stdout == "started with 2\n"
    assert answer.returncode == 7
