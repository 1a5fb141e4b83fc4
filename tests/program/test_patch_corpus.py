"""The patcher over real Dockerfiles, where they are; BuildKit's parser is the judge."""

import os
import re
import shutil
import subprocess
from collections import Counter
from pathlib import Path

import pytest

from tests.support import patch as patcher
from tests.support.program import TOP

CORPUS = TOP.parent / "shared" / "corpus" / "dockerfile"
STYLES = ["shim", "guide"]
REASONS = {
    "too-large",
    "unreadable",
    "not-a-file",
    "binary",
    "not-utf8",
    "syntax",
    "template",
    "unsupported",
    "not-python",
    "already-instrumented",
    "not-a-service",
    "ignored",
    "generic",
    "hint",
}
ADDED = {"RUN", "COPY", "ENTRYPOINT", "CMD", "ARG"}
START = re.compile(rb"(?im)^\s*(CMD|ENTRYPOINT)\b")


@pytest.fixture(scope="module")
def corpus():
    if not CORPUS.is_dir():
        pytest.skip(f"MISSING: the corpus, which is optional: {CORPUS}")
    return CORPUS


@pytest.fixture(scope="module")
def judge():
    program = patcher.oracle()
    if program is None:
        if os.environ.get("CI") == "true":
            pytest.fail("missing: Go, to build BuildKit's parser")
        pytest.skip("MISSING: Go, to build BuildKit's parser")
    return program


@pytest.fixture
def copy(corpus, tmp_path):
    target = tmp_path / "repository"
    shutil.copytree(corpus, target, copy_function=shutil.copyfile)
    target.chmod(0o755)
    for path in target.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)
    return target


@pytest.fixture
def options(tmp_path):
    return [f"--shim-binary={patcher.shim_file(tmp_path)}"]


def same_but_announced(before, after, edits):
    """Instructions without an edit are there in order; what is new is of a kind that is announced."""
    lines = {edit["line"] for edit in edits}
    touched = [
        item
        for item in before
        if any(item["start"] <= line <= item["end"] for line in lines)
        and item["keyword"] in ("CMD", "ENTRYPOINT")
    ]
    kept = [item["original"] for item in before if item not in touched]
    at = 0
    for item in after:
        if at < len(kept) and item["original"] == kept[at]:
            at += 1
        else:
            assert item["keyword"] in ADDED, item
    assert at == len(kept), kept[at]


@pytest.mark.parametrize("style", STYLES)
def test_every_dockerfile_keeps_what_is_not_announced(copy, judge, options, style):
    paths = sorted(path for path in copy.rglob("*") if path.is_file())
    before = {str(path): path.read_bytes() for path in paths}
    read = patcher.verdicts(judge, before)
    _, answer = patcher.patch_json(*options, f"--style={style}", str(copy))
    for finding in patcher.findings_of(answer):
        assert finding["id"] in REASONS, finding
    done = patcher.patch(*options, f"--style={style}", "--write", str(copy))
    assert done.returncode in (2, 3), done.stderr
    edited = {file["path"]: file["edits"] for file in patcher.files_of(answer)}
    now = patcher.verdicts(judge, before)
    for path, data in before.items():
        edits = edited.get(path, [])
        after = Path(path).read_bytes()
        assert after == patcher.apply_edits(data, edits), path
        assert read[path]["error"] == now[path]["error"], path
        if edits:
            assert not now[path]["error"]
            same_but_announced(read[path]["instructions"], now[path]["instructions"], edits)
    again = patcher.patch(*options, f"--style={style}", "--diff", str(copy))
    assert again.stdout == b""


@pytest.mark.parametrize("style", STYLES)
def test_removal_brings_every_byte_back(copy, options, style):
    before = {path: path.read_bytes() for path in copy.rglob("*") if path.is_file()}
    patcher.patch(*options, f"--style={style}", "--write", str(copy))
    changed = [path for path, data in before.items() if path.read_bytes() != data]
    assert len(changed) > 50
    done = patcher.patch("--remove", "--set", "KEEP_NORELOAD=remove", "--write", *map(str, changed))
    assert done.returncode == 0, done.stdout
    wrong = [str(path) for path in changed if path.read_bytes() != before[path]]
    assert wrong == []


