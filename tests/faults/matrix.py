"""Tries a row on an app: it starts, serves, ends with its own code, at most the deadline later."""

from __future__ import annotations

import contextlib
import os
import resource
import shlex
import signal
import socket
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.program import Program, clean, exec_binary, free_port
from tests.support.receiver import Receiver
from tests.support.sampling import SamplingProxy
from tests.support.services import APPS as FOLDER
from tests.support.services import get
from tests.support.strangers import Stranger

from .apps import App
from .rows import Row

DEADLINE = 0.25  # seconds: --timeout-ms, which the rows leave at its default
NOISE = 0.15  # of a start's time: what a machine with two cores varies by
TRACED = 0.15  # seconds: what strace and unshare themselves take
# A start is in time beside the quickest without a fault; else it is held against one made right after it.
# A busy machine is late at times, a fault always.
TRIES = 5
STARTS_IN, STOPS_IN = 60, 30

# A start that is quick enough to be made a thousand times; nothing of it is the launcher's.
SETTINGS = {
    "OTEL_SERVICE_NAME": "faults",
    "OTEL_AWS_SERVICE_EVENTS_ENABLED": "false",
    "OTEL_METRIC_EXPORT_INTERVAL": "60000",
    "DJANGO_SETTINGS_MODULE": "shop.settings",
}
ARGUMENT_ROOM = 2 * 1024 * 1024  # what the kernel grants arguments and environment of an 8 MiB stack


@dataclass
class Outcome:
    ready: float | None = None  # seconds until it served, or had said its last word
    code: int | None = None
    said: str = ""
    why: str = ""  # empty: all is well
    as_alone: bool = False  # not well, but the app alone fares the same under this fault

    @property
    def lost(self):
        return bool(self.why)


@dataclass
class Agents:
    """What answers at the agent's two ports, how quick an app is without a fault; kept."""

    stack: contextlib.ExitStack
    made: dict = field(default_factory=dict)
    quickest: dict = field(default_factory=dict)  # app's name → seconds

    def variables(self, name):
        if name not in self.made:
            self.made[name] = self._make(name)
        otlp, sampler = self.made[name]
        return {
            "APPSIG_AGENT_ENDPOINT": f"http://127.0.0.1:{otlp}",
            "APPSIG_SAMPLER_ENDPOINT": f"http://127.0.0.1:{sampler}",
        }

    def _make(self, name):
        if name == "absent":
            return free_port(), free_port()
        if name == "healthy":
            return self._enter(Receiver()), self._enter(SamplingProxy())
        if name == "half up":
            return self._enter(Receiver()), free_port()
        return self._enter(Stranger(name)), self._enter(Stranger(name))

    def _enter(self, stand_in):
        return self.stack.enter_context(stand_in).port


@contextlib.contextmanager
def agents():
    with contextlib.ExitStack() as stack:
        yield Agents(stack)


@contextlib.contextmanager
def places():
    """A folder of its own for each run: hook files are put in place anew. Others may read it."""
    with tempfile.TemporaryDirectory(prefix="appsig-faults-") as folder:
        place = Path(folder)
        place.chmod(0o1777)
        os.mkfifo(place / "fifo")
        (place / "garbage").write_bytes(bytes(range(256)) * 8)
        (place / "long").write_text("[service]\nname = " + "x" * 1_000_000 + "\n")
        (place / "unknown").write_text("[service]\nnone = 1\n[agent]\ntimeout_ms = soon\n[nothing]\na = b\n")
        yield place


