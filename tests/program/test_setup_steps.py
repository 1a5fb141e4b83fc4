"""appsig-setup on the trees of hosts: what it plans, does, takes back, and refuses."""

import json
import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.support.program import clean
from tests.support.setup import (
    CONFIG,
    DROP_IN,
    FETCHED,
    SHOP_UNIT,
    UNIT,
    VENV,
    Tree,
    binary,
    report,
    setup,
)

BACKEND = ("backend", "--unit", "shop.service", "--service-name", "shop")
URL = "https://amazoncloudwatch-agent.s3.amazonaws.com"
INSTALLS = {
    "al2023": ("dnf install -y amazon-cloudwatch-agent", None),
    "al2": ("yum install -y amazon-cloudwatch-agent", None),
    "ubuntu": ("dpkg -i -E", f"{URL}/ubuntu/amd64/latest/amazon-cloudwatch-agent.deb"),
    "debian": ("dpkg -i -E", f"{URL}/debian/amd64/latest/amazon-cloudwatch-agent.deb"),
    "rhel": ("rpm -U", f"{URL}/redhat/amd64/latest/amazon-cloudwatch-agent.rpm"),
    "centos": ("rpm -U", f"{URL}/centos/amd64/latest/amazon-cloudwatch-agent.rpm"),
    "fedora": ("rpm -U", f"{URL}/redhat/amd64/latest/amazon-cloudwatch-agent.rpm"),
    "suse": ("rpm -U", f"{URL}/suse/amd64/latest/amazon-cloudwatch-agent.rpm"),
}


@pytest.fixture
def tree(tmp_path):
    return Tree(tmp_path / "host").with_app()


def plan(*words, root):
    outcome = setup(*words, "--plan", "--json", root=root)
    assert outcome.code == 0, outcome.stderr
    return {step["id"]: step for step in json.loads(outcome.stdout)["steps"]}


@pytest.mark.parametrize("system", INSTALLS)
def test_the_agent_comes_as_the_distribution_has_it(tmp_path, system):
    command, url = INSTALLS[system]
    tree = Tree(tmp_path / "host", system)
    package = tmp_path / "agent.package"
    package.write_bytes(b"the agent")
    steps = plan("agent", root=tree)
    assert " ".join(steps["agent-install"]["command"]).startswith(command)
    assert steps.get("agent-download", {}).get("source") == url
    before = tree.snapshot()
    more = ["--agent-package", str(package)] if url else []
    assert setup("agent", *more, root=tree).code == 0
    assert any(call.startswith(command) for call in tree.calls())
    assert json.loads(tree.read(FETCHED))["metrics"]["metrics_collected"].keys() == {"cpu", "disk", "mem"}
    assert setup("undo", root=tree).code == 0
    assert tree.snapshot() == before


def test_a_plan_shows_everything_and_touches_nothing(tree):
    before = tree.snapshot()
    shown = setup(*BACKEND, "--plan", root=tree)
    assert shown.code == 0
    assert tree.snapshot() == before
    assert tree.changing_calls() == []
    for piece in (
        "$ dnf install -y amazon-cloudwatch-agent",
        '+      "application_signals": {}',
        "+ExecStart=/opt/shop/venv/bin/appsig-exec -- /opt/shop/venv/bin/uvicorn main:app --port 8000",
        "-m pip install --no-cache-dir --dry-run",
        "$ systemctl restart shop.service",
    ):
        assert piece in shown.stdout