@pytest.mark.parametrize("style", STYLES)
def test_git_applies_the_diff(copy, options, style):
    before = {path: path.read_bytes() for path in copy.rglob("*") if path.is_file()}
    diff = patcher.patch(*options, f"--style={style}", "--binary", ".", cwd=copy)
    subprocess.run(["git", "init", "-q"], cwd=copy, check=True)
    applied = subprocess.run(
        ["git", "apply", "-"], cwd=copy, input=diff.stdout, capture_output=True, check=False
    )
    assert applied.returncode == 0, applied.stderr.decode()[-2000:]
    by_diff = {
        path: path.read_bytes() for path in copy.rglob("*") if path.is_file() and ".git/" not in str(path)
    }
    for path, data in before.items():
        path.write_bytes(data)
    shutil.rmtree(copy / ".git")
    patcher.patch(*options, f"--style={style}", "--write", ".", cwd=copy)
    for path, data in by_diff.items():
        assert path.read_bytes() == data, path


def test_most_are_patched_and_few_are_asked_about(corpus, options):
    _, answer = patcher.patch_json(*options, str(corpus / "python"))
    told = {file["path"]: "patched" if file["edits"] else "nothing" for file in patcher.files_of(answer)}
    told.update((item["path"], item["id"]) for item in patcher.findings_of(answer))
    asked = Counter(item["path"] for item in patcher.questions_of(answer))
    with_start = [path for path in told if START.search(Path(path).read_bytes())]
    # what is instrumented already, starts no Python or is a test run has nothing to be patched
    out = {"already-instrumented", "not-python", "not-a-service", "template"}
    meant = [path for path in with_start if told[path] not in out]
    patched = [path for path in meant if told[path] == "patched" and path not in asked]
    one = [path for path in meant if asked[path] == 1]
    print(f"{len(meant)} of {len(with_start)}: {len(patched)} patched, {len(one)} with one question")
    assert len(meant) >= 70
    assert len(patched) + len(one) >= 0.9 * len(with_start) - len([p for p in with_start if told[p] in out])
    assert len(patched) + len(one) >= 0.9 * len(meant)
    assert len(patched) >= 0.7 * len(with_start)


def test_the_scanner_reads_lines_as_buildkit_does(corpus, judge, tmp_path):
    """Mutated files: refused by both or by neither."""
    import random

    chance = random.Random(11)
    pieces = [
        b"\\\n",
        b"\n",
        b"#",
        b"<<EOF ",
        b"\r\n",
        b"`",
        b'"',
        b"'",
        b"[",
        b"]",
        b"ONBUILD ",
        b"# escape=`\n",
        b"ENV a",
    ]
    sources = [path.read_bytes() for path in sorted((corpus / "python").iterdir())]
    folder = tmp_path / "mutants"
    folder.mkdir()
    for number in range(300):
        data = bytearray(chance.choice(sources)[:3000].decode("utf-8", "ignore").encode())
        for _ in range(chance.randint(1, 10)):
            data[(at := chance.randint(0, len(data))) : at] = chance.choice(pieces)
        (folder / f"Dockerfile.{number}").write_bytes(bytes(data).decode("utf-8", "ignore").encode())
    read = patcher.verdicts(judge, sorted(map(str, folder.iterdir())))
    _, answer = patcher.patch_json("--style=guide", str(folder))
    refused = {"syntax", "not-python"}  # what does not speak of Python is not even scanned
    syntax = {item["path"] for item in patcher.findings_of(answer) if item["id"] in refused}
    for path, row in read.items():
        if row["error"]:
            assert path in syntax, row["error"]
