"""How the tests run a program: a clean environment, its output kept, and no process left behind."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from .web import free_port

TOP = Path(__file__).resolve().parents[2]
# not resolved: in a virtual environment python is a link, and its neighbours are what is wanted
PYTHON_PARTS = str(Path(sys.executable).absolute().parent)
PATH = f"{PYTHON_PARTS}:/usr/bin:/bin"

__all__ = [
    "PATH",
    "PYTHON_PARTS",
    "TOP",
    "Outcome",
    "Program",
    "clean",
    "exec_binary",
    "free_port",
    "port_answers",
    "run",
]


def exec_binary():
    """appsig-exec: $APPSIG_EXEC_BINARY, else the one in $TEST_PROGRAMS, else build/."""
    named = os.environ.get("APPSIG_EXEC_BINARY")
    if named:
        return named
    return str(Path(os.environ.get("TEST_PROGRAMS") or TOP / "build") / "appsig-exec")


def clean(*more, **variables):
    """An environment that holds nothing of the caller's; a value of None leaves the variable out.

    The sanitizers' own variables are let through, as they change no behaviour that is tested.
    """
    environment = {"PATH": PATH, "HOME": tempfile.gettempdir(), "LANG": "C.UTF-8"}
    environment.update(
        (name, os.environ[name]) for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS") if name in os.environ
    )
    for mapping in (*more, variables):
        environment.update(mapping)
    return {name: str(value) for name, value in environment.items() if value is not None}


@dataclass
class Outcome:
    code: int  # as a shell has it from subprocess: negative for a signal
    stdout: str
    stderr: str
    seconds: float

    @property
    def told(self):
        """The lines of appsig-exec's own, without their prefix."""
        return [
            line.removeprefix("appsig: ") for line in self.stderr.splitlines() if line.startswith("appsig: ")
        ]


def text(data):
    return data.decode("utf-8", "backslashreplace")


def descendants(pid):
    found = []
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            for child in map(int, children.read_text().split()):
                found += [child, *descendants(child)]
    return found


def kill_group(process):
    """Ends the process and whatever it started, in a group of its own too, as dumb-init does."""
    groups = {process.pid}
    for pid in descendants(process.pid):
        with contextlib.suppress(ProcessLookupError):
            groups.add(os.getpgid(pid))
    for group in groups:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(group, signal.SIGKILL)
    process.wait()


def run(command, environment=None, cwd=None, stdin=b"", timeout=60, **popen):
    """Runs to the end; one that takes longer than `timeout` is killed and fails with its output."""
    began = time.monotonic()
    process = subprocess.Popen(
        [str(word) for word in command],
        env=clean() if environment is None else environment,
        cwd=cwd,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        **popen,
    )
    try:
        stdout, stderr = process.communicate(stdin, timeout)
    except subprocess.TimeoutExpired:
        kill_group(process)
        stdout, stderr = process.communicate()
        raise AssertionError(
            f"{command}: still running after {timeout} s\n{text(stdout)}\n{text(stderr)}"
        ) from None
    return Outcome(process.returncode, text(stdout), text(stderr), time.monotonic() - began)


def port_answers(port, host="127.0.0.1"):
    with contextlib.suppress(OSError), socket.create_connection((host, port), 1):
        return True
    return False


class Program:
    """A process that runs from `with` to its end, then it and its children are killed.

    stop() ends it as its user would. Output goes to memory, so that nothing blocks on a full pipe.
    """

    def __init__(self, command, environment=None, cwd=None, **popen):
        self.command = [str(word) for word in command]
        self._stdout = os.memfd_create("stdout")
        self._stderr = os.memfd_create("stderr")
        self.process = subprocess.Popen(
            self.command,
            env=clean() if environment is None else environment,
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=self._stdout,
            stderr=self._stderr,
            start_new_session=True,
            **popen,
        )
        self.pid = self.process.pid

    def _read(self, file):
        return text(os.pread(file, os.fstat(file).st_size, 0))

    @property
    def stdout(self):
        return self._read(self._stdout)

    @property
    def stderr(self):
        return self._read(self._stderr)

    def fail(self, why):
        raise AssertionError(
            f"{' '.join(self.command)}: {why}\n--- stdout\n{self.stdout}\n--- stderr\n{self.stderr}"
        )

    def wait_until(self, condition, what, timeout=60):
        """condition() once it is true; fails with the output where the program ends or the time is up."""
        end = time.monotonic() + timeout
        while True:
            found = condition()
            if found:
                return found
            if self.process.poll() is not None:
                self.fail(f"ended with {self.process.returncode} before {what}")
            if time.monotonic() > end:
                self.fail(f"not {what} within {timeout} s")
            time.sleep(0.05)

    def wait_port(self, port, timeout=60):
        self.wait_until(lambda: port_answers(port), f"port {port} answered", timeout)
        return self

    def wait_line(self, words, timeout=60):
        """Until `words` stand in its output."""
        self.wait_until(lambda: words in self.stdout + self.stderr, f"{words!r} was said", timeout)
        return self

    def stop(self, number=signal.SIGTERM, timeout=60):
        """Sends the signal to the program alone, as a supervisor does; (exit code, seconds that it took)."""
        began = time.monotonic()
        self.process.send_signal(number)
        try:
            code = self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.fail(f"still running {timeout} s after signal {number}")
        return code, time.monotonic() - began

    def kill(self):
        kill_group(self.process)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.kill()
        os.close(self._stdout)
        os.close(self._stderr)
