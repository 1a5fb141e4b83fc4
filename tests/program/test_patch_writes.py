"""What a write survives: mounts, links, other hands, a kill at each call; what a terminal sees."""

import os
import pty
import re
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from hashlib import sha256
from pathlib import Path

import pytest

from tests.support import patch as patcher
from tests.support.program import clean

APP = b'FROM python:3.12-slim\nRUN pip install flask\nCMD ["flask", "run"]\n'
ASKED = b"FROM python:3.12-slim\nRUN pip install flask\n"

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="mounts and other users are for root only")


@pytest.fixture
def shim(tmp_path):
    return f"--shim-binary={patcher.shim_file(tmp_path)}"


@pytest.fixture
def repository(tmp_path):
    folder = tmp_path / "repository"
    folder.mkdir()
    (folder / "Dockerfile").write_bytes(APP)
    return folder


@pytest.fixture
def strace(need):
    return need(shutil.which("strace"), "strace")


def run(words, cwd, **more):
    return subprocess.run(words, cwd=cwd, capture_output=True, env=clean({}), timeout=60, check=False, **more)


def leftovers(folder):
    return [path for path in folder.rglob(".*appsig-*") if path.is_file()]


@as_root
def test_a_bind_mount_is_refused_and_named(repository, shim, tmp_path):
    other = tmp_path / "mounted"
    other.write_bytes(APP)
    script = 'mount --bind "$1" Dockerfile && shift && exec "$@"'
    words = ["unshare", "-m", "sh", "-c", script, "sh", other, patcher.patch_binary(), shim, "--write", "."]
    done = run(words, repository)
    assert done.returncode == 3, done.stderr
    assert b"is a mount point and cannot be replaced" in done.stdout
    assert other.read_bytes() == APP
    assert (repository / "Dockerfile").read_bytes() == APP
    assert not leftovers(tmp_path)


