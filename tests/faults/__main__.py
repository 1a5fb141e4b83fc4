"""`python -m tests.faults`: every row on every app; build/faults.json, and docs/faults.md with --write.

--rows and --apps take parts of names; --resume goes on where a run of the same program was ended; --calls
lists the system calls that strace sees of appsig-exec.
"""

from __future__ import annotations

import argparse
import itertools
import json
import sys
from concurrent.futures import ThreadPoolExecutor

from tests.support.program import TOP, exec_binary

from .apps import APPS
from .docs import document, lost_of
from .kept import Kept
from .matrix import agents, judge, own_code
from .rows import ROWS
from .seen import calls_seen

AT_ONCE = 2


def chosen(items, words):
    return [item for item in items if not words or any(word.lower() in item.name.lower() for word in words)]


def tried(rows, apps, kept):
    """The outcome of each row and app, by their names; those that `kept` has are not tried again."""
    results = {row.name: {} for row in rows}
    with agents() as answering, ThreadPoolExecutor(AT_ONCE) as pool:
        codes = {app.name: own_code(app, answering) for app in apps}
        pending = []
        for row, app in itertools.product(rows, apps):
            if outcome := kept.outcome(row, app):
                results[row.name][app.name] = outcome
            else:
                pending.append((row, app, pool.submit(judge, row, app, answering, codes[app.name])))
        for row, app, future in pending:
            outcome = results[row.name][app.name] = future.result()
            kept.keep(row, app, outcome)
            if outcome.lost:
                print(f"LOST {row.name} / {app.name}: {outcome.why}\n{outcome.said[-2000:]}", flush=True)
    return results


def main():
    parser = argparse.ArgumentParser(prog="python -m tests.faults")
    parser.add_argument("--rows", nargs="*", default=[])
    parser.add_argument("--apps", nargs="*", default=[])
    parser.add_argument(
        "--resume", action="store_true", help="keep what the last run came to, where it ended"
    )
    parser.add_argument("--write", action="store_true", help="make docs/faults.md from the results")
    parser.add_argument("--calls", action="store_true", help="only list the system calls that are made")
    options = parser.parse_args()
    if options.calls:
        print("\n".join(sorted(calls_seen())))
        return 0
    rows, apps = chosen(ROWS, options.rows), chosen(APPS, options.apps)
    kept = Kept(TOP / "build" / "faults.jsonl", exec_binary(), options.resume)
    results = tried(rows, apps, kept)
    lost = lost_of(results)
    starts = sum(len(row) for row in results.values())
    figures = {"fault_rows": len(rows), "apps": len(apps), "starts": starts, "apps_lost": lost}
    (TOP / "build" / "faults.json").write_text(json.dumps(figures, indent=2) + "\n")
    if options.write:
        (TOP / "docs" / "faults.md").write_text(document(rows, apps, results))
    print(f"{len(rows)} rows, {len(apps)} apps, {starts} starts, {lost} lost")
    return 1 if lost else 0


sys.exit(main())
