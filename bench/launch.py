"""A start of /bin/true beside inits, a switcher and opentelemetry-instrument; bytes, pages, instructions."""

from __future__ import annotations

import tempfile
from pathlib import Path

from tests.support.program import PYTHON_PARTS, clean, exec_binary

from .measure import Contender, instructions, page_faults, pairwise, peak_kilobytes, race
from .receivers import agent
from .table import Line

TRUE = "/bin/true"
INSTRUMENT = f"{PYTHON_PARTS}/opentelemetry-instrument"


def launch(mode):
    return [exec_binary(), f"--launch={mode}", "--", TRUE]


OURS = "appsig-exec --launch=direct"
# Both probes answered, the sandbox on. su-exec is in no Debian package: gosu does the same job.
QUICK = {
    "bare command": [TRUE],
    "tini": ["/usr/bin/tini", "--", TRUE],
    "dumb-init": ["/usr/bin/dumb-init", TRUE],
    "su-exec (gosu in its place)": ["/usr/sbin/gosu", "root", TRUE],
    OURS: launch("direct"),
}
# What starts a Python of its own: fewer rounds.
SLOW = {
    "opentelemetry-instrument": [INSTRUMENT, TRUE],
    "opentelemetry-instrument, python -V": [INSTRUMENT, f"{PYTHON_PARTS}/python", "-V"],
    "appsig-exec, python -V": [exec_binary(), "--", f"{PYTHON_PARTS}/python", "-V"],
}


def contenders(commands, environment, rounds):
    found = {name: Contender(name, command, environment) for name, command in commands.items()}
    race(list(found.values()), rounds)
    return found


def sizes(environment):
    with tempfile.TemporaryDirectory() as folder:
        # --explain does all but the exec, behind which callgrind would lose its count
        explained = [exec_binary(), "--launch=direct", "--explain", "--", TRUE]
        return {
            "binary_bytes": Path(exec_binary()).stat().st_size,
            "peak_kilobytes": peak_kilobytes(launch("direct"), environment),
            "page_faults": page_faults(launch("direct"), environment),
            "instructions": instructions(explained, environment, Path(folder)),
        }


def measure(effort):
    with agent() as up:
        environment = clean({"OTEL_SERVICE_NAME": "bench"}, up)
        quick = contenders(QUICK, environment, effort.launches)
        slow = contenders(SLOW, environment, effort.wrapper_launches)
        figures = sizes(environment)
    ours, bare = quick[OURS], quick["bare command"]
    theirs, wrapper, default = slow.values()
    lines = [
        Line(f"launch {TRUE}", one.name, one.median, "ms", one.least, pairwise(ours, one))
        for one in quick.values()
    ]
    ratios = [ours.median / theirs.median, pairwise(default, wrapper), None]
    lines += [
        Line("launch with Python", one.name, one.median, "ms", one.least, ratio)
        for one, ratio in zip(slow.values(), ratios, strict=True)
    ]
    units = {"binary_bytes": "bytes", "peak_kilobytes": "kB", "page_faults": "pages"}
    lines += [
        Line("appsig-exec", name.replace("_", " "), value, units.get(name, ""))
        for name, value in figures.items()
    ]
    figures["launch_vs_tini"] = pairwise(ours, quick["tini"])
    # What stands above the bare command: ours, and the real opentelemetry-instrument's.
    figures["launcher_cost_vs_otel_instrument"] = (ours.median - bare.median) / (theirs.median - bare.median)
    return lines, figures
