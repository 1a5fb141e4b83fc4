"""How many faults were tried and how many apps were lost: as `make faults` has left it in docs/faults.md."""

from __future__ import annotations

import re

from .table import Line

COUNTS = re.compile(r"rows tried: (\d+), apps: \d+, starts: \d+, apps lost: (\d+)")


def measure(effort):
    try:
        text = effort.faults.read_text(encoding="utf-8")
    except OSError as error:
        raise RuntimeError(f"'{effort.faults}': {error.strerror}: `make faults` writes it") from error
    found = COUNTS.search(text)
    if not found:
        raise RuntimeError(
            f"'{effort.faults}' does not say how many rows were tried: `make faults` writes it"
        )
    figures = {"fault_rows": int(found[1]), "apps_lost": int(found[2])}
    return [Line("faults", name.replace("_", " "), value, "") for name, value in figures.items()], figures
