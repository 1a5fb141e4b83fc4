"""appsig-patch over all Dockerfiles of the corpus in one process; BuildKit's parser and hadolint in one each.

`python -m bench.patch` prints the figures and adds them to build/bench.json; without the corpus it says so.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.support import patch as patcher
from tests.support.program import PYTHON_PARTS, TOP, clean

CORPUS = TOP.parent / "shared" / "corpus" / "dockerfile"
ROUNDS = 15
# Ours divided by theirs, and kilobytes at the peak.
BOUNDS = {"patch_vs_buildkit": 0.2, "patch_vs_hadolint": 0.01, "patch_peak_kilobytes": 32 * 1024}


def least_seconds(words, rounds=ROUNDS, stdin=b""):
    times = []
    for _ in range(rounds):
        begin = time.perf_counter()
        subprocess.run(words, input=stdin, capture_output=True, env=clean({}), check=False)
        times.append(time.perf_counter() - begin)
    return min(times)


def peak_kilobytes(words):
    script = (
        "import resource, subprocess, sys; subprocess.run(sys.argv[1:], capture_output=True); "
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    done = subprocess.run([sys.executable, "-c", script, *map(str, words)], capture_output=True, check=True)
    return int(done.stdout)


def buildkit_microseconds(paths):
    oracle = patcher.oracle()
    if oracle is None:
        return None
    lines = "".join(f"{path}\n" for path in paths).encode()
    done = [
        subprocess.run([oracle, "-bench", "5"], input=lines, capture_output=True, check=True)
        for _ in range(5)
    ]
    return min(float(run.stdout) for run in done)


def figures_of(folder):
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    ours = [patcher.patch_binary(), f"--shim-binary={TOP / 'build' / 'appsig-exec'}", "--check", folder]
    figures = {"patch_files": len(paths), "patch_us_a_file": least_seconds(ours) / len(paths) * 1e6}
    figures["patch_peak_kilobytes"] = peak_kilobytes(ours)
    buildkit = buildkit_microseconds(paths)
    if buildkit:
        figures["buildkit_us_a_file"] = buildkit
        figures["patch_vs_buildkit"] = figures["patch_us_a_file"] / buildkit
    hadolint = shutil.which("hadolint", path=PYTHON_PARTS) or shutil.which("hadolint")
    if hadolint:
        theirs = least_seconds([hadolint, "--no-fail", *map(str, paths)], rounds=2)
        figures["patch_vs_hadolint"] = figures["patch_us_a_file"] * len(paths) / 1e6 / theirs
    return figures


def main():
    if not CORPUS.is_dir():
        print(f"MISSING: the corpus, which is optional: {CORPUS}")
        return
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "corpus"
        shutil.copytree(CORPUS, copy, copy_function=shutil.copyfile)
        figures = figures_of(copy)
    for name, value in figures.items():
        print(f"{name:40}{value:14.4g}")
    store = TOP / "build" / "bench.json"
    before = json.loads(store.read_text()) if store.exists() else {}
    store.write_text(json.dumps({**before, **figures}, indent=2) + "\n")
    missed = [name for name, most in BOUNDS.items() if figures.get(name, most) > most]
    if missed:
        sys.exit("".join(f"{name!r} is {figures[name]:.4g}: above {BOUNDS[name]}\n" for name in missed))


if __name__ == "__main__":
    main()
