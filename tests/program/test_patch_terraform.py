"""The patcher over real Terraform files, where they are; hclsyntax and bash are the judges."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support import boot
from tests.support import patch as patcher
from tests.support.program import TOP

CORPUS = TOP.parent / "shared" / "corpus"
CASES = TOP / "tests" / "cases" / "terraform"
STYLES = ["shim", "guide"]
# Apps that are no Python become such, or the corpus would have little to be patched.
PYTHON = [
    (b"busybox httpd -f -p ", b"python3 app.py --port "),
    (b"sudo service nginx start", b"python3 app.py &"),
]
ANSWERS = ["--create-role", "--set=INSTANCE=all", "--set=SERVICE_NAME=shop", "--set=OS=al2023"]
# Cases whose scripts are run. Each names how its app's start is called.
RUN = {
    "heredoc-indented": "python3 app.py",
    "templatefile": "python3 app.py --port STUB",
    "string": "python3 app.py",
    "gunicorn-unit": "gunicorn -b",
    "ubuntu": "python3 app.py",
    "docker-run": "docker run -d --name shop",
}


@pytest.fixture(scope="module")
def corpus():
    if not CORPUS.is_dir():
        pytest.skip(f"MISSING: the corpus, which is optional: {CORPUS}")
    return CORPUS


@pytest.fixture(scope="module")
def judge():
    program = patcher.oracle("hcl")
    if program is None:
        if os.environ.get("CI") == "true":
            pytest.fail("missing: Go, to build HCL's parser")
        pytest.skip("MISSING: Go, to build HCL's parser")
    return program


def real_files(corpus):
    """The corpus names a file by its repository and path: those of one module are put together again."""
    for kind in ("terraform", "userdata-sh"):
        for path in sorted((corpus / kind).iterdir()):
            yield path, path.name.replace("__", "/")


@pytest.fixture
def copy(corpus, tmp_path):
    target = tmp_path / "repository"
    for path, name in real_files(corpus):
        data = path.read_bytes()
        for old, new in PYTHON:
            data = data.replace(old, new)
        there = target / name
        there.parent.mkdir(parents=True, exist_ok=True)
        there.write_bytes(data)
    # what is in them by the user's own hand is taken out by --remove as well
    left_out = shutil.ignore_patterns("want", "args", "questions", "findings", "already-adot")
    shutil.copytree(CASES, target / "cases", ignore=left_out)
    return target


@pytest.fixture
def options(tmp_path):
    return [f"--shim-binary={patcher.shim_file(tmp_path)}", "--only=terraform", *ANSWERS]


def is_subsequence(lines, of):
    rest = iter(of)
    return all(line in rest for line in lines)


def is_whole_lines(edit):
    newlines = ("\n", "\\n")
    return edit["begin"] == edit["end"] and (
        edit["text"].endswith(newlines) or edit["text"].startswith("\\n")
    )


def replaced_lines(data, edits, template):
    """How many of a template's lines an edit changes a part of."""
    inside = [edit for edit in edits if template["begin"] <= edit["begin"] <= template["end"]]
    lines = set()
    for edit in inside:
        if not is_whole_lines(edit):
            lines.update(data.count(b"\n", 0, edit[at]) for at in ("begin", "end"))
    return len(lines)


def passes_bash(text):
    done = subprocess.run(["bash", "-n"], input=text, capture_output=True, text=True, check=False)
    return done.returncode == 0


def same_but_inserted(data, edits, before, after):
    """Templates come in the same order; the lines of each are there again, but for replaced ones."""
    texts = [item for item in before if "\n" in item["text"]]
    later = [item for item in after if "\n" in item["text"]]
    assert len(texts) == len(later)
    for one, other in zip(texts, later, strict=True):
        lines, now = one["text"].split("\n"), other["text"].split("\n")
        changed = replaced_lines(data, edits, one)
        kept = [line for line in lines if line in now]
        assert len(lines) - len(kept) <= changed, one["text"]
        assert is_subsequence(kept, now)
        if passes_bash(one["text"]):
            assert passes_bash(other["text"]), other["text"]


def whole_lines(verdict):
    """Templates in the order of the file; those that are parts of others are left out."""
    return sorted(verdict["templates"], key=lambda item: item["begin"])


