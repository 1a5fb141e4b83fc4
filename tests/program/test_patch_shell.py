"""Real scripts that run containers, where they are; bash is the judge."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support import patch as patcher
from tests.support.program import TOP

CORPUS = TOP.parent / "shared" / "corpus"
FOLDERS = ["sh-docker-run", "sh-python", "userdata-sh"]
REASONS = {
    "syntax",
    "template",
    "unsupported",
    "not-python",
    "already-instrumented",
    "not-a-service",
    "ignored",
    "hint",
    "unused-answer",
}
ANSWERS = ["--set=SERVICE_NAME=shop", "--set=NETWORK=host"]
STYLES = ["shim", "guide"]


@pytest.fixture
def copy(tmp_path):
    if not CORPUS.is_dir():
        pytest.skip(f"MISSING: the corpus, which is optional: {CORPUS}")
    target = tmp_path / "repository"
    for folder in FOLDERS:
        (target / folder).mkdir(parents=True)
        for path in (CORPUS / folder).iterdir():
            shutil.copyfile(path, target / folder / path.name)
    return target


def options(tmp_path, style):
    return [f"--shim-binary={patcher.shim_file(tmp_path)}", f"--style={style}", "--only=shell", *ANSWERS]


def read_all(folder):
    return {str(path): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def accepted(path):
    return subprocess.run(["bash", "-n", path], capture_output=True, check=False).returncode == 0


def answers_for(answer):
    """For each script that asks which container is the app: the first candidate."""
    return [
        f"--set={item['path']}:RUN={item['candidates'][0]}"
        for item in patcher.questions_of(answer)
        if item["name"] == "RUN"
    ]


@pytest.mark.parametrize("style", STYLES)
def test_every_script_keeps_what_is_not_announced(copy, tmp_path, style):
    before = read_all(copy)
    given = options(tmp_path, style)
    _, asked = patcher.patch_json(*given, ".", cwd=copy)
    given += [item.replace("./", "") for item in answers_for(asked)]
    _, answer = patcher.patch_json(*given, ".", cwd=copy)
    for finding in patcher.findings_of(answer):
        assert finding["id"] in REASONS, finding
    verdicts = {path: accepted(path) for path in before}
    patcher.patch("--write", *given, ".", cwd=copy)
    edited = {str(copy / file["path"]): file["edits"] for file in patcher.files_of(answer)}
    changed = 0
    for path, data in before.items():
        after = Path(path).read_bytes()
        assert after == patcher.apply_edits(data, edited.get(path, [])), path
        assert accepted(path) == verdicts[path], path
        changed += after != data
    assert changed >= 3
    after = read_all(copy)
    patcher.patch("--write", *given, ".", cwd=copy)
    assert read_all(copy) == after, "a second run changes nothing"
    patcher.patch("--remove", "--write", "--only=shell", ".", cwd=copy)
    assert read_all(copy) == before, "--remove brings every byte back"


def test_nothing_to_take_out_changes_nothing(copy):
    before = read_all(copy)
    done = patcher.patch("--remove", "--write", "--only=shell", ".", cwd=copy)
    assert read_all(copy) == before
    assert done.returncode == 0, done.stderr
