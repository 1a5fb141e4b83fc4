"""The programs of the other architecture, out of their wheels, under qemu."""

import platform
import shutil
import subprocess
import zipfile

from tests.program.test_wheel import VERSION, only
from tests.support.program import TOP

FOREIGN = {"x86_64": "aarch64", "aarch64": "x86_64"}[platform.machine()]


def from_wheel(program, folder):
    with zipfile.ZipFile(only(f"{program.replace('-', '_')}-*_{FOREIGN}.whl")) as archive:
        (name,) = [name for name in archive.namelist() if name.endswith(f"/scripts/{program}")]
        path = folder / program
        path.write_bytes(archive.read(name))
        path.chmod(0o755)
    return [f"qemu-{FOREIGN}-static", path]


def run(program, *words):
    return subprocess.run([*program, *words], capture_output=True, text=True, timeout=60, check=True).stdout


def test_launcher_of_the_other_architecture_starts_a_command(tmp_path):
    program = from_wheel("appsig-exec", tmp_path)
    assert VERSION in run(program, "--version")
    answer = run(program, "--service-name=shop", "--", "/bin/sh", "-c", "echo $SERVICE_NAME; env")
    assert answer.startswith("shop\n")
    assert "OTEL_AWS_APPLICATION_SIGNALS_ENABLED=true" in answer


def test_patcher_of_the_other_architecture_does_the_same(tmp_path):
    shutil.copytree(TOP / "tests/cases/compose", tmp_path / "compose")
    options = ("--style=guide", "--json", tmp_path / "compose")
    here, there = (
        subprocess.run([*program, *options], capture_output=True, text=True, check=False)
        for program in ([TOP / "build/appsig-patch"], from_wheel("appsig-patch", tmp_path))
    )
    assert len(here.stdout) > 1000
    assert (there.returncode, there.stdout) == (here.returncode, here.stdout), there.stderr