def test_a_link_is_followed_and_stays(repository, shim, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (repository / "Dockerfile").rename(outside / "real")
    (repository / "Dockerfile").symlink_to(outside / "real")
    (repository / "dangling.Dockerfile").symlink_to("nowhere")
    (repository / "folder").symlink_to(outside)
    assert patcher.patch(shim, "--write", ".", cwd=repository).returncode == 0
    assert os.readlink(repository / "Dockerfile") == str(outside / "real")
    assert b"appsig-exec" in (outside / "real").read_bytes()
    assert not (outside / "real").is_symlink()


@pytest.mark.release
def test_a_file_that_changes_between_plan_and_write(repository, shim, strace):
    """The first sync (of the binary) is held up; meanwhile somebody edits the Dockerfile."""
    delay = ["-e", "trace=fsync", "-e", "inject=fsync:delay_enter=1500000:when=1"]
    words = [strace, "-o", "/dev/null", *delay, patcher.patch_binary(), shim, "--write", "."]
    process = subprocess.Popen(words, cwd=repository, stdout=subprocess.PIPE, env=clean({}))
    deadline = time.monotonic() + 10
    while not leftovers(repository) and time.monotonic() < deadline:
        time.sleep(0.01)
    edited = APP + b"# by another hand\n"
    (repository / "Dockerfile").write_bytes(edited)
    stdout, _ = process.communicate(timeout=30)
    assert process.returncode == 3
    assert b"[changed]" in stdout
    assert b"was changed while it was being planned" in stdout
    assert (repository / "Dockerfile").read_bytes() == edited
    assert not leftovers(repository)
    assert patcher.patch(shim, "--write", ".", cwd=repository).returncode == 0
    assert (repository / "Dockerfile").read_bytes().endswith(b"# by another hand\n")


@pytest.mark.release
@pytest.mark.parametrize("call", ["open", "write", "fchmod", "fsync", "rename", "mkdir", "close"])
def test_killed_at_each_system_call_every_file_is_whole(call, shim, strace, tmp_path):
    reference = tmp_path / "reference"
    reference.mkdir()
    (reference / "Dockerfile").write_bytes(APP)
    (reference / ".dockerignore").write_bytes(b"*\n")
    before = {path.name: path.read_bytes() for path in reference.iterdir()}
    patcher.patch(shim, "--write", ".", cwd=reference)
    paths = [path for path in reference.rglob("*") if path.is_file()]
    whole = {str(path.relative_to(reference)): path.read_bytes() for path in paths}
    killed = 0
    for number in range(1, 60):
        work = tmp_path / f"{call}{number}"
        work.mkdir()
        for name, data in before.items():
            (work / name).write_bytes(data)
        inject = ["-e", f"trace={call}", "-e", f"inject={call}:signal=SIGKILL:when={number}"]
        done = run([strace, "-o", "/dev/null", *inject, patcher.patch_binary(), shim, "--write", "."], work)
        for path in work.rglob("*"):
            name = str(path.relative_to(work))
            if path.is_file() and ".appsig-" not in path.name:
                assert path.read_bytes() in (before.get(name), whole[name]), (call, number, name)
        if done.returncode == 0:
            break
        killed += 1
        # the next run takes up what was left
        assert patcher.patch(shim, "--write", ".", cwd=work).returncode == 0
        assert {name: (work / name).read_bytes() for name in whole} == whole
    assert killed > 0
    assert done.returncode == 0, "one run came to its end"


@as_root
def test_what_cannot_be_read_has_its_own_message(need):
    """As another user, since nothing is unreadable for root."""
    need(os.access(patcher.patch_binary(), os.X_OK), "the program")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        program = folder / "appsig-patch"
        shutil.copyfile(patcher.patch_binary(), program)
        program.chmod(0o755)
        (folder / "locked").mkdir(mode=0o700)
        (folder / "Dockerfile").write_bytes(APP)
        (folder / "Dockerfile").chmod(0o600)
        done = run([program, "--style=guide", "."], folder, user=65534, group=65534, extra_groups=[])
    told = done.stdout + done.stderr
    assert done.returncode == 3
    assert b"./Dockerfile: the file cannot be read: Permission denied [unreadable]" in told
    assert b"./locked: the directory cannot be read: Permission denied [unreadable]" in told


def wheel(folder, name, version, script=None):
    """A wheel with nothing in it but its metadata and, where given, a program."""
    stem = f"{name.replace('-', '_')}-{version}"
    path = folder / f"{stem}-py3-none-any.whl"
    info = f"{stem}.dist-info"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        if script:
            archive.writestr(f"{stem}.data/scripts/{script}", "#!/bin/sh\nexec true\n")
        archive.writestr(f"{info}/RECORD", "")
    return path


def test_a_wheel_comes_into_the_context_and_installs(repository, tmp_path):
    links = tmp_path / "links"
    links.mkdir()
    wheel(links, "aws-opentelemetry-distro", "0.21.0")
    ours = wheel(tmp_path, "appsig-exec", "1.0", script="appsig-exec")
    (repository / ".dockerignore").write_text("*\n!Dockerfile\n")
    done = patcher.patch(f"--shim-source=wheel={ours}", "--write", ".", cwd=repository)
    assert done.returncode == 0, done.stdout
    copy = repository / "appsig" / ours.name
    assert copy.read_bytes() == ours.read_bytes()
    digest = sha256(ours.read_bytes()).hexdigest()
    assert (repository / "appsig" / "SHA256SUMS").read_text() == f"{digest}  {ours.name}\n"
    assert (repository / ".dockerignore").read_text().endswith("!appsig\n")
    text = (repository / "Dockerfile").read_text()
    assert f"COPY appsig/{ours.name} /tmp/\n" in text
    [line] = re.findall(r"^RUN (pip install .*\.whl'?)$", text, re.MULTILINE)
    target = tmp_path / "environment"
    subprocess.run([sys.executable, "-m", "venv", target], check=True, capture_output=True)
    command = f"{target}/bin/" + line.replace("/tmp/", f"{copy.parent}/")
    environment = clean({"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(links)})
    installed = subprocess.run(command, shell=True, capture_output=True, env=environment, check=False)
    assert installed.returncode == 0, installed.stderr
    assert (target / "bin" / "appsig-exec").exists()
    again = patcher.patch(f"--shim-source=wheel={ours}", "--check", ".", cwd=repository)
    assert again.returncode == 0
    assert patcher.patch("--shim-source=wheel=none.whl", ".", cwd=repository / "..").returncode in (0, 3)


def test_several_roots_with_one_answers_file(tmp_path, shim):
    answers = tmp_path / "answers.ini"
    answers.write_text('COMMAND = ["flask", "run"]\n')
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "Dockerfile").write_bytes(ASKED)
    done = patcher.patch(shim, f"--answers={answers}", "--write", "one", "two", cwd=tmp_path)
    assert done.returncode == 0, done.stdout
    for name in ("one", "two"):
        assert f"# appsig-patch: {name}\n\n1 files looked at, 1 changed".encode() in done.stdout
        assert (tmp_path / name / "Dockerfile").read_bytes().endswith(b'CMD ["flask", "run"]\n')


@pytest.mark.parametrize("style", ["shim", "guide"])
def test_git_applies_the_diff_of_several_formats(style, repository, shim):
    (repository / "gunicorn.conf.py").write_text("workers = 2")
    (repository / "gunicorn.Dockerfile").write_bytes(
        APP.replace(b'["flask", "run"]', b'["gunicorn", "-c", "gunicorn.conf.py", "a:a"]').replace(
            b"CMD", b"COPY gunicorn.conf.py .\nCMD"
        )
    )
    (repository / "shop.service").write_text("[Service]\r\nExecStart=/usr/bin/python3 /opt/a.py")
    words = [shim, f"--style={style}", "--set=SERVICE_NAME=shop", "."]
    diff = patcher.patch("--binary", *words, cwd=repository)
    subprocess.run(["git", "init", "-q"], cwd=repository, check=True)
    applied = subprocess.run(
        ["git", "apply", "-"], cwd=repository, input=diff.stdout, capture_output=True, check=False
    )
    assert applied.returncode == 0, applied.stderr
    again = patcher.patch("--check", *words, cwd=repository)
    assert again.returncode == 0, again.stdout


def on_terminal(words, cwd, typed=b"", environment=None):
    """All three ends are one terminal; what it has shown, and the exit code."""
    pid, master = pty.fork()
    if pid == 0:
        os.chdir(cwd)
        os.execve(words[0], [str(word) for word in words], clean(environment or {}))
    if typed:
        os.write(master, typed)
    shown = b""
    while True:
        try:
            piece = os.read(master, 65536)
        except OSError:
            break
        if not piece:
            break
        shown += piece
    os.close(master)
    return shown, os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


@pytest.mark.parametrize("no_colour", [False, True])
def test_colours_on_a_terminal_unless_told_otherwise(no_colour, repository, shim):
    environment = {"NO_COLOR": "1"} if no_colour else {}
    shown, code = on_terminal([patcher.patch_binary(), shim, "."], repository, environment=environment)
    assert code == 0
    assert (b"\033[" in shown) is not no_colour
    assert b"appsig-exec" in shown


@pytest.mark.parametrize(
    ("typed", "code", "end"),
    [
        (b'["flask", "run"]\n', 0, b'CMD ["flask", "run"]\n'),
        (b"1\n", 0, b"appsig-exec\n"),
        (b"\n", 2, b"RUN pip install flask\n"),
        (b"\x04", 2, b"RUN pip install flask\n"),
    ],
    ids=["words", "number", "empty", "end of input"],
)
def test_a_question_on_a_terminal(typed, code, end, repository, shim):
    (repository / "Dockerfile").write_bytes(ASKED)
    shown, got = on_terminal([patcher.patch_binary(), shim, "--write", "."], repository, typed)
    assert got == code, shown
    assert b"COMMAND" in shown
    assert b"1) none" in shown
    assert (repository / "Dockerfile").read_bytes().endswith(end)


def test_no_question_is_put_where_it_was_told_not_to(repository, shim):
    (repository / "Dockerfile").write_bytes(ASKED)
    shown, code = on_terminal([patcher.patch_binary(), shim, "--no-ask", "."], repository, b"1\n")
    assert code == 2
    assert b"empty to leave it open" not in shown


@pytest.mark.release
def test_progress_on_a_terminal_after_a_second(repository, shim, strace):
    """Opening a file is made slow: a run that takes longer than a second says how far it is."""
    shown, _ = on_terminal([patcher.patch_binary(), shim, "--check", "."], repository)
    assert b" files\r" not in shown
    assert b"\r1 of" not in shown
    for number in range(12):
        (repository / f"s{number}").mkdir()
        (repository / f"s{number}" / "Dockerfile").write_bytes(APP)
    slow = ["-o", "/dev/null", "-e", "trace=open", "-e", "inject=open:delay_enter=60000"]
    shown, code = on_terminal([strace, *slow, patcher.patch_binary(), shim, "--check", "."], repository)
    assert code == 1
    assert re.search(rb"\r\d+ of 13 files", shown), shown
    assert b"\r\033[K" in shown, "and the line is wiped away"


def test_the_report_is_the_summary(repository, shim, tmp_path):
    report = tmp_path / "report.md"
    done = patcher.patch(shim, "--write", f"--report={report}", ".", cwd=repository)
    assert done.returncode == 0
    text = report.read_text()
    for title in ("# appsig-patch: .", "## Files changed", "## Next steps", "## Verification"):
        assert title in text
    assert "- ./Dockerfile: " in text
    done = patcher.patch(shim, "--report=no-such-folder/report.md", ".", cwd=repository)
    assert done.returncode == 64
    assert b"'no-such-folder/report.md' cannot be written" in done.stderr