def crammed(environment, words):
    """Fills the environment up to the last bytes that the kernel takes with `words`, in values of 100 kB."""
    used = sum(len(f"{name}={value}") + 9 for name, value in environment.items())
    used += sum(len(word) + 9 for word in words)
    # the kernel counts the program's path and some padding, too
    room = min(ARGUMENT_ROOM, resource.getrlimit(resource.RLIMIT_STACK)[0] // 4) - used - 4096 - 512
    piece = 100_000
    for number in range(room // (piece + 18)):
        environment[f"FILL{number:04}"] = "x" * piece
    rest = room - (room // (piece + 18)) * (piece + 18)
    environment["FILL_REST"] = "x" * max(0, rest - 18)
    del environment["FILL"]
    return environment


class Attempt:
    """One start of one app under one row; `bare`: the app alone, under what of the fault stays with it."""

    def __init__(self, row: Row, app: App, agents: Agents, place: Path, bare: bool):
        self.row, self.app, self.bare = row, app, bare
        self.port = free_port()
        self.cwd = FOLDER / app.folder
        words = shlex.split(app.command.replace("{port}", str(self.port)))
        ours = [] if bare else [exec_binary(), *row.options, "--"]
        prefix = row.prefix if row.stays or not bare else ()
        self.words = [*prefix, *ours, *words]
        self.environment = self._environment(agents, place)

    def _environment(self, agents, place):
        more = {} if self.bare else agents.variables(self.row.agent)
        variables = self.row.variables if self.row.stays or not self.bare else {}
        settled = {name: value and value.replace("{places}", str(place)) for name, value in variables.items()}
        start = {"TMPDIR": str(place), "PYTHONPATH": str(self.cwd), "PYTHONDONTWRITEBYTECODE": "1"}
        environment = clean(SETTINGS, start, more, settled)
        return crammed(environment, self.words) if environment.get("FILL") else environment

    def _prepare(self):
        if self.row.prepare and (self.row.stays or not self.bare):
            return self.row.prepare
        return None

    def run(self):
        began = time.monotonic()
        with Program(self.words, self.environment, self.cwd, preexec_fn=self._prepare()) as program:
            outcome = Outcome()
            try:
                self._until_ready(program)
                outcome.ready = time.monotonic() - began
                outcome.code = self._end(program)
            except AssertionError as error:
                outcome.why = str(error).splitlines()[0]
            outcome.said = program.stderr
        return outcome

    def _until_ready(self, program):
        end = time.monotonic() + STARTS_IN
        while not self._is_ready(program):
            if program.process.poll() is not None and not self._is_ready(program):
                program.fail(f"ended with {program.process.returncode} before it served")
            if time.monotonic() > end:
                program.fail(f"did not serve within {STARTS_IN} s")
            time.sleep(0.01)

    def _is_ready(self, program):
        if not self.app.serves:
            return "done" in program.stdout
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", self.port), 1).close()
            return get(f"http://127.0.0.1:{self.port}/ok", 10)[0] == 200
        return False

    def _end(self, program):
        if not self.app.serves:
            return program.process.wait(STOPS_IN)
        with contextlib.suppress(ProcessLookupError):
            os.kill(self._target(program.pid), signal.SIGTERM)
        try:
            return program.process.wait(STOPS_IN)
        except Exception:
            program.fail(f"still running {STOPS_IN} s after SIGTERM")

    def _target(self, pid):
        """The app itself: unshare --fork waits in front of it."""
        if "--fork" not in self.row.prefix:
            return pid
        return int(Path(f"/proc/{pid}/task/{pid}/children").read_text().split()[0])


HEALTHY = Row("nothing", "none")


def own_code(app, agents):
    """What the app ends with by itself."""
    alone = attempt(HEALTHY, app, agents, bare=True)
    if alone.lost:
        raise RuntimeError(f"{app.name}: {alone.why}, although nothing was done to it\n{alone.said}")
    return alone.code


def attempt(row, app, agents, bare=False):
    with places() as place:
        return Attempt(row, app, agents, place, bare).run()


def as_without_us(row, app, agents, outcome):
    """The outcome with what was lost by us: where the fault stays, the app alone is the measure."""
    outcome.why = outcome.why or f"ended with {outcome.code}"
    if row.stays:
        alone = attempt(row, app, agents, bare=True)
        outcome.as_alone = alone.lost or (outcome.ready is not None and alone.code == outcome.code)
    if outcome.as_alone:
        outcome.why = ""
    return outcome


def usual(app, agents, anew):
    """Seconds that a start without a fault takes: the quickest so far, or one made now."""
    if anew or app.name not in agents.quickest:
        now = attempt(HEALTHY, app, agents).ready
        agents.quickest[app.name] = min(now, agents.quickest.get(app.name, now))
        return now
    return agents.quickest[app.name]


def lateness(outcome, app, agents, anew):
    return outcome.ready - usual(app, agents, anew) * (1 + NOISE)


def judge(row, app, agents, code):
    """The outcome; its `why` says what the app lost. `code`: what the app ends with by itself."""
    outcome = attempt(row, app, agents)
    if outcome.lost or outcome.code != code:
        return as_without_us(row, app, agents, outcome)
    allowed = DEADLINE + TRACED
    if not row.waits or lateness(outcome, app, agents, anew=False) <= allowed:
        return outcome
    for _ in range(TRIES):
        late = lateness(outcome, app, agents, anew=True)
        if late <= allowed:
            return outcome
        again = attempt(row, app, agents)
        outcome = again if not again.lost else outcome
    outcome.why = f"served {late:.2f} s later than usual, {allowed:.2f} s are allowed"
    return outcome
