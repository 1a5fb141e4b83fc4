"""`make bench` in its short form: all of it works, and every figure is a number. No bound counts here."""

import json
import subprocess
import sys

from tests.support.program import TOP

FIGURES = [
    "launch_vs_tini",
    "launcher_cost_vs_otel_instrument",
    "start_vs_otel_instrument",
    "default_start_vs_otel_instrument",
    "stop_without_agent_s",
    "patch_vs_buildkit",
    "patch_vs_hadolint",
    "binary_bytes",
    "fault_rows",
    "apps_lost",
]
OTHERS = ("tini", "dumb-init", "su-exec (gosu in its place)", "opentelemetry-instrument", "BuildKit's parser")


def bench(*words):
    command = [sys.executable, "-m", "bench", "--short", *map(str, words)]
    return subprocess.run(command, cwd=TOP, capture_output=True, text=True, check=False, timeout=300)


def test_every_figure_is_a_number(tmp_path):
    (tmp_path / "faults.md").write_text("rows tried: 70, apps: 6, starts: 420, apps lost: 0\n")
    done = bench("--faults", tmp_path / "faults.md", "--json", tmp_path / "bench.json")
    assert done.returncode == 0, done.stdout + done.stderr
    figures = json.loads((tmp_path / "bench.json").read_text())
    assert all(isinstance(figures[name], int | float) for name in FIGURES), figures
    assert (figures["fault_rows"], figures["apps_lost"]) == (70, 0)
    assert all(figures[name] > 0 for name in FIGURES if name != "apps_lost"), figures
    assert all(name in done.stdout for name in OTHERS), done.stdout


def test_a_table_of_faults_that_is_not_there_is_a_failure(tmp_path):
    done = bench("--only", "faults", "--faults", tmp_path / "none.md", "--json", tmp_path / "bench.json")
    assert done.returncode == 1
    assert "No such file or directory: `make faults` writes it" in done.stderr
