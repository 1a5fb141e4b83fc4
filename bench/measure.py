"""Times of commands, taken in turns so that a busy machine hurts all alike."""

from __future__ import annotations

import os
import statistics
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.strangers import Stranger


@dataclass
class Contender:
    name: str
    command: list
    environment: dict
    milliseconds: list = field(default_factory=list)

    def once(self):
        started = time.perf_counter()
        code = os.waitstatus_to_exitcode(os.waitpid(self.spawn(), 0)[1])
        self.milliseconds.append((time.perf_counter() - started) * 1000)
        if code != 0:
            raise RuntimeError(f"{self.command!r}: exit code {code}")

    def spawn(self):
        return os.posix_spawn(self.command[0], self.command, self.environment, file_actions=QUIET)

    @property
    def median(self):
        return statistics.median(self.milliseconds)

    @property
    def least(self):
        return min(self.milliseconds)


QUIET = [(os.POSIX_SPAWN_OPEN, fd, os.devnull, os.O_RDWR, 0) for fd in (0, 1, 2)]


def race(contenders, rounds):
    """Each contender once a round."""
    for contender in contenders:
        contender.once()
        contender.milliseconds.clear()
    for _ in range(rounds):
        for contender in contenders:
            contender.once()
    return contenders


def pairwise(ours, theirs):
    """The median of the ratios of neighbouring runs: drift of the machine cancels out."""
    return statistics.median(a / b for a, b in zip(ours.milliseconds, theirs.milliseconds, strict=True))


def peak_kilobytes(command, environment):
    """The largest resident sets of the program and its child together, while a silent agent holds both up."""
    with Stranger("silent") as silent:
        ends = {
            "APPSIG_AGENT_ENDPOINT": silent.url,
            "APPSIG_SAMPLER_ENDPOINT": silent.url,
            "APPSIG_TIMEOUT_MS": "3000",
        }
        process = subprocess.Popen(command, env={**environment, **ends}, stderr=subprocess.DEVNULL)
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
        end = time.monotonic() + 2
        while not children.read_text() and time.monotonic() < end:
            time.sleep(0.01)
        time.sleep(0.5)  # the child is to have all its connections
        pids = [process.pid, *map(int, children.read_text().split())]
        texts = [Path(f"/proc/{pid}/status").read_text() for pid in pids]
        process.wait()
    return sum(
        int(line.split()[1]) for text in texts for line in text.splitlines() if line.startswith("VmHWM")
    )


def page_faults(command, environment):
    """Pages that the kernel put in place for the program, its child and what it becomes."""
    return os.wait4(Contender("", command, environment).spawn(), 0)[2].ru_minflt


def instructions(command, environment, folder):
    """What callgrind counts: repeatable for the same program, inputs and environment."""
    output = folder / "callgrind.out"
    subprocess.run(
        ["valgrind", "--tool=callgrind", f"--callgrind-out-file={output}.%p", *command],
        env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True,
    )  # fmt: skip
    counts = []
    for file in folder.glob("callgrind.out.*"):
        counts += [
            int(line.split()[1]) for line in file.read_text().splitlines() if line.startswith("summary:")
        ]
        file.unlink()
    return sum(counts)
