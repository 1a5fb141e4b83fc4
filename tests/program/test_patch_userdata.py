"""Boot scripts: real ones, and some that are run, also with each inserted command failing in its turn."""

import shutil
import subprocess

import pytest

from tests.support import boot
from tests.support import patch as patcher
from tests.support.program import TOP

CASES = TOP / "tests" / "cases" / "userdata"
CORPUS = TOP.parent / "shared" / "corpus"
REASONS = {
    "syntax",
    "template",
    "unsupported",
    "userdata-too-large",
    "not-python",
    "already-instrumented",
    "not-a-service",
    "generic",
    "determined",
    "hint",
}
STYLES = ["shim", "guide"]
ANSWERS = [
    f"--set={name}" for name in ("SERVICE_NAME=shop", "OS=ubuntu", "DJANGO_SETTINGS_MODULE=a.settings")
]

# Scripts that are run. Each names what is logged where its app starts.
RUN = {
    "shim-gunicorn-background": "gunicorn -b",
    "shim-unit-heredoc": "gunicorn -w",
    "shim-su-text": "uvicorn main:app",
    "shim-sudo-system-python": "python3 /home/ubuntu/app.py",
    "shim-url": "gunicorn -b",
    "config-elsewhere": "uvicorn main:app",
    "one-long-list": "gunicorn -D",
    "continued-lines": "gunicorn --bind",
    "sudo-shell-heredoc": "gunicorn app:app",
    "status-asked-behind-update": "python3 -m flask",
}


def patched(case, folder, *options):
    work = folder / "work"
    shutil.copytree(CASES / case / "in", work)
    file = work / "user-data.sh"
    before = boot.strict(file.read_text())
    file.write_text(before)
    arguments = (CASES / case / "args").read_text().splitlines() if (CASES / case / "args").exists() else []
    shim = f"--shim-binary={patcher.shim_file(folder)}"
    done = patcher.patch("--write", shim, *arguments, *options, ".", cwd=work)
    assert done.returncode == 0, done.stdout.decode()
    return before, file.read_text()


@pytest.mark.parametrize("case", RUN)
def test_a_patched_script_runs_and_the_app_starts_whatever_fails(machine, tmp_path, case):
    before, after = patched(case, tmp_path)
    boot.runs_instrumented(machine, before, after, RUN[case])
    boot.starts_whatever_fails(machine, before, after, RUN[case])


def test_a_container_starts_whatever_fails(machine, tmp_path):
    """The agent is there first, its configuration is JSON, and the container runs whatever inserted fails."""
    before, after = patched("shim-docker-run-beside-databases", tmp_path)
    start = "docker run -d --name orders"
    calls, _ = machine.boot(after, start)
    runs = [call for call in calls if call.startswith("docker run")]
    assert len(runs) == 3
    assert "-e SERVICE_NAME=orders --network host 123456789012" in runs[2]
    agent = boot.index_of(calls, "amazon-cloudwatch-agent")
    assert agent < boot.index_of(calls, "dnf install -y docker")
    boot.runs_instrumented(machine, before, after, start)
    boot.starts_whatever_fails(machine, before, after, start)


@pytest.fixture(scope="module")
def real(tmp_path_factory):
    folders = [CORPUS / "userdata-sh", CORPUS / "sh-python"]
    if not all(folder.is_dir() for folder in folders):
        pytest.skip(f"MISSING: the corpus, which is optional: {CORPUS}")
    top = tmp_path_factory.mktemp("real")
    for folder in folders:
        for number, path in enumerate(sorted(folder.iterdir())):
            file = top / f"{folder.name}-{number}" / "user-data.sh"
            file.parent.mkdir()
            file.write_bytes(path.read_bytes())
    return top


def is_script(data):
    return subprocess.run(["bash", "-n"], input=data, capture_output=True, check=False).returncode == 0


@pytest.mark.parametrize("style", STYLES)
def test_real_scripts_keep_what_is_not_announced(real, tmp_path, style):
    work = tmp_path / "work"
    shutil.copytree(real, work)
    options = [
        f"--style={style}",
        "--only=userdata",
        f"--shim-binary={patcher.shim_file(tmp_path)}",
        *ANSWERS,
    ]
    before = {path: path.read_bytes() for path in work.rglob("*.sh")}
    _, answer = patcher.patch_json(*options, ".", cwd=work)
    for finding in patcher.findings_of(answer):
        assert finding["id"] in REASONS | {"unused-answer"}, finding
    patcher.patch("--write", *options, ".", cwd=work)
    edits = {work / file["path"]: file["edits"] for file in patcher.files_of(answer)}
    changed = 0
    for path, data in before.items():
        after = path.read_bytes()
        assert after == patcher.apply_edits(data, edits.get(path, [])), path
        assert is_script(after) == is_script(data), path
        changed += after != data
    assert changed >= 3
    again = patcher.patch(*options, "--diff", ".", cwd=work)
    assert again.stdout == b""
    done = patcher.patch("--remove", "--only=userdata", "--write", ".", cwd=work)
    assert done.returncode in (0, 3)
    assert [str(path) for path, data in before.items() if path.read_bytes() != data] == []
