"""docs/faults.md, made from the rows and what came out."""

from __future__ import annotations

from itertools import groupby

from .calls import EXEMPT

HEAD = """# Faults tried

Made by `make faults`: every row is a fault around appsig-exec, tried on real apps under the real ADOT. The
app must start, serve, end with its own exit code, and be at most the deadline (250 ms) later. Where a fault
stays with the app (a limit, a missing /proc) the app alone under the same fault is the measure: "as alone"
stands where the app alone does not start or end well either.

"""


def lost_of(results):
    return sum(bool(outcome.why) for row in results.values() for outcome in row.values())


def document(rows, apps, results):
    starts = len(rows) * len(apps)
    figures = f"rows tried: {len(rows)}, apps: {len(apps)}, starts: {starts}, apps lost: {lost_of(results)}"
    lines = [f"{HEAD}**{figures}**\n", "| fault | " + " | ".join(app.name for app in apps) + " |"]
    lines.append("|---|" + "---|" * len(apps))
    for group, members in groupby(rows, key=lambda row: row.group):
        lines.append(f"| **{group}** |" + " |" * len(apps))
        for row in members:
            outcomes = [results[row.name][app.name] for app in apps]
            told = [outcome.why or ("as alone" if outcome.as_alone else "ok") for outcome in outcomes]
            lines.append(f"| {row.name} | " + " | ".join(told) + " |")
    lines.append("\nNot tried, as they cannot fail for one program alone:\n")
    lines += [f"- `{call}`: {reason}" for call, reason in sorted(EXEMPT.items())]
    return "\n".join(lines) + "\n"
