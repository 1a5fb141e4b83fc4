"""`env` in front of the program: what it keeps from the app is passed on or told, never lost in silence."""

from __future__ import annotations

import json

import pytest

from tests.support.program import clean, free_port, run
from tests.support.services import endpoints, launch

TAKES = "'env' takes from the app what telemetry needs: "
HIDES = "'env -i' hides every variable from the app"
PYTHON = "python -c pass"
# command: (the kind of the launch, what is told of env)
TOLD = {
    f"env A=1 {PYTHON}": ("wrapper", None),
    f"env A=1 stdbuf -i 0 {PYTHON} -i -u PYTHONPATH": ("wrapper", None),
    f"env -i A=1 {PYTHON}": ("bare", HIDES),
    f"env - {PYTHON}": ("bare", HIDES),
    "tini -- env -i sh -c true": ("bare", HIDES),
    "env -i poetry run gunicorn app:app": ("bare", HIDES),
    f"env -u PYTHONPATH {PYTHON}": ("direct", None),
    f"env PYTHONPATH=/x {PYTHON}": ("direct", None),
    f"env -u OTEL_TRACES_SAMPLER -u A {PYTHON}": ("wrapper", f"{TAKES}OTEL_TRACES_SAMPLER"),
    f"env OTEL_TRACES_SAMPLER=always_on {PYTHON}": ("wrapper", None),
    "env --unset=OTEL_LOGS_EXPORTER sh -c true": ("started later", f"{TAKES}OTEL_LOGS_EXPORTER"),
}


def test_what_env_keeps_from_the_app_is_told(exec_binary, receiver, sampling):
    for command, (kind, told) in TOLD.items():
        words = launch(
            command.split(), "--explain=json", "--service-name=env", *endpoints(receiver, sampling)
        )
        plan = json.loads(run(words).stdout)
        assert plan["launch"] == kind, command
        lines = [line["text"] for line in plan["lines"]]
        assert len(lines) == (told is not None), (command, lines)
        assert not told or lines[0].startswith(told), (command, lines)


@pytest.mark.parametrize(
    ("words", "end"),
    [("-u PYTHONPATH", ""), ("PYTHONPATH=/x", ":/x"), ("-u PYTHONPATH PYTHONPATH=/x", ":/x")],
)
def test_python_path_is_passed_on(exec_binary, tmp_path, words, end):
    nobody = f"--agent-endpoint=http://127.0.0.1:{free_port()}"
    command = ["env", *words.split(), "A=1", "sh", "-c", "echo $PYTHONPATH $A"]
    environment = clean(TMPDIR=tmp_path, PYTHONPATH="/outside")
    outcome = run([exec_binary, nobody, "--service-name=env", "--", *command], environment, tmp_path)
    path, a = outcome.stdout.split()
    assert path.startswith(f"{tmp_path}/appsig-")
    assert path.endswith(end or str(tmp_path))
    assert "/outside" not in path
    assert a == "1"
