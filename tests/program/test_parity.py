"""`--launch=direct` against opentelemetry-instrument: environment, argv, cwd, sys.path and exit code."""

from __future__ import annotations

import json
import shutil
import sys
import textwrap
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.support.program import PATH, clean, free_port, run

SHOW = textwrap.dedent(
    """
    import json, os, sys
    print(json.dumps({"environ": dict(os.environ), "argv": sys.argv, "orig_argv": sys.orig_argv,
                      "path": sys.path,
                      "executable": sys.executable, "cwd": os.getcwd(), "flags": list(sys.flags)}))
    sys.exit(int(os.environ.get("CODE", "0")))
    """
)
# What the wrapper does not set; both sides get the rest alike.
OWN = {"APPSIG_STARTED"}
# The instrumentation itself is not the matter here, and takes most of a second a start.
COMMON = {
    "OTEL_PYTHON_DISABLED_INSTRUMENTATIONS": "*",
    "OTEL_TRACES_EXPORTER": "none",
    "SERVICE_NAME": "same",
    # There is no agent: with a time-out of the user's our sitecustomize has no part in the end.
    "OTEL_EXPORTER_OTLP_TIMEOUT": "1",
}


@dataclass
class Shape:
    name: str
    command: list
    variables: dict = field(default_factory=dict)
    cwd: str = "app"


SHAPES = [
    Shape("script", ["python", "show.py"]),
    Shape("script-with-arguments", ["python", "show.py", "a", "--zeal", "-c", "d e"]),
    Shape("python3", ["python3", "show.py"]),
    Shape("versioned-interpreter", ["python3.11", "show.py"]),
    Shape("absolute-interpreter", ["{bin}/python", "show.py"]),
    Shape("interpreter-options", ["python", "-X", "dev", "-W", "ignore", "-u", "show.py"]),
    Shape("optimised", ["python", "-OO", "show.py"]),
    Shape("module", ["python", "-m", "show"]),
    Shape("module-joined", ["python", "-mshow", "x"]),
    Shape("code", ["python", "-c", SHOW, "x"]),
    Shape("exit-code", ["python", "show.py"], {"CODE": "7"}),
    Shape("script-with-shebang", ["./tool"]),
    Shape("script-on-path", ["tool"], {"PATH": "{app}:" + PATH}),
    Shape("env-shebang", ["./envtool"]),
    Shape("absolute-script", ["{app}/tool", "-x"]),
    Shape("path-unset-part", ["tool"], {"PATH": "/nonexistent::" + PATH + ":{app}"}),
    Shape("pythonpath-empty", ["python", "show.py"], {"PYTHONPATH": ""}),
    Shape("pythonpath-one", ["python", "show.py"], {"PYTHONPATH": "/a"}),
    Shape("pythonpath-several", ["python", "show.py"], {"PYTHONPATH": "/a:/b"}),
    Shape("pythonpath-empty-part", ["python", "show.py"], {"PYTHONPATH": "/a::/b"}),
    Shape("pythonpath-trailing", ["python", "show.py"], {"PYTHONPATH": "/a:"}),
    Shape("pythonpath-leading", ["python", "show.py"], {"PYTHONPATH": ":/a"}),
    Shape("pythonpath-doubles", ["python", "show.py"], {"PYTHONPATH": "/a:/a"}),
    Shape("pythonpath-with-cwd", ["python", "show.py"], {"PYTHONPATH": "/a:{app}"}),
    Shape("options-like-ours", ["python", "show.py", "--explain", "--help", "-s", "x"]),
    Shape("options-of-one-letter", ["python", "show.py", "-metrics"]),
    Shape("words-with-spaces", ["python", "show.py", "--config x", "a=b", ""]),
    Shape("other-cwd", ["python", "../app/show.py"], cwd="other"),
    Shape("venv-by-link", ["{link}/bin/python", "show.py"]),
    Shape("env", ["/usr/bin/env", "python", "show.py"]),
    Shape("shell", ["/bin/sh", "-c", "exec python show.py"]),
]


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    top = tmp_path_factory.mktemp("parity")
    for name in ("app", "other"):
        (top / name).mkdir()
    (top / "app" / "show.py").write_text(SHOW)
    for name, first in (("tool", sys.executable), ("envtool", "/usr/bin/env python")):
        script = top / "app" / name
        script.write_text(f"#!{first}\n{SHOW}")
        script.chmod(0o755)
    (top / "link").symlink_to(sys.prefix)
    return top


def fill(text, tree):
    for name, value in (("bin", Path(sys.executable).parent), ("app", tree / "app"), ("link", tree / "link")):
        text = text.replace("{" + name + "}", str(value))
    return text