def test_a_backend_from_bare_to_wrapped_and_back(tree):
    before = tree.snapshot()
    done = setup(*BACKEND, "--environment", '100% "real"', root=tree)
    assert done.code == 0, done.stdout + done.stderr
    drop_in = tree.read(DROP_IN)
    assert 'Environment="APPSIG_ENVIRONMENT=100%% \\"real\\""' in drop_in
    assert "Wants=amazon-cloudwatch-agent.service\nAfter=amazon-cloudwatch-agent.service\n" in drop_in
    assert tree.read(UNIT) == SHOP_UNIT
    shim = (tree.root / VENV / "bin/appsig-exec").read_bytes()
    assert shim == Path(binary()).with_name("appsig-exec").read_bytes()
    assert tree.changing_calls() == [
        "dnf install -y amazon-cloudwatch-agent",
        "amazon-cloudwatch-agent-ctl -a fetch-config -m onPremise -s "
        "-c file:/opt/aws/amazon-cloudwatch-agent/etc/amazon-cloudwatch-agent.json",
        "python -m pip install --no-cache-dir --disable-pip-version-check aws-opentelemetry-distro",
        "systemctl daemon-reload",
        "systemctl restart shop.service",
    ]
    tree.forget()
    again = setup(*BACKEND, "--environment", '100% "real"', root=tree)
    assert again.code == 0
    assert "nothing to do" in again.stdout
    assert tree.changing_calls() == []
    assert "/etc/systemd/system/shop.service.d/90-appsig.conf" in setup("status", root=tree).stdout
    assert setup("undo", root=tree).code == 0
    assert tree.snapshot() == before
    assert tree.changing_calls()[-1] == "rpm -e amazon-cloudwatch-agent"
    assert "nothing to undo" in setup("undo", root=tree).stdout


def test_two_runs_are_one_undo(tree):
    before = tree.snapshot()
    assert setup("agent", root=tree).code == 0
    assert setup(*BACKEND, root=tree).code == 0
    assert setup(*BACKEND, "--service-name", "other", root=tree).code == 0
    assert "APPSIG_SERVICE_NAME=other" in tree.read(DROP_IN)
    assert setup("undo", root=tree).code == 0
    assert tree.snapshot() == before


@pytest.mark.parametrize(
    "command",
    [
        "--dry-run",
        "dnf install",
        "fetch-config",
        "pip install --no-cache-dir --disable",
        "daemon-reload",
        "restart shop",
    ],
)
def test_a_step_that_fails_puts_everything_back(tree, command):
    before = tree.snapshot()
    tree.write("fail", command)
    failed = setup(*BACKEND, root=tree)
    assert failed.code == 3
    assert "no luck" in failed.stderr
    if command in ("daemon-reload", "restart shop"):
        # the same command fails while it is undone: named, and a second undo finishes
        assert "not put back" in failed.stdout
        tree.forget("fail")
        assert setup("undo", root=tree).code == 0
    assert tree.snapshot() == before
    tree.forget("fail")
    assert setup(*BACKEND, root=tree).code == 0


# what stands where a file or a directory is to be made
IN_THE_WAY = {
    "the drop-in's directory": ("etc/systemd/system/shop.service.d", False),
    "the drop-in": (DROP_IN, True),
    "appsig-exec": (f"{VENV}/bin/appsig-exec", True),
    "the agent's directory": ("opt/aws", False),
    "the state": ("var/lib/appsig", False),
}


@pytest.mark.parametrize("case", IN_THE_WAY)
def test_a_file_that_cannot_be_written_puts_everything_back(tree, case):
    path, directory = IN_THE_WAY[case]
    if directory:
        tree.write(f"{path}/taken", "")
    else:
        tree.write(path, "")
    before, states = tree.snapshot(), tree.states()
    failed = setup(*BACKEND, root=tree)
    assert failed.code == 3, failed.stdout
    assert failed.stderr.count("\n") == 1
    assert tree.snapshot() == before
    assert tree.states() == states


