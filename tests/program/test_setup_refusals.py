"""appsig-setup on hosts that it refuses: what is in the way is named, and nothing is touched."""

import fcntl
import os

import pytest

from tests.support.setup import SHOP_UNIT, UNIT, VENV, Tree, report, setup

BACKEND = ("backend", "--unit", "shop.service", "--service-name", "shop")


@pytest.fixture
def tree(tmp_path):
    return Tree(tmp_path / "host").with_app()


def test_a_package_that_would_change_is_refused_before_anything_is_touched(tmp_path):
    tree = Tree(tmp_path / "host").with_app(packages=("protobuf-4.25.3", "fastapi-0.110.0"))
    before = tree.snapshot()
    refused = setup(*BACKEND, root=tree)
    assert refused.code == 3
    assert "protobuf 4.25.3 -> 6.33.5" in refused.stderr
    assert tree.snapshot() == before
    tree.write("usr/share/pip-report.json", report(aws_opentelemetry_distro="0.17.1"))
    assert setup(*BACKEND, "--adot", "aws-opentelemetry-distro==0.17.1", root=tree).code == 0


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


def no_journal(tree):
    tree.write("var/lib/appsig/journal.json", '{"entries": []}')


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
    "no unit": (no_unit, ("--venv", f"/{VENV}"), 2, "is used by no unit"),
    "a unit that is not there": (
        nothing,
        ("--unit", "x.service", "--venv", f"/{VENV}"),
        2,
        "'x.service' is no unit",
    ),
    "no app at all": (nothing, (), 2, "'--unit' or '--venv' is needed"),
    "a journal of something else": (no_journal, (), 3, "is no journal of this program"),
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


def test_another_run_is_waited_for_by_hand(tree):
    lock = tree.write("var/lib/appsig/lock", "")
    tree.folder("var/lib/appsig/saved")
    before = tree.snapshot()
    with lock.open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        refused = setup("agent", root=tree)
    assert refused.code == 3
    assert "is locked: another appsig-setup runs" in refused.stderr
    assert tree.snapshot() == before
    assert tree.changing_calls() == []