@pytest.mark.parametrize("style", STYLES)
def test_every_file_keeps_what_is_not_announced(copy, judge, options, style):
    before = {str(path): path.read_bytes() for path in copy.rglob("*") if path.is_file()}
    files = [path for path in before if path.endswith((".tf", ".tofu"))]
    read = patcher.verdicts(judge, files)
    _, answer = patcher.patch_json(*options, f"--style={style}", str(copy))
    patcher.patch(*options, f"--style={style}", "--write", str(copy))
    edited = {file["path"]: file["edits"] for file in patcher.files_of(answer) if file["edits"]}
    now = patcher.verdicts(judge, files)
    for path, data in before.items():
        edits = edited.get(path, [])
        assert patcher.apply_edits(data, edits) == Path(path).read_bytes(), path
    for path in files:
        assert read[path]["error"] == now[path]["error"], path
        names = [item["name"] for item in read[path]["blocks"]]
        assert is_subsequence(names, [item["name"] for item in now[path]["blocks"]]), path
        same_but_inserted(before[path], edited.get(path, []), whole_lines(read[path]), whole_lines(now[path]))
    assert len(edited) >= 10
    again = patcher.patch(*options, f"--style={style}", "--diff", str(copy))
    assert again.stdout == b""


@pytest.mark.parametrize("style", STYLES)
def test_removal_brings_every_byte_back(copy, options, style):
    before = {path: path.read_bytes() for path in copy.rglob("*") if path.is_file()}
    patcher.patch(*options, f"--style={style}", "--write", str(copy))
    assert any(path.read_bytes() != data for path, data in before.items())
    patcher.patch("--remove", "--only=terraform", "--write", str(copy))
    assert [str(path) for path, data in before.items() if path.read_bytes() != data] == []


def templates_of(folder):
    """Files that a templatefile() or a data "template_file" reads."""
    call = re.compile(r'(?:templatefile\(|template\s*=\s*file\()"(?:\$\{path\.module\}/)?([^"$]+)"')
    return {
        str(path.parent / name) for path in folder.rglob("*.tf") for name in call.findall(path.read_text())
    }


def test_templates_stay_templates(copy, judge, options):
    """The files of templatefile() are read as before by Terraform's own parser, and their scripts by bash."""
    _, answer = patcher.patch_json(*options, str(copy))
    changed = {file["path"] for file in patcher.files_of(answer) if file["edits"]}
    edited = sorted(changed & templates_of(copy))
    before = {path: Path(path).read_bytes() for path in edited}
    read = patcher.verdicts(judge, [f"template:{path}" for path in edited])
    patcher.patch(*options, "--write", str(copy))
    now = patcher.verdicts(judge, [f"template:{path}" for path in edited])
    assert len(edited) >= 5
    for name, verdict in read.items():
        assert verdict["error"] == now[name]["error"], name
        path = name.removeprefix("template:")
        edits = next(file["edits"] for file in patcher.files_of(answer) if file["path"] == path)
        same_but_inserted(before[path], edits, whole_lines(verdict), whole_lines(now[name]))


def test_the_report_names_what_deploys(tmp_path, options):
    shutil.copytree(CASES / "heredoc-indented" / "in", tmp_path / "work")
    done = patcher.patch(*options, "--check", str(tmp_path / "work"))
    told = done.stdout.decode()
    assert done.returncode == 1
    assert "build and deploy (`terraform apply`): nothing was built or deployed" in told
    assert "terraform apply -replace='aws_instance.web'" in told
    assert "give the role CloudWatchAgentServerPolicy" in told


def test_what_terraform_has_fetched_is_left_alone(tmp_path, options):
    fetched = tmp_path / "work" / ".terraform" / "modules" / "shop"
    shutil.copytree(CASES / "heredoc-indented" / "in", fetched)
    done = patcher.patch(*options, "--check", str(tmp_path / "work"))
    assert done.returncode == 0
    assert b"0 files looked at" in done.stdout


def script_of(folder, judge):
    """What the machine gets: the one script of the folder as Terraform reads it, its holes filled."""
    names = [str(path) for path in folder.rglob("*.tf")] + [
        f"template:{path}" for path in templates_of(folder)
    ]
    texts = [
        item["text"] for verdict in patcher.verdicts(judge, names).values() for item in verdict["templates"]
    ]
    (script,) = [text for text in texts if text.startswith("#!")]
    return boot.strict(script)


@pytest.mark.parametrize("case", RUN)
def test_the_script_that_results_starts_the_app_whatever_fails(machine, judge, tmp_path, options, case):
    work = tmp_path / "work"
    shutil.copytree(CASES / case / "in", work)
    before = script_of(work, judge)
    done = patcher.patch(*options, "--write", ".", cwd=work)
    assert done.returncode == 0, done.stdout
    after = script_of(work, judge)
    boot.runs_instrumented(machine, before, after, RUN[case])
    boot.starts_whatever_fails(machine, before, after, RUN[case])
