"""appsig-patch over all Dockerfiles of the corpus in one process; BuildKit's parser and hadolint in one each.

The corpus is optional: without it the Dockerfiles of the test cases are taken, and the table says so.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.support import patch as patcher
from tests.support.program import PYTHON_PARTS, TOP, clean

from .measure import QUIET
from .table import Line

CORPUS = TOP.parent / "shared" / "corpus" / "dockerfile"
CASES = TOP / "tests" / "cases" / "dockerfile"


def seconds(words, rounds):
    """Of the process alone: no pipe, and no reader that has to be woken."""
    times, environment = [], clean({})
    for _ in range(rounds):
        begin = time.perf_counter()
        os.waitpid(os.posix_spawn(words[0], words, environment, file_actions=QUIET), 0)
        times.append(time.perf_counter() - begin)
    return sorted(times)


def peak_kilobytes(words):
    script = (
        "import resource, subprocess, sys; subprocess.run(sys.argv[1:], capture_output=True); "
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    done = subprocess.run([sys.executable, "-c", script, *map(str, words)], capture_output=True, check=True)
    return int(done.stdout)


def buildkit_microseconds(paths, rounds):
    oracle = patcher.oracle()
    if oracle is None:
        raise RuntimeError("BuildKit's parser is not there to be compared with: no Go, or no module proxy")
    lines = "".join(f"{path}\n" for path in paths).encode()
    done = [
        subprocess.run([oracle, "-bench", "5"], input=lines, capture_output=True, check=True)
        for _ in range(min(5, rounds))
    ]
    return sorted(float(run.stdout) for run in done)


def hadolint_seconds(paths, rounds):
    program = shutil.which("hadolint", path=PYTHON_PARTS) or shutil.which("hadolint")
    if program is None:
        raise RuntimeError("'hadolint' is not there to be compared with (tests/requirements.txt)")
    return seconds([program, "--no-fail", *map(str, paths)], rounds)


def copy_files(folder, most):
    """Copies, so that nothing beside them is found; (what they are, their paths)."""
    there = CORPUS.is_dir()
    what, source, pattern = ("corpus", CORPUS, "*") if there else ("test cases", CASES, "*Dockerfile*")
    found = sorted(path for path in source.rglob(pattern) if path.is_file())[:most]
    for number, path in enumerate(found):
        target = folder / path.relative_to(source).parent
        target.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target / (path.name if there else f"{number}.Dockerfile"))
    return what, sorted(path for path in folder.rglob("*") if path.is_file())


def measure(effort):
    with tempfile.TemporaryDirectory() as folder:
        what, paths = copy_files(Path(folder), effort.files)
        words = [patcher.patch_binary(), f"--shim-binary={TOP / 'build' / 'appsig-exec'}", "--check", folder]
        ours = seconds(words, effort.patches)
        peak = peak_kilobytes(words)
        buildkit = buildkit_microseconds(paths, effort.patches)
        hadolint = hadolint_seconds(paths, min(2, effort.patches))
    count = len(paths)
    figures = {"patch_files": count, "patch_us_a_file": ours[0] / count * 1e6}
    figures["patch_vs_buildkit"] = figures["patch_us_a_file"] / buildkit[0]
    figures["patch_vs_hadolint"] = ours[0] / hadolint[0]
    figures["patch_peak_kilobytes"] = peak

    def line(who, each, scale, ratio):
        middle = each[len(each) // 2] * scale
        return Line(f"{count} files of the {what}", who, middle, "us/file", each[0] * scale, ratio)

    a_file = 1e6 / count
    lines = [
        line("appsig-patch --check", ours, a_file, None),
        line("BuildKit's parser", buildkit, 1, figures["patch_vs_buildkit"]),
        line("hadolint", hadolint, a_file, figures["patch_vs_hadolint"]),
        Line("", "appsig-patch, peak memory", peak, "kB"),
    ]
    return lines, figures