def outcomes(exec_binary, tree, shape):
    """What each of the two makes of the shape, with the variables that the plan sets for both."""
    nobody = f"--agent-endpoint=http://127.0.0.1:{free_port()}"
    command = [fill(word, tree) for word in shape.command]
    variables = {name: fill(value, tree) for name, value in shape.variables.items()}
    environment = clean(COMMON, variables)
    direct = [exec_binary, nobody, "--launch=direct", "--log=quiet"]
    planned = run([*direct, "--explain=json", "--", *command], environment, tree / shape.cwd)
    changes = {
        change["name"]: change["value"]
        for change in json.loads(planned.stdout)["environment"]
        if change["name"] not in ("PYTHONPATH", *OWN, "APPSIG_EXEC")
        and not change["name"].startswith("UWSGI_")
    }
    wrapped = run(["opentelemetry-instrument", *command], {**environment, **changes}, tree / shape.cwd)
    ours = run([*direct, "--", *command], environment, tree / shape.cwd)
    return wrapped, ours


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.name)
@pytest.mark.release
def test_direct_is_what_the_wrapper_does(exec_binary, tree, shape):
    wrapped, ours = outcomes(exec_binary, tree, shape)
    assert ours.code == wrapped.code, ours.stderr
    got, want = (json.loads(outcome.stdout.splitlines()[-1]) for outcome in (ours, wrapped))
    if shape.name == "venv-by-link":
        # the wrapper's first line names the environment's real path
        got, want = (
            json.loads(json.dumps(seen).replace(f"{tree}/link/", f"{sys.prefix}/")) for seen in (got, want)
        )
    if shape.name == "shell":
        # what is started further down decides for itself: it gets all that the wrapper gives, ours in front
        for name in ("APPSIG_EXEC", "UWSGI_ENABLE_THREADS", "UWSGI_LAZY_APPS", "UWSGI_IMPORT"):
            got["environ"].pop(name)
        assert want["environ"].pop("PYTHONPATH") in got["environ"].pop("PYTHONPATH")
        got["path"] = want["path"]
    assert got == want


def test_where_the_wrapper_rejects_the_apps_option_direct_is_right(exec_binary, tree):
    shape = Shape("ambiguous", ["python", "show.py", "--config", "x"])
    wrapped, ours = outcomes(exec_binary, tree, shape)
    assert (wrapped.code, ours.code) == (2, 0)
    assert "ambiguous option" in wrapped.stderr
    assert json.loads(ours.stdout)["argv"] == ["show.py", "--config", "x"]


def test_where_the_wrapper_drops_a_word_direct_is_right(exec_binary, tree):
    """argparse takes a "--" away where it comes first among the command's arguments."""
    wrapped, ours = outcomes(exec_binary, tree, Shape("dashes", ["./tool", "--", "-x"]))
    assert json.loads(wrapped.stdout)["argv"][1:] == ["-x"]
    assert json.loads(ours.stdout)["argv"][1:] == ["--", "-x"]


def test_nested_the_wrapper_is_stripped(exec_binary, tree):
    nobody = f"--agent-endpoint=http://127.0.0.1:{free_port()}"
    command = [exec_binary, nobody, "--log=quiet", "--", "opentelemetry-instrument", "python", "show.py"]
    outcome = run([*command[:2], "--explain=json", *command[3:]], clean(COMMON), tree / "app")
    argv = json.loads(outcome.stdout)["argv"]
    assert [Path(word).name for word in argv] == ["opentelemetry-instrument", "python", "show.py"]
    assert run(command, clean(COMMON), tree / "app").code == 0


def test_a_wrapper_with_options_of_its_own_stands(exec_binary, tree):
    nobody = f"--agent-endpoint=http://127.0.0.1:{free_port()}"
    command = ["opentelemetry-instrument", "--traces_exporter", "console", "python", "show.py"]
    outcome = run([exec_binary, nobody, "--log=quiet", "--", *command], clean(COMMON), tree / "app")
    assert outcome.code == 0
    assert json.loads(outcome.stdout.splitlines()[0])["environ"]["OTEL_TRACES_EXPORTER"] == "console"


def test_a_shim_that_hides_its_python_goes_through_the_wrapper(exec_binary, tree):
    shims = tree / "shims"
    shims.mkdir(exist_ok=True)
    for name in ("python", "opentelemetry-instrument"):
        shim = shims / name
        shim.write_text(f'#!/bin/sh\nexec {Path(sys.executable).parent}/{name} "$@"\n')
        shim.chmod(0o755)
    shape = Shape("shim", ["python", "show.py"], {"PATH": f"{shims}:/usr/bin:/bin"})
    outcome = run(
        [
            exec_binary,
            f"--agent-endpoint=http://127.0.0.1:{free_port()}",
            "--launch=direct",
            "--",
            *shape.command,
        ],
        clean(COMMON, shape.variables),
        tree / "app",
    )
    assert outcome.code == 0
    assert "auto_instrumentation" in json.loads(outcome.stdout)["environ"]["PYTHONPATH"]


@pytest.mark.parametrize("flag", ["-I", "-E", "-S"])
def test_a_python_told_to_ignore_it_starts_bare_with_a_line(exec_binary, tree, flag):
    nobody = f"--agent-endpoint=http://127.0.0.1:{free_port()}"
    outcome = run([exec_binary, nobody, "--", "python", flag, "show.py"], clean(COMMON), tree / "app")
    assert outcome.code == 0
    assert any(f"'{flag}' makes 'python' ignore" in line for line in outcome.told)


def test_a_python_without_adot_starts_bare_with_a_line(exec_binary, tree):
    system = shutil.which("python3", path="/usr/bin")
    assert system
    nobody = f"--agent-endpoint=http://127.0.0.1:{free_port()}"
    outcome = run([exec_binary, nobody, "--", system, "show.py"], clean(COMMON), tree / "app")
    assert outcome.code == 0
    assert "PYTHONPATH" not in json.loads(outcome.stdout)["environ"]
    assert any("has no aws-opentelemetry-distro" in line for line in outcome.told)
