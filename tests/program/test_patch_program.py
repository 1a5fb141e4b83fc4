"""appsig-patch as a program: options, exit codes, what it refuses, what it writes and how."""

import json
import os
import shutil
import signal
import subprocess
import time

import pytest

from tests.support import patch as patcher
from tests.support.program import clean

APP = b'FROM python:3.12-slim\nRUN pip install flask\nCMD ["flask", "run"]\n'
ASKED = b"FROM python:3.12-slim\nRUN pip install flask\n"


@pytest.fixture
def shim(tmp_path):
    return f"--shim-binary={patcher.shim_file(tmp_path)}"


@pytest.fixture
def repository(tmp_path):
    folder = tmp_path / "repository"
    folder.mkdir()
    return folder


def findings(answer):
    return {(item["id"], os.path.basename(item["path"])) for item in patcher.findings_of(answer)}


def test_exit_codes(repository, shim):
    (repository / "Dockerfile").write_bytes(APP)
    assert patcher.patch(shim, ".", cwd=repository).returncode == 0
    assert patcher.patch(shim, "--check", ".", cwd=repository).returncode == 1
    (repository / "ask.Dockerfile").write_bytes(ASKED)
    assert patcher.patch(shim, "--check", ".", cwd=repository).returncode == 2
    (repository / "bad.Dockerfile").write_bytes(b"FROM python\nRUN <<EOF\npip install x\n")
    assert patcher.patch(shim, "--check", ".", cwd=repository).returncode == 3
    assert patcher.patch("--nonsense", cwd=repository).returncode == 64
    assert patcher.patch(shim, "no-such-folder", cwd=repository).returncode == 64
    assert (repository / "Dockerfile").read_bytes() == APP


def test_one_open_question_holds_up_its_own_service_only(repository, shim):
    (repository / "Dockerfile").write_bytes(APP)
    (repository / "ask.Dockerfile").write_bytes(ASKED)
    done = patcher.patch(shim, "--write", ".", cwd=repository)
    assert done.returncode == 2
    assert b"appsig-exec" in (repository / "Dockerfile").read_bytes()
    assert (repository / "ask.Dockerfile").read_bytes() == ASKED


def test_answers_by_file_conf_and_scope(repository, shim, tmp_path):
    (repository / "one.Dockerfile").write_bytes(ASKED)
    (repository / "two.Dockerfile").write_bytes(ASKED)
    answers = tmp_path / "answers.ini"
    answers.write_text('COMMAND = ["flask", "run"]\n[two.Dockerfile]\nCOMMAND = none\nUNUSED = x\n')
    code, answer = patcher.patch_json(shim, f"--answers={answers}", ".", cwd=repository)
    assert code == 0
    told = {
        file["path"]: "".join(edit["text"] for edit in file["edits"]) for file in patcher.files_of(answer)
    }
    assert 'CMD ["flask", "run"]' in told["./one.Dockerfile"]
    assert "CMD" not in told["./two.Dockerfile"]
    assert {item["id"] for item in patcher.findings_of(answer)} == {"unused-answer"}
    (repository / ".appsig-patch.ini").write_text("[patch]\nstyle = guide\n[answers]\nCOMMAND = none\n")
    _, answer = patcher.patch_json(".", "--set", 'one.Dockerfile:COMMAND=["a"]', shim, cwd=repository)
    told = {
        file["path"]: "".join(edit["text"] for edit in file["edits"]) for file in patcher.files_of(answer)
    }
    assert "appsig-exec" not in told["./one.Dockerfile"]
    assert 'CMD ["a"]' in told["./one.Dockerfile"]
    (repository / ".appsig-patch.ini").write_text("[patch]\ncolour = x\n")
    done = patcher.patch(shim, ".", cwd=repository)
    assert done.returncode == 64
    assert b".appsig-patch.ini:2" in done.stderr


def test_what_git_ignores_and_what_is_excluded_is_skipped(repository, shim):
    subprocess.run(["git", "init", "-q", repository], check=True)
    places = [
        "Dockerfile",
        "vendor/Dockerfile",
        "deep/build/Dockerfile",
        "deep/kept/Dockerfile",
        "x/Dockerfile",
    ]
    for place in places:
        (repository / place).parent.mkdir(parents=True, exist_ok=True)
        (repository / place).write_bytes(APP)
    (repository / ".gitignore").write_text("/vendor/\nbuild/\n")
    (repository / "deep" / ".gitignore").write_text("*\n!kept/\n!kept/**\n")
    code, answer = patcher.patch_json(shim, "--exclude=x/**", ".", cwd=repository)
    seen = sorted(file["path"] for file in patcher.files_of(answer))
    assert seen == ["./Dockerfile", "./deep/kept/Dockerfile"]
    assert code == 0


