"""What was measured, a line each, and how it is printed."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Line:
    what: str
    who: str
    median: float
    unit: str
    least: float | None = None
    ratio: float | None = None  # ours divided by this one


def cell(value, width):
    if value is None:
        return " " * width
    return f"{value:{width},.0f}" if abs(value) >= 1000 else f"{value:{width}.3g}"


def text_of(lines):
    out = [f"{'':26}{'':36}{'median':>12}{'least':>12}  {'':8}{'ours / this':>12}"]
    before = None
    for line in lines:
        what = "" if line.what == before else line.what
        before = line.what
        numbers = f"{cell(line.median, 12)}{cell(line.least, 12)}  {line.unit:8}{cell(line.ratio, 12)}"
        out.append(f"{what:26}{line.who:36}{numbers}".rstrip())
    return "\n".join(out)
