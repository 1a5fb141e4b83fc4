"""Prints the table and leaves build/bench.json."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

from tests.support.program import PYTHON_PARTS, clean, exec_binary

from .measure import Contender, instructions, pairwise, peak_kilobytes, race
from .receivers import agent

TOP = Path(__file__).resolve().parents[1]
ROUNDS = 400
WRAPPER_ROUNDS = 15


def launch(mode):
    return [exec_binary(), f"--launch={mode}", "--", "/bin/true"]


def launches(environment, figures):
    """A start of /bin/true: both probes answered, the sandbox on."""
    bare = Contender("bare command", ["/bin/true"], environment)
    tini = Contender("tini", ["/usr/bin/tini", "--", "/bin/true"], environment)
    ours = Contender("appsig-exec --launch=direct", launch("direct"), environment)
    race([bare, tini, ours], ROUNDS)
    figures["launch_vs_tini"] = pairwise(ours, tini)
    figures["launch_ms"] = ours.median
    figures["tini_ms"] = tini.median
    figures["bare_ms"] = bare.median
    return [bare, tini, ours]


def against_wrapper(environment, figures, before):
    """What stands above the bare command: ours and the real opentelemetry-instrument's."""
    instrument = f"{PYTHON_PARTS}/opentelemetry-instrument"
    theirs = Contender("opentelemetry-instrument", [instrument, "/bin/true"], environment)
    auto = Contender("appsig-exec", launch("auto"), environment)
    wrapper = Contender(
        "opentelemetry-instrument tool", [instrument, f"{PYTHON_PARTS}/python", "-V"], environment
    )
    default = Contender(
        "appsig-exec tool", [exec_binary(), "--", f"{PYTHON_PARTS}/python", "-V"], environment
    )
    race([theirs, auto, wrapper, default], WRAPPER_ROUNDS)
    bare, _, ours = before
    figures["launcher_cost_vs_otel_instrument"] = (ours.median - bare.median) / (theirs.median - bare.median)
    figures["default_launch_vs_otel_instrument"] = pairwise(default, wrapper)
    return [theirs, auto, wrapper, default]


def sizes(environment, figures):
    figures["binary_bytes"] = Path(exec_binary()).stat().st_size
    figures["peak_kilobytes"] = peak_kilobytes(launch("direct"), environment)
    with tempfile.TemporaryDirectory() as folder:
        # --explain does all but the exec, behind which callgrind would lose its count
        explained = [exec_binary(), "--launch=direct", "--explain", "--", "/bin/true"]
        figures["instructions"] = instructions(explained, environment, Path(folder))


def main():
    figures = {}
    with agent() as up:
        environment = clean({"OTEL_SERVICE_NAME": "bench"}, up)
        contenders = launches(environment, figures)
        contenders += against_wrapper(environment, figures, contenders)
        sizes(environment, figures)
    print(f"{'':34}{'median ms':>10}{'least ms':>10}")
    for contender in contenders:
        print(f"{contender.name:34}{contender.median:10.2f}{contender.least:10.2f}")
    print()
    for name, value in figures.items():
        print(f"{name:40}{value:14.4g}" if isinstance(value, float) else f"{name:40}{value:14}")
    (TOP / "build" / "bench.json").write_text(json.dumps(figures, indent=2) + "\n")
    if figures["launch_vs_tini"] > 1.0:
        sys.exit(f"'launch_vs_tini' is {figures['launch_vs_tini']:.2f}: above 1.0")


main()