@pytest.mark.parametrize(
    ("data", "finding"),
    [
        (b"FROM python\n#" + b"x" * 1024 * 1024, "too-large"),
        (b"FROM python\n\0CMD x\n", "binary"),
        (b"FROM python\nCMD \xff\xfe\n", "not-utf8"),
    ],
)
def test_bad_files_have_their_own_message(repository, shim, data, finding):
    (repository / "Dockerfile").write_bytes(data)
    (repository / "good.Dockerfile").write_bytes(APP)
    code, answer = patcher.patch_json(shim, ".", cwd=repository)
    assert code == 3
    assert (finding, "Dockerfile") in findings(answer)
    patcher.patch(shim, "--write", ".", cwd=repository)
    assert (repository / "Dockerfile").read_bytes() == data
    assert b"appsig" in (repository / "good.Dockerfile").read_bytes()


def test_a_pipe_does_not_hold_up_the_run(repository, shim):
    os.mkfifo(repository / "Dockerfile")
    (repository / "good.Dockerfile").write_bytes(APP)
    assert patcher.patch(shim, ".", cwd=repository).returncode == 0
    assert patcher.patch(shim, "Dockerfile", cwd=repository).returncode == 3


def test_mode_and_link_stay(repository, shim):
    target = repository / "docker" / "Dockerfile.real"
    target.parent.mkdir()
    target.write_bytes(APP)
    target.chmod(0o640)
    (repository / "Dockerfile").symlink_to("docker/Dockerfile.real")
    assert patcher.patch(shim, "--write", "Dockerfile", cwd=repository).returncode == 0
    assert (repository / "Dockerfile").is_symlink()
    assert b"appsig-exec" in target.read_bytes()
    assert target.stat().st_mode & 0o7777 == 0o640
    assert not list(repository.rglob(".*appsig-*"))


def test_a_folder_that_cannot_be_written_leaves_everything(repository, shim):
    """The second file of the unit fails: the first is as it was."""
    (repository / "Dockerfile").write_bytes(APP)
    (repository / "appsig").write_bytes(b"a file where the folder should be")
    done = patcher.patch(shim, "--write", ".", cwd=repository)
    assert done.returncode == 3
    assert b"write-failed" in done.stdout
    assert (repository / "Dockerfile").read_bytes() == APP
    assert not list(repository.rglob(".*appsig-*"))


def test_standard_input(shim):
    done = patcher.patch("--style=guide", "--write", "-", stdin=APP)
    assert done.returncode == 0
    assert done.stdout.startswith(
        b"FROM python:3.12-slim\nRUN pip install flask\nRUN pip install --no-cache-dir"
    )
    diff = patcher.patch("--style=guide", "-", stdin=APP)
    assert b'+CMD ["opentelemetry-instrument", "flask", "run"]' in diff.stdout


def test_several_roots_have_a_summary_each(tmp_path, shim):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "Dockerfile").write_bytes(APP)
    report = tmp_path / "report.md"
    done = patcher.patch(shim, "--check", f"--report={report}", "one", "two", cwd=tmp_path)
    assert done.returncode == 1
    for name in (b"one", b"two"):
        assert b"# appsig-patch: " + name in done.stdout
        assert b"# appsig-patch: " + name in report.read_bytes()


def test_shim_sources_that_anybody_could_register_are_refused(repository):
    (repository / "Dockerfile").write_bytes(APP)
    for source in ("appsig-exec", "wheel=https://example.com/x.whl", "image=appsig/exec:latest"):
        done = patcher.patch(f"--shim-source={source}", ".", cwd=repository)
        assert done.returncode == 64, source
    empty = patcher.patch("--shim-binary=Dockerfile", ".", cwd=repository)
    assert empty.returncode == 64
    assert b"is not a program" in empty.stderr


def test_no_colour_in_a_pipe_and_help_names_every_option(repository, shim):
    (repository / "Dockerfile").write_bytes(APP)
    assert b"\033" not in patcher.patch(shim, ".", cwd=repository).stdout
    text = patcher.patch("--help").stdout.decode()
    for option in (
        "--write",
        "--check",
        "--json",
        "--set",
        "--answers",
        "--only",
        "--exclude",
        "--style",
        "--remove",
    ):
        assert option in text