def test_a_run_that_was_killed_is_undone_or_finished_later(tree):
    before = tree.snapshot()
    tree.write("hang", "--disable-pip")
    process = subprocess.Popen(
        [binary(), "--root", str(tree.root), *BACKEND], env=clean(), stdout=subprocess.DEVNULL
    )
    deadline = time.monotonic() + 30
    while not tree.has("hanging") and time.monotonic() < deadline:
        time.sleep(0.02)
    process.kill()
    process.wait()
    tree.forget("hang")
    assert tree.has(FETCHED)
    finished = setup(*BACKEND, root=tree)
    assert finished.code == 0, finished.stderr
    assert setup("undo", root=tree).code == 0
    assert tree.snapshot() == before


def test_an_interrupt_puts_everything_back(tree):
    before = tree.snapshot()
    tree.write("hang", "pip install --no-cache-dir --disable")
    process = subprocess.Popen(
        [binary(), "--root", str(tree.root), *BACKEND],
        env=clean(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + 30
    while not tree.has("hanging") and time.monotonic() < deadline:
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    stdout, stderr = process.communicate(timeout=30)
    assert process.returncode == 3
    assert "interrupted" in stderr
    assert "put back" in stdout
    assert tree.snapshot() == before
    tree.forget("hang")
    assert setup(*BACKEND, root=tree).code == 0


def test_a_package_that_would_change_is_refused_before_anything_is_touched(tmp_path):
    tree = Tree(tmp_path / "host").with_app(packages=("protobuf-4.25.3", "fastapi-0.110.0"))
    before = tree.snapshot()
    refused = setup(*BACKEND, root=tree)
    assert refused.code == 3
    assert "protobuf 4.25.3 -> 6.33.5" in refused.stderr
    assert tree.snapshot() == before
    tree.write("usr/share/pip-report.json", report(aws_opentelemetry_distro="0.17.1"))
    assert setup(*BACKEND, "--adot", "aws-opentelemetry-distro==0.17.1", root=tree).code == 0


GUIDES = {
    "agent": {"metrics_collection_interval": 60},
    "traces": {
        "traces_collected": {
            "xray": {"bind_address": "127.0.0.1:2000", "tcp_proxy_bind_address": "127.0.0.1:2000"},
            "otlp": {"grpc_endpoint": "127.0.0.1:4315", "http_endpoint": "127.0.0.1:4316"},
        }
    },
}


def test_a_host_of_the_guides_own_script_is_migrated(tmp_path):
    tree = Tree(tmp_path / "host").with_app().with_agent(GUIDES)
    tree.write(
        "etc/systemd/system/shop-otel.service",
        SHOP_UNIT.replace(
            "/opt/shop/venv/bin/uvicorn", "/opt/shop/venv/bin/opentelemetry-instrument uvicorn"
        ),
    )
    tree.forget("state/active-shop.service")
    for name in ("active-shop-otel.service", "enabled-shop-otel.service"):
        tree.write(f"state/{name}", "")
    before, states = tree.snapshot(), tree.states()
    done = setup("backend", "--venv", f"/{VENV}", root=tree)
    assert done.code == 0, done.stderr
    assert 'the plain "otlp" receiver on 4315/4316 goes' in done.stdout
    collected = json.loads(tree.read(FETCHED))["traces"]["traces_collected"]
    assert collected == {
        "xray": {"bind_address": "127.0.0.1:2000", "tcp_proxy": {"bind_address": "127.0.0.1:2001"}},
        "application_signals": {},
    }
    assert json.loads(tree.read(f"{CONFIG}.before-appsig")) == GUIDES
    calls = tree.changing_calls()
    assert "systemctl disable --now shop-otel.service" in calls
    assert tree.states() == sorted(
        f"{state}-{unit}.service"
        for state in ("active", "enabled")
        for unit in ("amazon-cloudwatch-agent", "shop")
    )
    assert calls[-1] == "systemctl restart shop.service"
    assert setup("undo", root=tree).code == 0
    assert tree.snapshot() == before
    assert tree.states() == states


def test_the_guides_unit_alone_is_wrapped_itself(tmp_path):
    tree = Tree(tmp_path / "host").with_app(unit=None)
    tree.write(
        "etc/systemd/system/shop-otel.service",
        SHOP_UNIT.replace(
            "/opt/shop/venv/bin/uvicorn", "/opt/shop/venv/bin/opentelemetry-instrument uvicorn"
        ),
    )
    assert setup("backend", "--venv", f"/{VENV}", root=tree).code == 0
    assert "appsig-exec -- /opt/shop/venv/bin/opentelemetry-instrument uvicorn" in tree.read(
        "etc/systemd/system/shop-otel.service.d/90-appsig.conf"
    )


def test_a_unit_is_made_where_there_is_none(tmp_path):
    tree = Tree(tmp_path / "host").with_app(unit=None)
    before = tree.snapshot()
    words = ("--app-dir", "/opt/shop", "--command", "/opt/shop/venv/bin/python main.py", "--user", "shop")
    done = setup("backend", "--unit", "shop.service", "--venv", f"/{VENV}", *words, root=tree)
    assert done.code == 0, done.stderr
    assert (
        "User=shop\nWorkingDirectory=/opt/shop\nExecStart=/opt/shop/venv/bin/python main.py\n"
        in tree.read(UNIT)
    )
    assert "appsig-exec -- /opt/shop/venv/bin/python main.py" in tree.read(DROP_IN)
    assert "systemctl enable shop.service" in tree.calls()
    assert setup("undo", root=tree).code == 0
    assert tree.snapshot() == before


def test_the_tree_of_an_image_starts_nothing(tmp_path):
    tree = Tree(tmp_path / "host", booted=False).with_app()
    assert setup(*BACKEND, root=tree).code == 0
    assert tree.changing_calls() == [
        "dnf install -y amazon-cloudwatch-agent",
        "systemctl enable amazon-cloudwatch-agent.service",
        "python -m pip install --no-cache-dir --disable-pip-version-check aws-opentelemetry-distro",
    ]
    assert json.loads(tree.read(CONFIG))["logs"]["metrics_collected"] == {"application_signals": {}}


def test_hardening_is_said(tmp_path):
    unit = SHOP_UNIT.replace("User=root", "ProtectSystem=strict\nDynamicUser=yes\nPrivateNetwork=yes")
    tree = Tree(tmp_path / "host").with_app(unit=unit)
    done = setup(*BACKEND, "--language=en", root=tree)
    assert done.code == 0
    for word in ("ProtectSystem=strict", "DynamicUser=yes", "PrivateNetwork=yes"):
        assert f"shop.service: {word}: " in done.stdout


def test_korean_by_locale(tree):
    shown = setup(*BACKEND, "--plan", root=tree, environment=clean(LANG="ko_KR.UTF-8"))
    assert "CloudWatch 에이전트 설치 (Amazon Linux 2023)" in shown.stdout
    assert "아무것도 변경하지 않았습니다" in shown.stdout


def bad_config(tree):
    tree.with_agent('{\n  // mine\n  "agent": {}\n}')


def bad_os(tree):
    tree.write("etc/os-release", 'ID=plan9\nPRETTY_NAME="Plan 9"\n')


def two_units(tree):
    tree.write("etc/systemd/system/second.service", SHOP_UNIT)


def no_venv(tree):
    tree.forget(f"{VENV}/pyvenv.cfg")


def mixed_owners(tree):
    os.chown(tree.root / VENV / "lib/python3.11/site-packages", 1234, 1234)


def by_supervisor(tree):
    tree.forget(UNIT)
    tree.write(
        "etc/supervisor/conf.d/shop.conf", "[program:shop]\ncommand=/opt/shop/venv/bin/uvicorn main:app\n"
    )


def by_cron(tree):
    tree.forget(UNIT)
    tree.write("etc/cron.d/shop", "@reboot root /opt/shop/venv/bin/python /opt/shop/main.py\n")


def no_unit(tree):
    tree.forget(UNIT)


def argv_zero(tree):
    tree.write(UNIT, SHOP_UNIT.replace("ExecStart=", "ExecStart=@"))


def nothing(_tree):
    pass


BAD = {
    "a configuration with comments": (bad_config, (), 3, "is not JSON: line 2 (a comment would be lost)"),
    "an unknown system": (bad_os, (), 3, "'Plan 9' is no operating system"),
    "two units": (two_units, ("--venv", f"/{VENV}"), 2, "second.service, shop.service"),
    "no virtual environment": (no_venv, ("--venv", f"/{VENV}"), 3, "is no virtual environment"),
    "owners that differ": (mixed_owners, ("--venv", f"/{VENV}"), 3, "belongs to user 1234"),
    "supervisord": (
        by_supervisor,
        ("--venv", f"/{VENV}"),
        3,
        "/etc/supervisor/conf.d/shop.conf (supervisord)",
    ),
    "cron": (by_cron, ("--venv", f"/{VENV}"), 3, "/etc/cron.d/shop (cron)"),
    "no unit": (no_unit, ("--venv", f"/{VENV}"), 2, "is run from by no unit"),
    "a unit that is not there": (
        nothing,
        ("--unit", "x.service", "--venv", f"/{VENV}"),
        2,
        "'x.service' is no unit",
    ),
    "no app at all": (nothing, (), 2, "'--unit' or '--venv' is needed"),
    "a name of its own": (argv_zero, ("--unit", "shop.service"), 3, "has an ExecStart= with '@'"),
    "a shim by URL": (
        nothing,
        ("--unit", "shop.service", "--shim", "http://x/y"),
        2,
        "'--shim-sha256' is needed",
    ),
    "a shim that is none": (
        nothing,
        ("--unit", "shop.service", "--shim", "/etc/passwd"),
        3,
        "is not a program",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_what_is_refused_is_named_and_left(tree, case):
    change, words, code, message = BAD[case]
    change(tree)
    before = tree.snapshot()
    verb = "backend" if words or case == "no app at all" else "agent"
    refused = setup(verb, *words, root=tree)
    assert (refused.code, refused.stderr.count("\n")) == (code, 1), refused.stderr
    assert message in refused.stderr
    assert tree.snapshot() == before
    assert tree.changing_calls() == []


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("fly",), "'fly' is not one of"),
        (("--unit", "shop"), "'--unit' is not the name of a service"),
        (("--root", "/no/such/place"), "'--root' is not a directory"),
        (("agent", "now"), "'now' is one word too many"),
        (("--mode=cloud",), "'--mode' is not one of"),
        ((), "'verb' is missing"),
    ],
)
def test_usage(words, message):
    refused = setup(*words)
    assert refused.code == 64
    assert message in refused.stderr


def test_a_full_disk_puts_everything_back(tmp_path):
    place = tmp_path / "host"
    place.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", str(place)], check=True)
    try:
        tree = Tree(place).with_app()
        before = tree.snapshot()
        usage = os.statvfs(place)
        filler = tree.root / "proc"
        filler.write_bytes(b"\0" * max(0, (usage.f_bavail - 20) * usage.f_frsize))
        failed = setup(*BACKEND, root=tree)
        assert failed.code == 3
        assert "No space left on device" in failed.stderr
        assert tree.snapshot() == before
        filler.unlink()
    finally:
        subprocess.run(["umount", str(place)], check=True)


def test_no_rights_are_needed_for_a_plan_only(tree):
    for path in (tree.root.parent, *tree.root.parents):
        if str(path) != "/" and path.stat().st_mode & 0o005 != 0o005:
            path.chmod(path.stat().st_mode | 0o055)
    nobody = {"user": 65534, "group": 65534, "extra_groups": []}
    assert setup("agent", "--plan", root=tree, **nobody).code == 0
    refused = setup("agent", root=tree, **nobody)
    assert refused.code == 3
    assert "'root' is needed" in refused.stderr
