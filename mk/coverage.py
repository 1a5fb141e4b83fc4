"""coverage.py OBJECTS FOLDER... - what gcov counted.

Lines and branches of each folder's C files, then every function that no test has entered, as file:line name.
"""

import json
import subprocess
import sys
from collections import defaultdict
from pathlib import Path


def reports(objects):
    """A gcov report for each object file, whether it ran or not."""
    counted = sorted(str(path.resolve()) for path in Path(objects).rglob("*.gcno"))
    for first in range(0, len(counted), 50):
        done = subprocess.run(
            ["gcov", "--json-format", "--branch-probabilities", "--stdout", *counted[first : first + 50]],
            capture_output=True,
            text=True,
            check=True,
        )
        yield from map(json.loads, done.stdout.splitlines())


def main():
    objects, folders = sys.argv[1], sys.argv[2:]
    lines, branches, functions = defaultdict(dict), defaultdict(dict), {}
    for report in reports(objects):
        for file in report["files"]:
            name = file["file"]
            if name.split("/")[0] not in folders:
                continue
            for line in file["lines"]:
                number = line["line_number"]
                lines[name][number] = lines[name].get(number, 0) + line["count"]
                for index, branch in enumerate(line["branches"]):
                    at = (number, index)
                    branches[name][at] = branches[name].get(at, 0) + branch["count"]
            for function in file["functions"]:
                at = (name, function["start_line"], function["demangled_name"])
                functions[at] = functions.get(at, 0) + function["execution_count"]
    if not lines:
        sys.exit("coverage.py: nothing was counted")
    print(f"{'folder':<20} {'lines':>14} {'':>6} {'branches':>14}")
    for folder in [*folders, ""]:
        shares = []
        for counts in (lines, branches):
            hits = [hit for name in counts if name.startswith(folder) for hit in counts[name].values()]
            reached = sum(1 for hit in hits if hit)
            shares.append(f"{reached:>6} of {len(hits):>5} {100 * reached / max(1, len(hits)):>5.1f}%")
        print(f"{folder or 'all':<20} {shares[0]}  {shares[1]}")
    print("\nnot entered by any test:")
    for (name, line, function), count in sorted(functions.items()):
        if count == 0:
            print(f"  {name}:{line} {function}")


if __name__ == "__main__":
    main()
