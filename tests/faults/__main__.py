"""`python -m tests.faults`: every row on every app; build/faults.json, and docs/faults.md with --write.

--rows and --apps take parts of names; --calls lists the system calls that strace sees of appsig-exec.
"""

from __future__ import annotations

import argparse
import json
import sys
from concurrent.futures import ThreadPoolExecutor

from tests.support.program import TOP

from .apps import APPS
from .docs import document, lost_of
from .matrix import agents, judge, own_code
from .rows import ROWS
from .seen import calls_seen

AT_ONCE = 2


def chosen(items, words):
    return [item for item in items if not words or any(word.lower() in item.name.lower() for word in words)]


def main():
    parser = argparse.ArgumentParser(prog="python -m tests.faults")
    parser.add_argument("--rows", nargs="*", default=[])
    parser.add_argument("--apps", nargs="*", default=[])
    parser.add_argument("--write", action="store_true", help="make docs/faults.md from the results")
    parser.add_argument("--calls", action="store_true", help="only list the system calls that are made")
    options = parser.parse_args()
    if options.calls:
        print("\n".join(sorted(calls_seen())))
        return 0
    rows, apps = chosen(ROWS, options.rows), chosen(APPS, options.apps)
    results = {}
    with agents() as answering, ThreadPoolExecutor(AT_ONCE) as pool:
        codes = {app.name: own_code(app, answering) for app in apps}
        pending = [
            (row, app, pool.submit(judge, row, app, answering, codes[app.name]))
            for row in rows
            for app in apps
        ]
        for row, app, future in pending:
            outcome = future.result()
            results.setdefault(row.name, {})[app.name] = outcome
            if outcome.lost:
                print(f"LOST {row.name} / {app.name}: {outcome.why}\n{outcome.said[-2000:]}", flush=True)
    lost = lost_of(results)
    tried = sum(len(row) for row in results.values())
    figures = {"fault_rows": len(rows), "apps": len(apps), "starts": tried, "apps_lost": lost}
    (TOP / "build" / "faults.json").write_text(json.dumps(figures, indent=2) + "\n")
    if options.write:
        (TOP / "docs" / "faults.md").write_text(document(rows, apps, results))
    print(f"{len(rows)} rows, {len(apps)} apps, {tried} starts, {lost} lost")
    return 1 if lost else 0


sys.exit(main())
