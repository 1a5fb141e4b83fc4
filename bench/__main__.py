"""Prints one table, leaves build/bench.json, and fails where a bound is missed.

python -m bench [--only PART...] [--short]

--short measures next to nothing, and shows only that all of it works: no bound counts.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import dataclass
from pathlib import Path

from . import faults, launch, patch, start
from .table import text_of

TOP = Path(__file__).resolve().parents[1]
PARTS = {
    "launch": launch.measure,
    "start": start.measure,
    "stop": start.measure_stop,
    "patch": patch.measure,
    "faults": faults.measure,
}
# Ours divided by theirs where a name has _vs_, seconds, kilobytes, apps: no more than this.
BOUNDS = {
    "launch_vs_tini": 1.0,
    "start_vs_otel_instrument": 0.6,
    "patch_vs_buildkit": 0.2,
    "patch_vs_hadolint": 0.01,
    "patch_peak_kilobytes": 32 * 1024,
    "apps_lost": 0,
}


@dataclass
class Effort:
    """How much is measured: rounds, and of what."""

    launches: int = 400
    wrapper_launches: int = 15
    starts: int = 5
    apps: tuple = tuple(start.APPS)
    patches: int = 15
    files: int | None = None  # of the corpus; None: all
    faults: Path = TOP / "docs" / "faults.md"


def short():
    return Effort(launches=3, wrapper_launches=1, starts=1, apps=("Flask",), patches=1, files=3)


def missed(figures):
    return [
        f"'{name}' is {figures[name]:.4g}: above {most}"
        for name, most in BOUNDS.items()
        if figures.get(name, most) > most
    ]


def main():
    parser = argparse.ArgumentParser(prog="python -m bench")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS))
    parser.add_argument("--short", action="store_true", help="next to nothing, and no bounds")
    parser.add_argument("--faults", type=Path, help="what to read in place of docs/faults.md")
    parser.add_argument(
        "--json", type=Path, default=TOP / "build" / "bench.json", help="where the figures go"
    )
    words = parser.parse_args()
    effort = short() if words.short else Effort()
    effort.faults = words.faults or effort.faults
    lines, figures, failures = [], {}, []
    for part in words.only:
        try:
            of_part, found = PARTS[part](effort)
        except RuntimeError as error:
            failures.append(f"{part}: {error}")
            continue
        lines += of_part
        figures.update(found)
    print(text_of(lines))
    print()
    for name, value in figures.items():
        print(f"{name:40}{value:14.4g}" if isinstance(value, float) else f"{name:40}{value:14}")
    before = json.loads(words.json.read_text()) if words.json.exists() else {}
    words.json.write_text(json.dumps({**before, **figures}, indent=2) + "\n")
    failures += [] if words.short else missed(figures)
    if failures:
        sys.exit("\n".join(failures))


if __name__ == "__main__":
    main()
