"""What `make dist` leaves, as a user meets it: pip installs the wheel, tar unpacks the archive."""

import csv
import hashlib
import os
import platform
import stat
import subprocess
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parents[2]
DIST = TOP / "build/dist"
VERSION = (TOP / "VERSION").read_text().strip()
HOOKS = sorted(path.name for path in (TOP / "wsgi-hooks").glob("*.py"))

pytestmark = pytest.mark.release


def only(pattern):
    found = sorted(DIST.glob(pattern))
    assert len(found) == 1, f"{pattern} in {DIST}: {found}; `make dist` makes it"
    return found[0]


MACHINE = platform.machine()
WHEELS = ("appsig_exec", "appsig_patch")


@pytest.fixture(scope="module", params=WHEELS)
def wheel(request):
    return only(f"{request.param}-*_{MACHINE}.whl")


@pytest.fixture(scope="module")
def environment(tmp_path_factory):
    """A fresh virtual environment into which pip, offline, has installed nothing but the wheels."""
    directory = tmp_path_factory.mktemp("venv")
    venv.create(directory, with_pip=True)
    wheels = [only(f"{name}-*_{MACHINE}.whl") for name in WHEELS]
    install = [directory / "bin/python", "-m", "pip", "install", "--no-index", "--no-deps", *wheels]
    subprocess.run(install, check=True, capture_output=True, timeout=120)
    return directory


@pytest.mark.parametrize("name", ["appsig-exec", "appsig-patch"])
def test_program_lies_beside_python_and_answers(environment, name):
    program = environment / "bin" / name
    assert os.access(program, os.X_OK)
    answer = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=30, check=True)
    assert VERSION in answer.stdout


@pytest.mark.parametrize("name", ["appsig-exec", "appsig-patch"])
def test_installed_program_is_the_built_one(environment, name):
    built = Path(os.environ.get("TEST_PROGRAMS", TOP / "build")) / name
    assert (environment / "bin" / name).read_bytes() == built.read_bytes()


def test_installed_program_starts_a_command(environment):
    program = environment / "bin/appsig-exec"
    answer = subprocess.run(
        [program, "--on-missing-agent=bare", "--", "/bin/echo", "started"],
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
        env={"PATH": f"{environment / 'bin'}:/usr/bin:/bin"},
    )
    assert answer.stdout == "started\n"


@pytest.mark.parametrize("name", HOOKS)
def test_hook_files_are_installed_as_they_are(environment, name):
    assert (environment / "share/appsig/hooks" / name).read_bytes() == (
        TOP / "wsgi-hooks" / name
    ).read_bytes()


def test_pip_removes_what_it_installed(tmp_path):
    venv.create(tmp_path, with_pip=True)
    pip = [tmp_path / "bin/python", "-m", "pip"]
    install = [*pip, "install", "--no-index", only(f"appsig_exec-*_{MACHINE}.whl")]
    subprocess.run(install, check=True, capture_output=True, timeout=120)
    subprocess.run([*pip, "uninstall", "--yes", "appsig-exec"], check=True, capture_output=True, timeout=120)
    assert not (tmp_path / "bin/appsig-exec").exists()
    assert not [path for path in (tmp_path / "share").rglob("*") if path.is_file()]


def test_name_says_every_tag_that_the_wheel_holds(wheel):
    python, abi, platforms = wheel.stem.split("-")[-3:]
    with zipfile.ZipFile(wheel) as archive:
        (name,) = [name for name in archive.namelist() if name.endswith(".dist-info/WHEEL")]
        lines = archive.read(name).decode().splitlines()
    tags = {line.removeprefix("Tag: ") for line in lines if line.startswith("Tag: ")}
    assert tags == {f"{python}-{abi}-{platform}" for platform in platforms.split(".")}
    assert any(platform.startswith("manylinux") for platform in platforms.split("."))
    assert any(platform.startswith("musllinux") for platform in platforms.split("."))


def test_record_lists_every_file_with_its_size(wheel):
    with zipfile.ZipFile(wheel) as archive:
        (name,) = [name for name in archive.namelist() if name.endswith(".dist-info/RECORD")]
        rows = list(csv.reader(archive.read(name).decode().splitlines()))
        sizes = {entry.filename: str(entry.file_size) for entry in archive.infolist()}
    assert {row[0] for row in rows} == set(sizes)
    assert all(row[2] == sizes[row[0]] for row in rows if row[0] != name)


def test_archive_unpacks_to_programs_and_licence():
    archive = only(f"appsig-{VERSION}-{MACHINE}.tar.gz")
    top = archive.name.removesuffix(".tar.gz")
    with tarfile.open(archive) as files:
        members = {member.name: member for member in files.getmembers()}
    assert all(name == top or name.startswith(f"{top}/") for name in members)
    assert members[f"{top}/bin/appsig-exec"].mode & stat.S_IXOTH
    assert f"{top}/share/doc/appsig/LICENSE" in members
    assert f"{top}/share/doc/appsig/NOTICE" in members
    assert {(member.uid, member.gid) for member in members.values()} == {(0, 0)}


def test_digests_are_of_these_files():
    lines = (DIST / "SHA256SUMS").read_text().splitlines()
    listed = dict(reversed(line.split("  ")) for line in lines)
    assert set(listed) == {path.name for path in DIST.iterdir() if path.name != "SHA256SUMS"}
    for name, digest in listed.items():
        assert hashlib.sha256((DIST / name).read_bytes()).hexdigest() == digest
