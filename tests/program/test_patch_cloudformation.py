"""The patcher over real CloudFormation templates; PyYAML, cfn-lint and bash are the judges."""

import re
import shutil
import subprocess

import pytest
import yaml
from cfnlint import api as cfnlint

from tests.support import patch as patcher
from tests.support.program import TOP

CORPUS = TOP.parent / "shared" / "corpus"
CASES = TOP / "tests" / "cases" / "cloudformation"
STYLES = ["shim", "guide"]
OURS = ("UserData", "IamInstanceProfile", "ManagedPolicyArns", "Metadata")
# Apps that are no Python become such, or the corpus would have little to be patched.
PYTHON = [
    (rb"(?:systemctl|service) (?:enable --now|start) httpd(?:\.service)?", b"python3 app.py &"),
    (rb"service httpd start", b"python3 app.py &"),
    (rb"/opt/aws/bin/cfn-init", b"python3 /opt/shop/app.py"),
]
ANSWERS = ["--create-role", "--set=INSTANCE=all", "--set=SERVICE_NAME=shop", "--set=OS=al2023"]


class Loader(yaml.SafeLoader):
    """Functions of CloudFormation are mappings of one key, in either form."""


def construct_function(loader, suffix, node):
    name = suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}"
    if isinstance(node, yaml.ScalarNode):
        return {name: loader.construct_scalar(node)}
    if isinstance(node, yaml.SequenceNode):
        return {name: loader.construct_sequence(node, deep=True)}
    return {name: loader.construct_mapping(node, deep=True)}


Loader.add_multi_constructor("!", construct_function)


def load(data):
    text = data.decode().replace("\t", " ") if data.lstrip().startswith(b"{") else data.decode()
    return list(yaml.load_all(text, Loader))


def left_over(value):
    """A template without what the patcher may change, and without the roles that it makes."""
    if isinstance(value, list):
        return [left_over(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        key: left_over(item)
        for key, item in value.items()
        if key not in OURS and not re.search(r"CloudWatchAgent(Role|Profile)\d*$", str(key))
    }


def evaluated(value):
    """The text of a UserData, with a word for whatever a stack fills in."""
    if isinstance(value, str):
        return value
    if not isinstance(value, dict) or len(value) != 1:
        return "hole"
    ((name, argument),) = value.items()
    if name == "Fn::Base64":
        return evaluated(argument)
    if name == "Fn::Join" and isinstance(argument[1], list):
        return argument[0].join(evaluated(item) for item in argument[1])
    if name == "Fn::Sub":
        text = argument if isinstance(argument, str) else argument[0]
        if isinstance(text, str):
            return re.sub(r"\$\{!([^}]*)\}", r"${\1}", re.sub(r"\$\{[^!}][^}]*\}", "hole", text))
    return "hole"


def scripts(value, path=()):
    """Every UserData of a template by the path of keys that leads to it."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        if key == "UserData":
            yield (*path, key), evaluated(item)
        else:
            yield from scripts(item, (*path, key))


def is_subsequence(lines, of):
    rest = iter(of)
    return all(line in rest for line in lines)


def passes_bash(text):
    done = subprocess.run(["bash", "-n"], input=text, capture_output=True, text=True, check=False)
    return done.returncode == 0


def same_but_inserted(before, after):
    """Every line is there again, in order, but for those that start the app; bash reads it as before."""
    lines, now = before.split("\n"), after.split("\n")
    kept = [line for line in lines if line in now]
    assert len(lines) - len(kept) <= 3, before
    assert is_subsequence(kept, now)
    if passes_bash(before):
        assert passes_bash(after), after


@pytest.fixture
def copy(tmp_path):
    if not CORPUS.is_dir():
        pytest.skip(f"MISSING: the corpus, which is optional: {CORPUS}")
    target = tmp_path / "repository"
    for kind in ("cfn-yaml", "cfn-json"):
        (target / kind).mkdir(parents=True)
        for path in sorted((CORPUS / kind).iterdir()):
            data = path.read_bytes()
            for old, new in PYTHON:
                data = re.sub(old, new, data)
            (target / kind / path.name).write_bytes(data)
    # what is in them by the user's own hand is taken out by --remove as well
    left_out = shutil.ignore_patterns("want", "args", "questions", "findings", "already-adot", "no-remove")
    shutil.copytree(CASES, target / "cases", ignore=left_out)
    return target


@pytest.fixture
def options(tmp_path):
    return [f"--shim-binary={patcher.shim_file(tmp_path)}", "--only=cloudformation", *ANSWERS]


def files_below(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("style", STYLES)
def test_every_file_keeps_what_is_not_announced(copy, options, style):
    before = files_below(copy)
    _, answer = patcher.patch_json(*options, f"--style={style}", str(copy))
    patcher.patch(*options, f"--style={style}", "--write", str(copy))
    edited = {file["path"]: file["edits"] for file in patcher.files_of(answer) if file["edits"]}
    for path, data in before.items():
        assert patcher.apply_edits(data, edited.get(str(path), [])) == path.read_bytes(), path
    for name in edited:
        path = next(path for path in before if str(path) == name)
        one, other = load(before[path]), load(path.read_bytes())
        assert left_over(one) == left_over(other), path
        now = dict(scripts(other))
        for key, text in scripts(one):
            same_but_inserted(text, now[key])
    assert len([name for name in edited if "/cases/" not in name]) >= 10
    assert not [item for item in patcher.findings_of(answer) if item["id"] == "verify-failed"]
    again = patcher.patch(*options, f"--style={style}", "--diff", str(copy))
    assert again.stdout == b""


@pytest.mark.parametrize("style", STYLES)
def test_removal_brings_every_byte_back(copy, options, style):
    before = files_below(copy)
    patcher.patch(*options, f"--style={style}", "--write", str(copy))
    assert any(path.read_bytes() != data for path, data in before.items())
    patcher.patch("--remove", "--only=cloudformation", "--write", str(copy))
    assert [str(path) for path, data in before.items() if path.read_bytes() != data] == []


def judged(paths):
    """cfn-lint's findings without their places, by file."""
    told = {}
    for path in paths:
        config = cfnlint.ManualArgs(regions=["us-east-1"])
        text = path.read_text()
        told[path] = sorted({match.rule.id for match in cfnlint.lint(text, config=config)})
    return told


SAMPLE = [
    "base64-sub",
    "join-newline-plain",
    "role-no-policies",
    "no-profile-create",
    "launch-template-create",
]
SAMPLE += ["json-join-ref", "json-role-extended", "json-no-profile-create"]


@pytest.mark.release
def test_the_linter_of_templates_has_nothing_new_to_say():
    pairs = [
        (path, CASES / case / "want" / path.name)
        for case in SAMPLE
        for path in (CASES / case / "in").iterdir()
    ]
    told = judged([path for pair in pairs for path in pair])
    for path, after in pairs:
        assert set(told[after]) <= set(told[path]), after


def test_the_report_names_what_deploys(tmp_path, options):
    shutil.copytree(CASES / "role-no-policies" / "in", tmp_path / "work")
    done = patcher.patch(*options, "--check", str(tmp_path / "work"))
    told = done.stdout.decode()
    assert done.returncode == 1
    assert "build and deploy (`aws cloudformation deploy`): nothing was built or deployed" in told
    assert "give the role CloudWatchAgentServerPolicy" in told
