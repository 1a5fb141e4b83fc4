"""Where the hook files are put: once, by their content, and what happens where there is no place for them."""

from __future__ import annotations

import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.support.program import TOP, clean, free_port, run
from tests.support.services import APPS, endpoints, launch

HOOKS = TOP / "wsgi-hooks"
STARTS = 50
AT_ONCE = 8
NOWHERE = "can be put nowhere (no writable directory)"
DEFER = "OTEL_AWS_PYTHON_DEFER_TO_WORKERS_ENABLED"
# All four places of a user, each on a file system of its own in a mount namespace.
MOUNT = """
set -e
options=$1; shift
for place in "$TMPDIR" /tmp /var/tmp /dev/shm; do
    mkdir -p "$place/appsig-0"
    mount -t tmpfs -o "mode=0755,$options" none "$place/appsig-0"
done
exec "$@"
"""
FULL, NOT_WRITABLE = "size=4k", "ro"


@pytest.fixture
def without_place(need, tmp_path):
    """without_place(mount options, command): runs it where no hook file can be put."""
    need(os.geteuid() == 0, "root, for a mount namespace")
    (tmp_path / "temporary").mkdir()

    def start(options, command, **variables):
        words = ["unshare", "--mount", "sh", "-c", MOUNT, "mount", options, *command]
        return run(words, clean(variables, TMPDIR=tmp_path / "temporary"), APPS)

    return start


def show(binary, *options):
    """A command that tells where our sitecustomize lies: first on PYTHONPATH."""
    nobody = f"--agent-endpoint=http://127.0.0.1:{free_port()}"
    return [binary, nobody, "--service-name=places", *options, "--", "sh", "-c", "echo ${PYTHONPATH%%:*}"]


def files(directory):
    return sorted(path for path in Path(directory).rglob("*") if path.is_file())


def put(directory):
    """Our sitecustomize there; what no agent needs is all that lies beside it."""
    file, other = sorted(files(directory), key=lambda path: path.name != "sitecustomize.py")
    assert (file.name, other.name) == ("sitecustomize.py", "quick_stop.py")
    return file


def test_many_starts_leave_one_file_of_each(exec_binary, tmp_path):
    def start(_):
        return run(show(exec_binary), clean(TMPDIR=tmp_path)).stdout

    with ThreadPoolExecutor(AT_ONCE) as starts:
        told = set(starts.map(start, range(STARTS)))
    file = put(tmp_path)
    assert told == {f"{file.parent}\n"}
    assert file.read_bytes() == (HOOKS / "sitecustomize.py").read_bytes()
    assert file.stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize("spoilt", ["content", "shortened", "gone"])
def test_a_file_that_is_not_what_its_name_says_is_put_anew(exec_binary, tmp_path, spoilt):
    run(show(exec_binary), clean(TMPDIR=tmp_path))
    file = put(tmp_path)
    whole = file.read_bytes()
    if spoilt == "gone":
        file.unlink()
    else:
        file.write_bytes(whole[:100] if spoilt == "shortened" else whole.replace(b"import os", b"import  os"))
    run(show(exec_binary), clean(TMPDIR=tmp_path))
    assert file.read_bytes() == whole


def link_elsewhere(directory, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    directory.symlink_to(tmp_path / "elsewhere")


def open_to_all(directory, tmp_path):
    directory.mkdir()
    directory.chmod(0o777)


def of_another_user(directory, tmp_path):
    if os.geteuid() != 0:
        pytest.fail("root is needed to give a directory away")
    directory.mkdir()
    os.chown(directory, 65534, 65534)


@pytest.mark.parametrize("spoil", [link_elsewhere, open_to_all, of_another_user])
def test_a_directory_that_is_not_ours_alone_is_passed_over(exec_binary, tmp_path, spoil):
    spoil(tmp_path / f"appsig-{os.geteuid()}", tmp_path)
    outcome = run(show(exec_binary), clean(TMPDIR=tmp_path))
    assert files(tmp_path) == []
    assert not outcome.stdout.startswith(str(tmp_path))
    assert "appsig-" in outcome.stdout


@pytest.mark.parametrize("options", [FULL, NOT_WRITABLE])
def test_no_place_costs_a_line(exec_binary, without_place, options):
    outcome = without_place(options, show(exec_binary))
    assert outcome.code == 0
    assert sum(NOWHERE in line for line in outcome.told) == 1, outcome.told
    assert "appsig-" not in outcome.stdout


@pytest.mark.parametrize("options", [FULL, NOT_WRITABLE])
def test_no_place_leaves_gunicorn_as_it_is(exec_binary, without_place, receiver, sampling, tmp_path, options):
    config = tmp_path / "mine.py"
    config.write_text(
        f"import os, sys\nprint('defer', os.environ.get('{DEFER}'), sys.argv[1:])\nsys.exit(5)\n"
    )
    words = ["gunicorn", "-c", str(config), "flask_app:app"]
    outcome = without_place(
        options, launch(words, "--service-name=places", *endpoints(receiver, sampling), binary=exec_binary)
    )
    assert (outcome.code, outcome.stdout) == (5, f"defer None {words[1:]}\n")
    assert len(outcome.told) == 1
    assert NOWHERE in outcome.told[0]


@pytest.mark.parametrize("options", [FULL, NOT_WRITABLE])
def test_the_installed_files_serve_where_nothing_can_be_written(
    exec_binary, without_place, tmp_path, options
):
    installed = tmp_path / "usr" / "share" / "appsig" / "hooks"
    shutil.copytree(HOOKS, installed)
    (tmp_path / "usr" / "bin").mkdir()
    program = shutil.copy(exec_binary, tmp_path / "usr" / "bin")
    outcome = without_place(options, show(program))
    assert outcome.stdout == f"{installed}\n"
    assert not any(NOWHERE in line for line in outcome.told)
