"""totals.py REPORTS SUITE... - counts what the suites left in REPORTS/SUITE.

Prints a table and, as the last line, `N passed, N failed`. A suite that ended with an error but reports no
failed test, or that ran no test, counts as one failed. A skipped test is a failed one where CI=true: there, a
missing part is an error, but for what says of itself that it is optional (the corpus of real files, which a
clone does not have). Exits 1 where anything failed.
"""

import os
import re
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

TAP_LINE = re.compile(r"^(not )?ok\b[^#]*(?P<directive>#\s*(SKIP|TODO)\b.*)?", re.IGNORECASE)
OPTIONAL = "which is optional"
TAP_PLAN = re.compile(r"^1\.\.(\d+)")


class Count:
    """Tests of one suite; `reasons` has a line for each that did not pass."""

    def __init__(self):
        self.passed = self.failed = self.skipped = self.optional = 0
        self.reasons = []

    def add_failed(self, reason):
        self.failed += 1
        self.reasons.append(f"failed: {reason}")

    def add_skipped(self, reason):
        self.skipped += 1
        self.optional += OPTIONAL in reason
        self.reasons.append(f"skipped: {reason}")


def count_tap(path, count):
    """Reads one TAP file; a program that died before its plan, or failed unseen, is one more failed."""
    run = planned = 0
    failed_before = count.failed
    for line in path.read_text(errors="replace").splitlines():
        plan = TAP_PLAN.match(line)
        if plan:
            planned = int(plan.group(1))
            continue
        match = TAP_LINE.match(line)
        if not match:
            continue
        run += 1
        if match.group("directive"):
            count.add_skipped(f"{path.stem}: {line}")
        elif match.group(1):
            count.add_failed(f"{path.stem}: {line}")
        else:
            count.passed += 1
    exit_file = path.with_suffix(".exit")
    status = exit_file.read_text().strip() if exit_file.exists() else "0"
    if run != planned or run == 0:
        count.add_failed(f"{path.stem}: {run} of {planned} planned tests, exit status {status}")
    elif status != "0" and count.failed == failed_before:
        count.add_failed(f"{path.stem}: exit status {status} after its last test")


def count_junit(path, count):
    """Reads one JUnit file as pytest writes it."""
    try:
        root = ElementTree.parse(path).getroot()
    except ElementTree.ParseError as error:
        count.add_failed(f"{path}: {error}")
        return
    for case in root.iter("testcase"):
        name = f"{case.get('classname')}::{case.get('name')}"
        if case.find("failure") is not None or case.find("error") is not None:
            count.add_failed(name)
        elif case.find("skipped") is not None:
            count.add_skipped(f"{name}: {case.find('skipped').get('message')}")
        else:
            count.passed += 1


def count_suite(directory):
    """Everything in one suite's folder."""
    count = Count()
    for path in sorted(directory.glob("*.tap")):
        count_tap(path, count)
    for path in sorted(directory.glob("*.xml")):
        count_junit(path, count)
    status_file = directory / "status"
    status = status_file.read_text().strip() if status_file.exists() else "missing"
    if status != "0" and count.failed == 0:
        count.add_failed(f"the suite itself: exit status {status}")
    elif count.passed + count.failed + count.skipped == 0:
        count.add_failed("the suite itself: it ran no test")
    return count


def main():
    reports, suites = Path(sys.argv[1]), sys.argv[2:]
    skip_fails = os.environ.get("CI") == "true"
    passed = failed = skipped = missing = 0
    rows = []
    for suite in suites:
        count = count_suite(reports / suite)
        seconds = (reports / suite / "seconds").read_text().strip()
        rows.append(f"{suite:<14} {count.passed:>7} {count.failed:>7} {count.skipped:>8} {seconds:>6} s")
        for reason in count.reasons:
            print(f"{suite}: {reason}")
        passed, failed, skipped = passed + count.passed, failed + count.failed, skipped + count.skipped
        missing += count.skipped - count.optional
    if skip_fails:
        failed += missing
    elif missing:
        print(f"NOTE: {missing} skipped, each of which is a failure where CI=true")
    print(f"\n{'suite':<14} {'passed':>7} {'failed':>7} {'skipped':>8} {'time':>8}")
    print("\n".join(rows))
    total = f"{passed} passed, {failed} failed"
    (reports / "total").write_text(total + "\n")
    print(total)
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
