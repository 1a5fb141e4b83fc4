"""CDK apps: real files, where they are, and apps of our own whose synthesised user data is compared."""

import ast
import difflib
import os
import shutil
import subprocess
import time

import pytest

from tests.support import boot, cdk
from tests.support import patch as patcher
from tests.support.program import TOP

CORPUS = TOP.parent / "shared" / "corpus"
KINDS = ["cdk-ts", "cdk-py", "projects"]
STYLES = ["shim", "guide"]
REASONS = {
    "syntax",
    "unsupported",
    "not-python",
    "already-instrumented",
    "not-a-service",
    "unresolved",
    "ignored",
    "generic",
    "determined",
    "hint",
}
# How the starts of the Python app's machines are called, but the gate's.
STARTS = ["gunicorn -b", "docker run -d", "uvicorn main", "python3 worker", "flask run", "gunicorn -c"]


@pytest.fixture
def copy(tmp_path):
    if not CORPUS.is_dir():
        pytest.skip(f"MISSING: the corpus, which is optional: {CORPUS}")
    target = tmp_path / "repository"
    for kind in KINDS:
        shutil.copytree(CORPUS / kind, target / kind, copy_function=shutil.copyfile)
    for path in target.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)
    return target


@pytest.fixture
def options(tmp_path):
    return [f"--shim-binary={patcher.shim_file(tmp_path)}"]


def contents(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("style", STYLES)
def test_only_what_is_announced_changes(copy, options, style):
    before = contents(copy)
    arguments = [*options, f"--style={style}", "--only=cdk", str(copy)]
    _, answer = patcher.patch_json(*arguments)
    for finding in patcher.findings_of(answer):
        assert finding["id"] in REASONS, finding
    patcher.patch("--write", *arguments)
    edited = {file["path"]: file["edits"] for file in patcher.files_of(answer)}
    for path, data in before.items():
        after = path.read_bytes()
        assert after == patcher.apply_edits(data, edited.get(str(path), [])), path
        if path.suffix == ".py" and after != data:
            ast.parse(after)
    assert any(edited.values())
    written = contents(copy)
    patcher.patch("--write", *arguments)
    assert contents(copy) == written, "a second run changes nothing"
    patcher.patch("--remove", "--set=KEEP_POLICY=remove", "--only=cdk", "--write", str(copy))
    now = contents(copy)
    assert [path for path, data in before.items() if now[path] != data] == []


def test_other_files_are_passed_over_fast_and_without_a_word(tmp_path):
    """A repository has thousands of files in CDK's languages: broken, binary and large ones among them."""
    for number in range(2000):
        folder = tmp_path / "src" / str(number % 40)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"module{number}.py").write_text("def f(x):\n    return 'it' + x\n" * 40)
        (folder / f"module{number}.ts").write_text("export const f = (x: string) => `it ${x}`;\n" * 40)
    (tmp_path / "broken.ts").write_text("const x = '\n")
    (tmp_path / "video.ts").write_bytes(b"\x47\x00" * 4096)
    (tmp_path / "bundle.js").write_text("x" * (2 << 20))
    started = time.monotonic()
    code, answer = patcher.patch_json(".", cwd=tmp_path)
    assert time.monotonic() - started < 10
    assert code == 0
    assert patcher.files_of(answer) == []
    assert patcher.findings_of(answer) == []


@pytest.fixture(scope="module")
def tools():
    missing = cdk.missing()
    if missing and os.environ.get("CI") == "true":
        pytest.fail(f"missing: {missing}")
    if missing:
        pytest.skip(f"MISSING: {missing}")


def bash_reads(script):
    done = subprocess.run(["bash", "-n"], input=script, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr + script


def only_adds(before, after):
    """Lines are only added, but for start lines: those are there with more words in them."""
    removed, added = [], []
    for line in difflib.ndiff(before.splitlines(), after.splitlines()):
        if line.startswith("- "):
            removed.append(line[2:])
        if line.startswith("+ "):
            added.append(line[2:])
    for line in removed:
        words = line.split()
        assert any(is_within(words, other.split()) for other in added), line


def is_within(words, others):
    rest = iter(others)
    return all(word in rest for word in words)


def scripts_run(machine, scripts, starts):
    left = list(starts)
    for before, after in scripts:
        (start,) = [start for start in left if start in before]
        left.remove(start)
        boot.runs_instrumented(machine, before, after, start)
    boot.starts_whatever_fails(machine, *scripts[0], starts[0])
    assert left == []


# The text is judged, not the program that made it: once is enough.
@pytest.mark.release
@pytest.mark.parametrize("language", ["typescript", "python"])
def test_cdk_synthesises_what_was_meant(tools, machine, tmp_path, options, language):
    app = tmp_path / "app"
    shutil.copytree(cdk.SOURCES / language, app)
    before = cdk.synthesised(app, language)
    sources = {path.name: path.read_bytes() for path in app.iterdir() if path.suffix in (".ts", ".py", ".sh")}
    for style in STYLES:
        done = patcher.patch(*options, f"--style={style}", "--set=INSTANCE=all", "--write", ".", cwd=app)
        assert done.returncode == 0, done.stdout + done.stderr
        after = cdk.synthesised(app, language)
        assert cdk.other_resources(after) == cdk.other_resources(before)
        old, new = cdk.machines(before), cdk.machines(after)
        assert len(old) == len(new)
        changed = []
        for (script, _), (patched, policies) in zip(old, new, strict=True):
            bash_reads(patched)
            if script == patched:
                assert "CloudWatchAgentServerPolicy" not in policies
                continue
            changed.append((boot.strict(script), boot.strict(patched)))
            only_adds(script, patched)
            assert "amazon-cloudwatch-agent-ctl" in patched
            assert policies.count("CloudWatchAgentServerPolicy") == 1
        assert len(changed) == len(new) - 1, "all but the gate"
        if style == "shim" and language == "python":  # what is run is the same of both
            scripts_run(machine, changed, STARTS)
        done = patcher.patch("--remove", "--set=KEEP_POLICY=remove", "--write", ".", cwd=app)
        assert done.returncode == 0, done.stdout + done.stderr
        for name, data in sources.items():
            assert (app / name).read_bytes() == data
