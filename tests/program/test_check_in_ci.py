"""The pre-commit hooks and the CI action: their own commands, where a change is pending and where none is."""

import json
import os
import shlex
import subprocess

import pytest
import yaml

from tests.support.program import TOP

PROGRAMS = os.path.abspath(os.environ.get("TEST_PROGRAMS") or TOP / "build")
PENDING = "FROM python:3.12-slim\nRUN pip install flask gunicorn\nCOPY . .\nCMD gunicorn app:app\n"
# repository's Dockerfile, what --check says
REPOSITORIES = [(PENDING, 1), ("FROM nginx\n", 0)]

each_repository = pytest.mark.parametrize(("dockerfile", "code"), REPOSITORIES, ids=["pending", "clean"])


@pytest.fixture
def repository(tmp_path, dockerfile):
    (tmp_path / "Dockerfile").write_text(dockerfile)
    return tmp_path


def run(words, repository, **variables):
    environment = {"PATH": f"{PROGRAMS}:/usr/bin:/bin", **variables}
    return subprocess.run(
        words, cwd=repository, env=environment, capture_output=True, text=True, timeout=60, check=False
    )


@each_repository
def test_hooks_answer(repository, code):
    hooks = yaml.safe_load((TOP / ".pre-commit-hooks.yaml").read_text())
    assert [hook["language"] for hook in hooks] == ["system", "docker"]
    for hook in hooks:
        assert hook["pass_filenames"] is False
        answer = run(shlex.split(hook["entry"]), repository)
        assert answer.returncode == code, answer.stdout + answer.stderr


@each_repository
def test_action_answers(repository, code):
    action = yaml.safe_load((TOP / "action.yml").read_text())
    given = {"path": ".", "options": "--style shim --json", "program": f"{PROGRAMS}/appsig-patch"}
    assert set(given) == set(action["inputs"])
    (step,) = action["runs"]["steps"]
    variables = {
        name: given.get(value.removeprefix("${{ inputs.").removesuffix(" }}"), str(TOP))
        for name, value in step["env"].items()
    }
    # As the runner starts `shell: bash`.
    words = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]]
    answer = run(words, repository, **variables)
    assert answer.returncode == code, answer.stdout + answer.stderr
    assert json.loads(answer.stdout)["exit"] == code
