"""appsig-exec as a program: exit codes, streams, bad input, and what the command inherits."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time

import pytest

from tests.support.program import clean, free_port, run
from tests.support.strangers import STRANGERS, Stranger

QUIET = {"SERVICE_NAME": "test"}


@pytest.fixture
def nobody():
    """An agent endpoint at which nothing listens."""
    return f"--agent-endpoint=http://127.0.0.1:{free_port()}"


def test_no_command_is_a_usage_error(exec_binary):
    outcome = run([exec_binary], clean())
    assert (outcome.code, outcome.stdout) == (125, "")
    assert outcome.told == ["no command: usage: appsig-exec [options] [--] COMMAND [ARGUMENT...]"]


@pytest.mark.parametrize(
    ("option", "words"),
    [
        ("--nonsense", "'--nonsense' is not an option"),
        ("--port=http", "'--port' is not a port from 1 to 65535"),
        ("--launch=quick", "'--launch' is not one of: auto wrapper direct"),
        ("--timeout-ms=0", "'--timeout-ms' is not a number of milliseconds"),
        ("--agent-endpoint=localhost", "'--agent-endpoint' is not a URL"),
        ("--on-missing-agent=wait=x", "'--on-missing-agent' is not one of"),
        ("--service-name=" + "x" * 2000, "'--service-name' is longer than 1024 bytes"),
        ("-Z", "'-Z' is not an option"),
    ],
)
def test_a_bad_flag_is_named(exec_binary, option, words):
    outcome = run([exec_binary, option, "--", "true"], clean())
    assert outcome.code == 125
    assert len(outcome.told) == 1
    assert words in outcome.told[0]


def test_exit_codes(exec_binary, nobody, tmp_path):
    plain = tmp_path / "plain"
    plain.write_text("echo no program\n")
    broken = tmp_path / "broken"
    broken.write_bytes(b"\x7fELF\0\0\0\0garbage")
    broken.chmod(0o755)
    lost = tmp_path / "lost"
    lost.write_text("#!/nonexistent/python\n")
    lost.chmod(0o755)
    script = tmp_path / "script"
    script.write_text("exit 9\n")
    script.chmod(0o755)
    expected = [
        (["/bin/sh", "-c", "exit 7"], 7),
        (["/nonexistent"], 127),
        (["nonexistent-command"], 127),
        ([""], 127),
        ([plain], 126),
        (["/tmp"], 126),
        ([broken], 126),
        ([lost], 126),
        ([script], 9),
    ]
    for command, code in expected:
        outcome = run([exec_binary, nobody, "--", *map(str, command)], clean(QUIET))
        assert outcome.code == code, (command, outcome)
        if code in (126, 127):
            assert f"'{command[0]}'" in outcome.told[-1] or command == [""]


def test_a_signal_ends_the_command_as_it_would_have(exec_binary, nobody):
    assert run([exec_binary, nobody, "--", "/bin/sh", "-c", "kill -TERM $$"], clean(QUIET)).code == -15


@pytest.mark.parametrize("switch", ["APPSIG_DISABLED=1", "OTEL_AWS_APPLICATION_SIGNALS_ENABLED=false"])
def test_kill_switches_leave_the_command_untouched(exec_binary, switch):
    name, value = switch.split("=")
    outcome = run([exec_binary, "--", "/usr/bin/env"], clean({name: value}))
    assert outcome.code == 0
    assert sorted(outcome.stdout.splitlines()) == sorted(f"{k}={v}" for k, v in clean({name: value}).items())
    assert outcome.stderr == ""


def test_the_command_inherits_everything_as_it_was(exec_binary, nobody, tmp_path):
    show = [
        sys.executable,
        "-c",
        "import os, json; s = open('/proc/self/status').read().split('\\n'); "
        "keep = ('Umask', 'SigPnd', 'ShdPnd', 'SigBlk', 'SigIgn', 'SigCgt', 'CapInh', 'CapPrm', 'CapEff', "
        "'CapBnd', 'CapAmb', 'NoNewPrivs', 'Seccomp', 'Uid', 'Gid', 'Groups'); "
        "print(json.dumps({'status': [l for l in s if l.split(':')[0] in keep], "
        "'fds': sorted(os.listdir('/proc/self/fd')), 'cwd': os.getcwd(), 'pid': os.getpid(), "
        "'children': open('/proc/self/task/%d/children' % os.getpid()).read()}))",
    ]
    script = (
        "import os,signal,sys\nsignal.pthread_sigmask(signal.SIG_BLOCK,[signal.SIGCHLD,signal.SIGUSR1])\n"
    )
    script += (
        "signal.signal(signal.SIGHUP,signal.SIG_IGN)\nos.umask(0o27)\nos.execv(sys.argv[1],sys.argv[1:])\n"
    )
    seen = []
    for prefix in ([], [exec_binary, nobody, "--on-missing-agent=bare", "--"]):
        process = subprocess.Popen(
            [sys.executable, "-c", script, *prefix, *show],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=tmp_path,
            env=clean(QUIET),
        )
        answer = json.loads(process.communicate(timeout=60)[0])
        assert answer.pop("pid") == process.pid
        seen.append(answer)
    assert seen[0] == seen[1]
    assert seen[0]["children"] == ""


@pytest.mark.parametrize("closed", [(0,), (1,), (2,), (0, 1, 2)])
def test_closed_streams(exec_binary, nobody, closed, tmp_path):
    mark = tmp_path / "mark"
    closing = "".join(f" {fd}>&-" for fd in closed)
    command = f'exec "{exec_binary}" {nobody} -- /bin/sh -c ": > {mark}"{closing}'
    assert (
        subprocess.run(["/bin/sh", "-c", command], env=clean(QUIET), timeout=60, check=False).returncode == 0
    )
    assert mark.exists()


def test_a_reader_that_has_gone_costs_only_the_line(exec_binary, nobody):
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as gone:
        process = subprocess.run(
            [exec_binary, nobody, "--", "/bin/sh", "-c", "exit 3"], stderr=gone, env=clean(QUIET), check=False
        )
    assert process.returncode == 3


def test_fork_refused(exec_binary, nobody):
    def no_forks():
        resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))
        os.setuid(65534)

    if os.geteuid() != 0:
        pytest.skip("root is needed to become a user with no processes left")
    process = subprocess.run(
        [exec_binary, nobody, "--log=debug", "--", "/bin/echo", "started"],
        env=clean(QUIET),
        preexec_fn=no_forks,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (process.returncode, process.stdout) == (0, "started\n")
    assert "fork was refused" in process.stderr


@pytest.mark.parametrize("stranger", STRANGERS, ids=lambda row: getattr(row, "name", str(row)))
def test_whatever_holds_the_port_the_app_starts_in_time(exec_binary, stranger):
    with Stranger(getattr(stranger, "name", stranger)) as held:
        started = time.monotonic()
        outcome = run(
            [
                exec_binary,
                f"--agent-endpoint={held.url}",
                f"--sampler-endpoint={held.url}",
                "--",
                "/bin/echo",
                "up",
            ],
            clean(QUIET),
        )
        took = time.monotonic() - started
    assert (outcome.code, outcome.stdout) == (0, "up\n")
    assert took < 3, took
    assert any("something else" in line or "does not answer" in line for line in outcome.told), outcome.stderr


def test_conf_file_complaints_name_file_and_line(exec_binary, nobody, tmp_path):
    conf = tmp_path / "appsig.conf"
    conf.write_text(
        "[service]\nname = shop\nport = many\n\n[agnet]\nendpoint = x\n"
        "[env]\nOTEL_TRACES_SAMPLER = always_on\n"
    )
    outcome = run([exec_binary, nobody, f"--config={conf}", "--", "/usr/bin/env"], clean())
    assert outcome.code == 0
    assert f"{conf}:3: 'many' is not a port from 1 to 65535, ignored" in outcome.told
    assert f"{conf}:6: 'endpoint' is not a key of section [agnet], ignored" in outcome.told
    values = dict(line.split("=", 1) for line in outcome.stdout.splitlines())
    assert values["OTEL_RESOURCE_ATTRIBUTES"] == "service.name=shop"
    assert values["OTEL_TRACES_SAMPLER"] == "always_on"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"nonsense\n", ":1: 'nonsense' is neither [section] nor key = value"),
        (b"[a]\nx = 1\0\n", ":1: the conf file is not text"),
        (b"[service]\nname = " + b"x" * 1500 + b"\n", ":2: "),
        (None, ":0: the conf file cannot be read (No such file or directory)"),
    ],
)
def test_a_broken_conf_file_is_told_and_the_app_starts(exec_binary, nobody, tmp_path, content, words):
    conf = tmp_path / "appsig.conf"
    if content is not None:
        conf.write_bytes(content)
    outcome = run([exec_binary, nobody, f"--config={conf}", "--", "/bin/echo", "up"], clean(QUIET))
    assert (outcome.code, outcome.stdout) == (0, "up\n")
    assert any(line.startswith(f"{conf}{words}") for line in outcome.told), outcome.stderr


def test_a_bad_variable_is_ignored_with_a_line(exec_binary, nobody):
    outcome = run([exec_binary, nobody, "--", "/bin/echo", "up"], clean(QUIET, APPSIG_TIMEOUT_MS="soon"))
    assert (outcome.code, outcome.stdout) == (0, "up\n")
    assert (
        "APPSIG_TIMEOUT_MS: 'soon' is not a number of milliseconds from 1 to 60000, ignored" in outcome.told
    )


@pytest.mark.parametrize("name", ["a,b=c", "line\nbreak", "한국", "x" * 1024, "100%"])
def test_any_service_name_is_one_sound_attribute(exec_binary, nobody, name):
    from urllib.parse import unquote

    outcome = run([exec_binary, nobody, "--", "/usr/bin/env", "-0"], clean({"SERVICE_NAME": name}))
    values = dict(line.split("=", 1) for line in outcome.stdout.split("\0") if line)
    (attribute,) = values["OTEL_RESOURCE_ATTRIBUTES"].split(",")
    key, value = attribute.split("=")
    assert (key, unquote(value)) == ("service.name", name)


def test_a_name_of_100_kB_is_refused_in_one_line(exec_binary, nobody):
    outcome = run([exec_binary, nobody, "--", "/bin/echo", "up"], clean({"SERVICE_NAME": "x" * 100_000}))
    assert (outcome.code, outcome.stdout) == (0, "up\n")
    assert "'SERVICE_NAME' is longer than 1024 bytes, not taken as service name" in outcome.told


def test_explain_executes_nothing_and_is_json(exec_binary, receiver, sampling, tmp_path):
    mark = tmp_path / "mark"
    options = [f"--agent-endpoint={receiver.url}", f"--sampler-endpoint={sampling.url}", "--explain=json"]
    outcome = run([exec_binary, *options, "--", "python", "-c", f"open({str(mark)!r}, 'w')"], clean(QUIET))
    assert outcome.code == 0
    assert not mark.exists()
    plan = json.loads(outcome.stdout)
    assert plan["telemetry"] is True
    assert plan["probe"]["forked"]
    assert [answer["answer"] for answer in plan["probe"]["answers"]] == ["healthy", "healthy"]
    assert plan["service_name"] == {"value": "test", "source": "environment", "where": "SERVICE_NAME"}
    table = run([exec_binary, *options[:2], "--explain", "--", "python", "x.py"], clean(QUIET))
    assert table.code == 0
    assert "OTEL_TRACES_SAMPLER=xray" in table.stdout


def test_check_is_a_verdict(exec_binary, receiver, sampling, nobody):
    healthy = [f"--agent-endpoint={receiver.url}", f"--sampler-endpoint={sampling.url}"]
    assert run([exec_binary, *healthy, "--check", "--", "python", "x.py"], clean(QUIET)).code == 0
    outcome = run([exec_binary, nobody, "--check", "--", "python", "x.py"], clean(QUIET))
    assert outcome.code == 125
    assert outcome.stdout.startswith("not ok")


@pytest.mark.parametrize(
    ("mode", "words"),
    [("forbidden", "is refused by AWS (403)"), ("unreachable", "cannot reach AWS (502)")],
)
def test_the_sampling_proxys_ills_are_told_apart(exec_binary, receiver, mode, words):
    from tests.support.sampling import SamplingProxy

    with SamplingProxy(mode=mode) as proxy:
        options = [f"--agent-endpoint={receiver.url}", f"--sampler-endpoint={proxy.url}"]
        outcome = run([exec_binary, *options, "--", "/bin/echo", "up"], clean(QUIET))
    assert outcome.stdout == "up\n"
    assert len(outcome.told) == 1
    assert words in outcome.told[0]


def test_policies(exec_binary, nobody, receiver):
    failed = run([exec_binary, nobody, "--on-missing-agent=fail", "--", "/bin/echo", "up"], clean(QUIET))
    assert (failed.code, failed.stdout) == (125, "")
    bare = run([exec_binary, nobody, "--on-missing-agent=bare", "--", "/usr/bin/env"], clean(QUIET))
    assert "OTEL_" not in bare.stdout
    waited = run([exec_binary, nobody, "--on-missing-agent=wait=1", "--", "/bin/echo", "up"], clean(QUIET))
    assert waited.stdout == "up\n"
    assert waited.seconds >= 1


def test_lines_as_json(exec_binary, nobody):
    outcome = run([exec_binary, nobody, "--", "/bin/echo"], clean({"APPSIG_LOG_FORMAT": "json"}, QUIET))
    for line in outcome.stderr.splitlines():
        assert json.loads(line)["source"] == "appsig"
    assert outcome.stderr


def test_every_option_has_its_twin_and_key_in_the_help(exec_binary):
    outcome = run([exec_binary, "--help"], clean())
    assert outcome.code == 0
    for option in (
        "--service-name",
        "--environment",
        "--log-group",
        "--port",
        "--agent-endpoint",
        "--launch",
    ):
        assert option in outcome.stdout
    version = run([exec_binary, "--version"], clean())
    assert version.stdout.startswith("appsig-exec 0.")
    assert "libcurl" in version.stdout


def test_the_wrappers_own_options_are_the_installed_ones(exec_binary):
    """shim/wrapper_options.c against the opentelemetry-instrument beside this Python."""
    from importlib.metadata import entry_points
    from pathlib import Path
    from re import findall, sub

    declared = set()
    for entry in entry_points(group="opentelemetry_environment_variables"):
        declared |= {
            sub("OTEL_(PYTHON_)?", "", name).lower() for name in dir(entry.load()) if name.startswith("OTEL_")
        }
    source = Path(__file__).parents[2] / "shim" / "wrapper_options.c"
    ours = set(findall(r'^    "([a-z0-9_]+)",$', source.read_text(), flags=8))
    assert ours == declared | {"help", "version"}
