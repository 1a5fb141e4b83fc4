"""Unit files: systemd's own verdict after as before, and what holds on every real one, where they are."""

import os
import re
import shutil
import subprocess

import pytest

from tests.program.test_patch_cases import CASES
from tests.support import patch as patcher
from tests.support.program import TOP

CORPUS = TOP.parent / "shared" / "corpus" / "systemd"
SOURCES = sorted(CASES.glob("systemd/*/in/*.service")) + sorted(CORPUS.glob("*.service"))
REFUSED = {"template-value", "syntax-quote", "not-a-service"}
ANSWERS = [
    "--set=SERVICE_NAME=shop",
    "--set=DJANGO_SETTINGS_MODULE=shop.settings",
    "--set=HOOK=there",
    "--set=LAZY_APPS=true",
]


@pytest.fixture(scope="module")
def judge():
    program = shutil.which("systemd-analyze")
    if program is None:
        if os.environ.get("CI") == "true":
            pytest.fail("missing: systemd-analyze")
        pytest.skip("MISSING: systemd-analyze")
    return program


def stubs(root, folder):
    """A file system in which all programs and units that are named are there."""
    units = root / "usr/lib/systemd/system"
    units.mkdir(parents=True)
    for name in ("sysinit", "basic", "shutdown", "network", "network-online", "multi-user", "default"):
        (units / f"{name}.target").write_text("[Unit]\nDescription=stub\n")
    (units / "amazon-cloudwatch-agent.service").write_text("[Service]\nExecStart=/bin/true\n")
    programs = {"/usr/local/bin/appsig-exec", "/usr/local/bin/opentelemetry-instrument", "/bin/true"}
    for path in folder.rglob("*"):
        if path.is_file():
            programs.update(re.findall(r"(/[\w./%@-]+(?: shop/[\w/-]+)?)", path.read_text()))
    for program in sorted(programs, key=len, reverse=True):
        there = root / program.replace("%i", "one").lstrip("/")
        if there.is_dir() or any(parent.is_file() for parent in there.parents):
            continue
        there.parent.mkdir(parents=True, exist_ok=True)
        there.write_text("#!/bin/sh\n")
        there.chmod(0o755)


def verdict(judge, folder, root, name):
    """What systemd says of the unit, and how it reads ExecStart=."""
    shutil.rmtree(root, ignore_errors=True)
    stubs(root, folder)
    target = root / "etc/systemd/system"
    shutil.copytree(folder, target)
    for path in target.rglob("*@.service"):
        path.rename(path.with_name(path.name.replace("@", "@one")))
    unit = target / name.replace("@", "@one")
    done = subprocess.run(
        [judge, f"--root={root}", "--man=no", "verify", unit.name],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, sorted(re.sub(r":\d+:", ":", line) for line in done.stderr.splitlines())


def copy(source, work):
    work.mkdir()
    if CASES in source.parents:
        shutil.copytree(source.parent, work, dirs_exist_ok=True)
    else:
        shutil.copyfile(source, work / source.name)
    return work


@pytest.mark.parametrize(
    "words", [["--style=shim"], ["--style=guide"], ["--drop-in"]], ids=lambda words: words[0]
)
@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.parents[1].name + "/" + path.name)
@pytest.mark.release
def test_systemd_reads_it_after_as_before(source, words, judge, tmp_path):
    work = copy(source, tmp_path / "work")
    before = verdict(judge, work, tmp_path / "root", source.name)
    original = source.read_bytes()
    shim = f"--shim-binary={patcher.shim_file(tmp_path)}"
    _, answer = patcher.patch_json(shim, *words, *ANSWERS, ".", cwd=work)
    done = patcher.patch(shim, *words, *ANSWERS, "--write", ".", cwd=work)
    assert done.returncode in (0, 3), done.stdout
    assert (done.returncode == 3) == any(item["severity"] == "error" for item in patcher.findings_of(answer))
    edits = {file["path"]: file["edits"] for file in patcher.files_of(answer)}
    patched = (work / source.name).read_bytes()
    assert patched == patcher.apply_edits(original, edits[f"./{source.name}"])
    assert verdict(judge, work, tmp_path / "root", source.name) == before
    if source.parents[1].name not in REFUSED:
        assert before[0] == 0, before
    again = patcher.patch(shim, *words, *ANSWERS, "--diff", ".", cwd=work)
    assert b"diff --git" not in again.stdout


def test_a_broken_unit_is_told_from_a_good_one(judge, tmp_path):
    """The judge can say no: a program that is not there, and a line that was cut."""
    work = tmp_path / "work"
    work.mkdir()
    (work / "shop.service").write_text("[Service]\nExecStart=shop-that-is-nowhere\n")
    assert verdict(judge, work, tmp_path / "root", "shop.service")[0] != 0


@pytest.mark.parametrize("style", ["shim", "guide"])
def test_removal_brings_every_byte_back(style, tmp_path):
    shim = f"--shim-binary={patcher.shim_file(tmp_path)}"
    folders = [copy(source, tmp_path / str(number)) for number, source in enumerate(SOURCES)]
    before = {path: path.read_bytes() for path in tmp_path.rglob("*/**/*") if path.is_file()}
    patcher.patch(shim, f"--style={style}", *ANSWERS, "--write", *map(str, folders))
    changed = [path for path, data in before.items() if path.read_bytes() != data]
    assert len(changed) >= 20
    patcher.patch("--remove", "--write", *map(str, folders))
    assert [str(path) for path in changed if path.read_bytes() != before[path]] == []
