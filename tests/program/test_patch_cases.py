"""Each folder of tests/cases/FORMAT/CASE: `in` is patched with the words of `args`.

`want` holds every file that is another afterwards; `questions` and `findings` hold a line for each, as
`NAME path:line:column`. A case is run as it stands, with CRLF, with tabs for indents, with a BOM and without
final newlines; a second run and --remove are tried on each.
"""

import shutil
from pathlib import Path

import pytest

from tests.support import patch as patcher
from tests.support.program import TOP

CASES = TOP / "tests" / "cases"
FOLDERS = sorted(path.parent for path in CASES.glob("*/*/in"))


def as_it_is(data):
    return data


def crlf(data):
    return data.replace(b"\n", b"\r\n")


def tabs(data):
    return b"".join(
        line if (bare := line.lstrip(b" ")) == line else b"\t" + bare for line in data.splitlines(True)
    )


def bom(data):
    return b"\xef\xbb\xbf" + data


def no_final_newline(data):
    return data.removesuffix(b"\n")


VARIANTS = [as_it_is, crlf, tabs, bom, no_final_newline]


def is_varied(path, change):
    endings = (".sh", ".service", ".conf", ".py", ".ini", ".ts", ".js")
    yaml = path.suffix in (".yml", ".yaml") and change is not tabs  # where a tab is no indent
    docker = "ockerfile" in path.name and path.suffix != ".dockerignore"
    terraform = (
        path.suffix in (".tf", ".tofu", ".tftpl", ".tpl") and change is not tabs
    )  # where <<- counts blanks
    json = path.suffix in (".json", ".template") and change is not tabs  # a tab may stand in a text
    return json or yaml or docker or terraform or path.suffix in endings


def fill(source, target, change):
    for path in sorted(source.rglob("*")):
        if path.is_file():
            there = target / path.relative_to(source)
            there.parent.mkdir(parents=True, exist_ok=True)
            there.write_bytes(change(path.read_bytes()) if is_varied(path, change) else path.read_bytes())


def tree(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def wanted(case, before, change):
    after = dict(before)
    for path in (case / "want").rglob("*"):
        if path.is_file():
            name = str(path.relative_to(case / "want"))
            after[name] = (
                change(path.read_bytes()) if is_varied(path, change) and name in before else path.read_bytes()
            )
    return after


def lines(path):
    return path.read_text().splitlines() if path.exists() else []


def place(item):
    if item.get("evidence"):
        item = item["evidence"][0]
    return f"{item['path']}:{item['line']}:{item['column']}" if item.get("line") else item["path"]


def told(root, folder):
    """The questions and findings of one root, their paths as a run in its folder has them."""
    within = [
        sorted(
            f"{item[key]} {place(item).replace(folder, '.', 1)}"
            for unit in root["units"]
            for item in unit[kind]
        )
        for kind, key in (("questions", "name"), ("findings", "id"))
    ]
    return within[0], within[1]


def left_out(case, change):
    return change is tabs and (case / "no-tabs").exists()


def without_binary(files):
    return {name: data for name, data in files.items() if name.split("/")[-2:-1] != ["appsig"]}


@pytest.mark.parametrize("case", FOLDERS, ids=lambda case: f"{case.parent.name}/{case.name}")
def test_case(case, tmp_path):
    """The variants are roots of one run, as each start of the program costs more than its work."""
    changes = {change.__name__: change for change in VARIANTS if not left_out(case, change)}
    works = {name: tmp_path / name / "work" for name in changes}
    for name, change in changes.items():
        fill(case / "in", works[name], change)
    roots = [str(work.relative_to(tmp_path)) for work in works.values()]
    arguments = [*lines(case / "args"), f"--shim-binary={patcher.shim_file(tmp_path)}"]

    def trees():
        return {name: tree(work) for name, work in works.items()}

    before = trees()
    _, answer = patcher.patch_json(*arguments, *roots, cwd=tmp_path)
    assert trees() == before, "--json writes nothing"
    questions, notes = told(answer["roots"][0], roots[0])
    assert questions == lines(case / "questions")
    assert notes == lines(case / "findings")
    done = patcher.patch("--write", *arguments, *roots, cwd=tmp_path)
    after = trees()
    for name, change in changes.items():
        assert without_binary(after[name]) == wanted(case, before[name], change), (name, done.stderr.decode())
    patcher.patch("--write", *arguments, *roots, cwd=tmp_path)
    assert trees() == after, "a second run changes nothing"
    if (case / "want").exists() and not (case / "no-remove").exists():
        answers = ["--set=KEEP_NORELOAD=remove", "--set=KEEP_POLICY=remove"]
        removed = patcher.patch("--remove", *answers, "--write", *roots, cwd=tmp_path)
        assert removed.returncode == 0, removed.stdout
        for name, left in trees().items():
            assert {path: data for path, data in left.items() if path in before[name]} == before[name], name


def test_each_case_says_what_it_wants():
    for case in FOLDERS:
        assert any((case / name).exists() for name in ("want", "questions", "findings")), case
    assert len(FOLDERS) >= 40


def test_an_empty_edit_is_identical(tmp_path):
    """Nothing to do in any file: --write leaves bytes, times and inodes as they are."""
    unwrapped = [case for case in FOLDERS if "already-adot" not in case.name]
    for number, case in enumerate(unwrapped):
        shutil.copytree(case / "in", tmp_path / str(number))
    stamps = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*") if path.is_file()}
    patcher.patch("--remove", "--write", str(tmp_path))
    assert {path: path.stat().st_mtime_ns for path in stamps} == stamps
    assert {Path(path) for path in tmp_path.rglob("*") if path.is_file()} == set(stamps)
