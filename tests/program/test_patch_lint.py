"""`appsig-patch --lint`: a repository as one contract; each folder of tests/lint is a case."""

import json
import re

import pytest

from tests.support import patch as patcher
from tests.support.program import TOP

FOLDERS = sorted(path.parent for path in (TOP / "tests" / "lint").glob("*/in"))
CORPUS = TOP.parent / "shared" / "corpus"
PAGE = TOP / "docs" / "lint.md"
RULES = re.findall(r"(?m)^## (\S+)$", PAGE.read_text())


def lint(*words, cwd=None):
    return patcher.patch("--lint", *words, cwd=cwd)


def findings(*words, cwd=None):
    return json.loads(lint("--json", *words, cwd=cwd).stdout)["findings"]


def place(item):
    return f"{item['id']} {item['path']}:{item['line']}:{item['column']}"


def lines(path):
    return path.read_text().splitlines()


def stamps(folder):
    return {path: (path.stat().st_mtime_ns, path.stat().st_ino) for path in folder.rglob("*")}


@pytest.mark.parametrize("case", FOLDERS, ids=lambda case: case.name)
def test_case(case):
    before = stamps(case)
    assert [place(item) for item in findings(".", cwd=case / "in")] == lines(case / "want")
    assert stamps(case) == before, "lint writes nothing"


def test_each_rule_has_a_case_with_it_and_one_beside_it_without():
    wanted = {case.name: {line.split()[0] for line in lines(case / "want")} for case in FOLDERS}
    for rule in RULES:
        with_it = [name for name, found in wanted.items() if found == {rule}]
        assert with_it, rule
    assert {found for rules in wanted.values() for found in rules} == set(RULES)
    clean = [name for name, found in wanted.items() if not found]
    assert len(clean) >= len(RULES)


def test_the_page_is_made_of_the_rules():
    assert patcher.patch("--lint-rules").stdout.decode() == PAGE.read_text()


@pytest.mark.parametrize(
    ("name", "words", "code"),
    [
        ("defer", [], 1),
        ("defer", ["--fail-on=warning"], 1),
        ("hook", [], 0),
        ("hook", ["--fail-on=warning"], 1),
        ("pin", ["--fail-on=warning"], 0),
        ("pin", ["--fail-on=note"], 1),
        ("pin-same", ["--fail-on=note"], 0),
    ],
)
def test_exit_code(name, words, code):
    assert lint(*words, str(TOP / "tests" / "lint" / name / "in")).returncode == code


@pytest.mark.parametrize(
    "words",
    [
        ["--lint", "--write"],
        ["--write", "--lint"],
        ["--lint", "--remove"],
        ["--sarif"],
        ["--fail-on=note"],
        ["--lint", "--fail-on=fatal"],
        ["--lint", "nowhere"],
    ],
)
def test_usage(words, tmp_path):
    assert patcher.patch(*words, cwd=tmp_path).returncode == 64


def test_text_says_place_reason_and_fix():
    out = lint(".", cwd=TOP / "tests" / "lint" / "hook" / "in").stdout.decode()
    first, second, last = out.splitlines()
    assert re.fullmatch(r"Dockerfile:6:1: warning: '.*' has a hook .* \[hook-without-defer\]", first)
    assert second.startswith("    fix: set OTEL_AWS_PYTHON_DEFER_TO_WORKERS_ENABLED=true")
    assert last == "0 errors, 1 warning, 0 notes"


def test_json_has_page_and_fix():
    (item,) = findings(".", cwd=TOP / "tests" / "lint" / "hook" / "in")
    assert item["page"] == "docs/lint.md#hook-without-defer"
    assert item["severity"] == "warning"
    assert item["reason"]
    assert item["fix"]


def test_conf_file_sets_the_severity(tmp_path):
    (tmp_path / "requirements.txt").write_text("protobuf==4.25.1\n")
    (tmp_path / ".appsig-patch.ini").write_text("[patch]\nfail-on = note\n")
    assert lint(str(tmp_path)).returncode == 1


def test_several_roots_have_their_paths(tmp_path):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "requirements.txt").write_text("protobuf==4.25.1\n")
    paths = [item["path"] for item in findings("one", "two", cwd=tmp_path)]
    assert paths == ["one/requirements.txt", "two/requirements.txt"]


def check_sarif(log):
    """What SARIF 2.1.0 requires of a log, a run, a rule and a result (3.13, 3.14, 3.19, 3.27, 3.29, 3.30)."""
    assert log["version"] == "2.1.0"
    assert log["$schema"].endswith("sarif-schema-2.1.0.json")
    (run,) = log["runs"]
    driver = run["tool"]["driver"]
    assert driver["name"] == "appsig-patch"
    assert driver["version"]
    ids = [rule["id"] for rule in driver["rules"]]
    assert ids == RULES
    for rule in driver["rules"]:
        assert rule["shortDescription"]["text"]
        assert rule["help"]["text"]
        assert rule["defaultConfiguration"]["level"] in ("note", "warning", "error")
    assert run["columnKind"] in ("utf16CodeUnits", "unicodeCodePoints")
    for result in run["results"]:
        assert ids[result["ruleIndex"]] == result["ruleId"]
        assert result["level"] in ("note", "warning", "error")
        assert result["message"]["text"]
        (location,) = result["locations"]
        physical = location["physicalLocation"]
        assert not re.search(r"[^\x21-\x7e]|\\", physical["artifactLocation"]["uri"])
        if "region" in physical:
            assert physical["region"]["startLine"] >= 1
            assert physical["region"]["startColumn"] >= 1


def test_sarif(tmp_path):
    folder = tmp_path / "a b"
    folder.mkdir()
    (folder / "Dockerfile").write_text(
        'FROM python:3.12\nENV NAME="ä" OTEL_AWS_APPLICATION_SIGNALS_ENABLED=true HTTP_PROXY=http://proxy:1\n'
        'CMD ["opentelemetry-instrument", "python", "app.py"]\n'
    )
    log = json.loads(lint("--sarif", ".", cwd=tmp_path).stdout)
    check_sarif(log)
    (result,) = log["runs"][0]["results"]
    physical = result["locations"][0]["physicalLocation"]
    assert physical["artifactLocation"] == {"uri": "a%20b/Dockerfile", "uriBaseId": "%SRCROOT%"}
    line = (folder / "Dockerfile").read_text().splitlines()[1]
    assert physical["region"] == {"startLine": 2, "startColumn": line.index("HTTP_PROXY") + 1}


def test_corpus_is_read_without_harm():
    if not CORPUS.is_dir():
        pytest.skip(f"MISSING: the corpus, which is optional: {CORPUS}")
    before = stamps(CORPUS)
    for folder in sorted(path for path in CORPUS.iterdir() if path.is_dir()):
        done = lint("--sarif", str(folder))
        assert done.returncode in (0, 1), (folder, done.stderr)
        assert done.stderr == b""
        check_sarif(json.loads(done.stdout))
    assert stamps(CORPUS) == before