def test_killed_at_any_moment_no_file_is_half_written(repository, shim):
    for number in range(40):
        (repository / f"a{number}").mkdir()
        (repository / f"a{number}" / "Dockerfile").write_bytes(APP)
    reference = repository / "a0" / "Dockerfile"
    patcher.patch(shim, "--write", "a0", cwd=repository)
    after = reference.read_bytes()
    killed = 0
    for delay in range(12):
        process = subprocess.Popen(
            [patcher.patch_binary(), shim, "--write", "."],
            cwd=repository,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=clean({}),
        )
        deadline = time.monotonic() + delay * 0.0015
        while time.monotonic() < deadline:
            pass
        process.send_signal(signal.SIGKILL)
        killed += process.wait() == -signal.SIGKILL
        for path in repository.rglob("Dockerfile"):
            assert path.read_bytes() in (APP, after)
    assert killed > 0
    assert patcher.patch(shim, "--write", ".", cwd=repository).returncode == 0
    assert all(path.read_bytes() == after for path in repository.rglob("Dockerfile"))


@pytest.mark.release
def test_the_sandbox_allows_neither_network_nor_exec(repository, shim, tmp_path, need):
    """The filter is loaded before the first file is read, and nothing that is done later runs into it."""
    strace = need(shutil.which("strace"), "strace")
    (repository / "Dockerfile").write_bytes(APP)
    log = tmp_path / "strace.log"
    subprocess.run(
        [strace, "-f", "-o", log, patcher.patch_binary(), shim, "."],
        cwd=repository,
        check=True,
        capture_output=True,
    )
    lines = log.read_text().splitlines()
    loaded = next(
        i for i, line in enumerate(lines) if "SECCOMP_MODE_FILTER" in line or "PR_SET_SECCOMP" in line
    )
    read = next(i for i, line in enumerate(lines) if "Dockerfile" in line and "open" in line)
    assert loaded < read
    assert lines[loaded].rstrip().endswith("= 0")
    assert not any("EPERM" in line for line in lines[loaded:])


@pytest.mark.release
def test_memory_does_not_grow_with_the_number_of_files(tmp_path):
    def peak(count):
        folder = tmp_path / str(count)
        for number in range(count):
            (folder / f"service{number}").mkdir(parents=True)
            (folder / f"service{number}" / "Dockerfile").write_bytes(APP + b"# padding\n" * 300)
        script = (
            "import resource, subprocess, sys; subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, "
            "stderr=subprocess.DEVNULL); print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
        )
        words = [patcher.patch_binary(), "--style=guide", "--check", folder]
        done = subprocess.run(
            ["python3", "-c", script, *map(str, words)],
            capture_output=True,
            text=True,
            check=True,
            env=clean({}),
        )
        return int(done.stdout)

    few, many = peak(50), peak(3000)
    assert many < few + 8 * 1024
    assert many < 32 * 1024


def test_questions_are_put_on_a_terminal(repository, shim):
    (repository / "Dockerfile").write_bytes(ASKED)
    master, slave = os.openpty()
    process = subprocess.Popen(
        [patcher.patch_binary(), shim, "--write", "."],
        cwd=repository,
        stdin=slave,
        stdout=subprocess.PIPE,
        stderr=slave,
        env=clean({}),
    )
    os.close(slave)
    os.write(master, b'["flask", "run"]\n')
    stdout, _ = process.communicate(timeout=30)
    os.close(master)
    assert process.returncode == 0, stdout
    assert (repository / "Dockerfile").read_bytes().endswith(b'CMD ["flask", "run"]\n')


def test_json_is_one_document(repository, shim):
    (repository / "Dockerfile").write_bytes(APP)
    (repository / "ask.Dockerfile").write_bytes(ASKED)
    done = patcher.patch(shim, "--json", ".", cwd=repository)
    answer = json.loads(done.stdout)
    assert answer["exit"] == done.returncode == 2
    [question] = patcher.questions_of(answer)
    assert question["name"] == "COMMAND"
    assert question["evidence"][0]["line"] == 1
    created = [item["path"] for root in answer["roots"] for unit in root["units"] for item in unit["created"]]
    assert sorted(created) == ["./appsig/SHA256SUMS", "./appsig/appsig-exec-amd64"]
