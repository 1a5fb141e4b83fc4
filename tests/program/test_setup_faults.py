"""appsig-setup with a fault at each step of each plan: the host is as before, or the output says what to do.

A command fails, or this program is told to end or killed while it runs; a file cannot be opened, or has no
room, or the signal comes before it is in place; the same for the copies and the journal. After each, another
run finishes the job, and an undo brings every byte back.
"""

import dataclasses
import json
import os
import resource
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.program import clean
from tests.support.setup import DROP_IN, SHOP_UNIT, VENV, Tree, binary, setup

STATE = "var/lib/appsig"
JOURNAL = f"{STATE}/journal.json"
BACKEND = ("backend", "--unit", "shop.service", "--service-name", "shop")
MADE = ("--app-dir", "/opt/shop", "--command", "/opt/shop/venv/bin/python main.py", "--user", "shop")
OWN_CONFIG = {"agent": {"run_as_user": "root"}, "logs": {"logs_collected": {"files": {}}}}
# What the guide's own script leaves in the agent's configuration.
GUIDES = {
    "traces": {"traces_collected": {"xray": {}, "otlp": {"http_endpoint": "127.0.0.1:4316"}}},
}


def bare(root):
    return Tree(root).with_app()


def with_own_agent(root):
    tree = Tree(root, "debian").with_agent(OWN_CONFIG)
    tree.write("state/active-amazon-cloudwatch-agent.service", "")
    return tree


def without_a_unit(root):
    return Tree(root, "ubuntu").with_app(unit=None).with_agent()


def of_the_guide(root):
    tree = Tree(root).with_app().with_agent(GUIDES)
    tree.write("etc/systemd/system/shop-otel.service", SHOP_UNIT)
    tree.forget("state/active-shop.service")
    for name in ("active-shop-otel.service", "enabled-shop-otel.service"):
        tree.write(f"state/{name}", "")
    return tree


@pytest.fixture
def tree(tmp_path):
    return bare(tmp_path / "host")


@dataclasses.dataclass
class Plan:
    make: Callable
    words: tuple
    groups: str = "commands files"  # and "journal", which is the same in each plan


PLANS = {
    "agent": Plan(lambda root: Tree(root, "suse"), ("agent", "--agent-package", binary())),
    "frontend": Plan(Tree, ("frontend",)),
    "the tree of an image": Plan(lambda root: Tree(root, booted=False), ("frontend",)),
    "database": Plan(with_own_agent, ("database",), "commands files journal"),
    "backend, its commands": Plan(bare, BACKEND, "commands"),
    "backend, its files": Plan(bare, BACKEND, "files journal"),
    "backend without a unit": Plan(without_a_unit, (*BACKEND, "--venv", f"/{VENV}", *MADE)),
    "migration": Plan(of_the_guide, ("backend", "--venv", f"/{VENV}")),
}
# The sanitizers make a start five times as long, so that they see only what these tell them.
SANITIZED = ("frontend", "backend, its commands")


def plans(names, sanitized=()):
    return [pytest.param(name, marks=() if name in sanitized else pytest.mark.release) for name in names]


def state_of(tree):
    """All that matters of a host: its files but for this program's own, and what systemd knows."""
    files = {path: seen for path, seen in tree.snapshot().items() if not path.startswith(STATE)}
    return files, tree.states()


def injected(tree, path, calls, what, when=1):
    """strace's words for a fault at a call that has to do with the path."""
    fault = f"inject={calls}:{what}:when={when}"
    return ("strace", "-qq", "-o", "/dev/null", "-P", str(tree.root / path.lstrip("/")), "-e", fault)


OPENS, RENAMES = "?open,openat", "/^rename"
FILE_FAULTS = {
    "cannot be opened": (OPENS, "error=EACCES"),
    "has no room": ("write", "error=ENOSPC"),
    "interrupted": (RENAMES, "signal=INT"),
    "killed": (RENAMES, "signal=KILL"),
}
UNDO_FAULTS = {"refused": "error=EACCES", "killed": "signal=KILL"}


def command_faults(command):
    words = [command[0].rsplit("/", 1)[-1], *command[1:]]
    for kind in ("exit", "INT", "KILL"):
        yield f"{kind} at {' '.join(words)}", f"{kind} {' '.join(words)}", ()


def file_faults(tree, path):
    for name, fault in FILE_FAULTS.items():
        yield f"{path} {name}", None, injected(tree, f"{path}.appsig-new", *fault)


def journal_faults(tree, entries):
    """Each writing of the journal, the last of them when all is done; and each copy that is kept."""
    journal = f"{JOURNAL}.appsig-new"
    for number in range(1, len(entries) + 2):
        yield f"journal {number} full", None, injected(tree, journal, "write", "error=ENOSPC", number)
        yield f"journal {number} killed", None, injected(tree, journal, RENAMES, "signal=KILL", number)
    for entry in entries:
        if entry["kind"] in ("tree", "file") and "saved" in entry:
            full = injected(tree, entry["saved"], f"mkdir,{OPENS}", "error=ENOSPC")
            yield f"copy of {entry['path']} full", None, full


def faults_of(tree, groups, steps, entries):
    for step in steps:
        if step["state"] == "there":
            continue
        if "command" in step and "commands" in groups:
            yield from command_faults(step["command"])
        # of a tree only the copy is made: see journal_faults
        elif ("diff" in step or "source" in step) and "files" in groups:
            yield from file_faults(tree, step["path"])
    if "journal" in groups:
        yield from journal_faults(tree, entries)


def attempt(tree, words, fault, front):
    if fault:
        tree.write("fault", fault + "\n")
    # what finds leaks at the end of a sanitized program cannot work under strace
    options = f"{os.environ.get('ASAN_OPTIONS', '')}:detect_leaks=0"
    environment = clean(ASAN_OPTIONS=options) if front else clean()
    command = [*front, binary(), "--root", str(tree.root), *words]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)
    tree.forget("fault")
    return done


def check(name, tree, plan, before, complete, done):
    assert done.returncode != 0, f"{name}: the fault did not come about\n{done.stdout}"
    if done.returncode == 3:
        assert done.stderr.count("\n") == 1, f"{name}: {done.stderr}"
    if state_of(tree) == before and not tree.has(STATE):
        return
    assert done.returncode != 3 or "appsig-setup undo" in done.stdout, f"{name}: {done.stdout}"
    finished = setup(*plan.words, root=tree)
    assert finished.code == 0, f"{name}: {finished.stdout}{finished.stderr}"
    assert state_of(tree) == complete, name
    assert setup("undo", root=tree).code == 0, name
    assert state_of(tree) == before, name


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """In memory where programs may be run there: each writing of the journal is synced."""
    memory = Path("/dev/shm")
    if memory.is_dir() and not os.statvfs(memory).f_flag & os.ST_NOEXEC:
        with tempfile.TemporaryDirectory(dir=memory) as place:
            yield Path(place)
    else:
        yield tmp_path_factory.mktemp("hosts")


@pytest.mark.parametrize("name", plans(PLANS, SANITIZED))
def test_each_step_fails_in_turn(folder, name, need):
    need(shutil.which("strace"), "strace")
    plan = PLANS[name]
    tree = plan.make(folder / name.replace(" ", "-"))
    before = state_of(tree)
    steps = json.loads(setup(*plan.words, "--plan", "--json", root=tree).stdout)["steps"]
    done = setup(*plan.words, root=tree)
    assert done.code == 0, done.stderr
    complete, entries = state_of(tree), json.loads(tree.read(JOURNAL))["entries"]
    assert setup("undo", root=tree).code == 0
    assert state_of(tree) == before
    for row, *fault in faults_of(tree, plan.groups, steps, entries):
        check(row, tree, plan, before, complete, attempt(tree, plan.words, *fault))


def undo_faults(tree, entries):
    """Each entry on its way back: a tree as a file is; a directory that is not empty stays."""
    for number in range(1, len(entries) + 1):
        journal = f"{JOURNAL}.appsig-new"
        yield f"journal {number} killed", None, injected(tree, journal, RENAMES, "signal=KILL", number)
    for entry in entries:
        if entry["kind"] == "command":
            yield from command_faults(entry["command"])
        elif "saved" in entry and entry["kind"] != "emptied":
            for name, fault in UNDO_FAULTS.items():
                yield f"{entry['path']} {name}", None, injected(tree, entry["saved"], RENAMES, fault)


@pytest.mark.parametrize("name", plans(["backend without a unit", "migration"]))
def test_each_step_of_an_undo_fails_in_turn(folder, name, need):
    need(shutil.which("strace"), "strace")
    plan = PLANS[name]
    tree = plan.make(folder / f"undo-{name.replace(' ', '-')}")
    before = state_of(tree)
    assert setup(*plan.words, root=tree).code == 0
    numbers = range(len(list(undo_faults(tree, json.loads(tree.read(JOURNAL))["entries"]))))
    for number in numbers:
        # the places of the copies may be others after each run
        row, *fault = list(undo_faults(tree, json.loads(tree.read(JOURNAL))["entries"]))[number]
        done = attempt(tree, ("undo",), *fault)
        assert done.returncode != 0, f"{row}: the fault did not come about\n{done.stdout}"
        assert done.returncode != 3 or "appsig-setup undo" in done.stderr, f"{row}: {done.stderr}"
        assert tree.has(JOURNAL), row
        assert setup("undo", root=tree).code == 0, row
        assert state_of(tree) == before, row
        assert setup(*plan.words, root=tree).code == 0, row


# what stands where a file or a directory is to be made
IN_THE_WAY = {
    "the drop-in's directory": ("etc/systemd/system/shop.service.d", False),
    "the drop-in": (DROP_IN, True),
    "appsig-exec": (f"{VENV}/bin/appsig-exec", True),
    "the agent's directory": ("opt/aws", False),
    "the state": ("var/lib/appsig", False),
}


@pytest.mark.parametrize("case", IN_THE_WAY)
def test_what_stands_in_the_way_puts_everything_back(tree, case):
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


def test_a_limit_on_file_sizes_puts_everything_back(tree):
    before = tree.snapshot()
    least = 100 * 1024

    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (least, resource.RLIM_INFINITY))

    failed = setup(*BACKEND, root=tree, preexec_fn=limit)
    assert failed.code == 3, failed.stdout
    assert "File too large" in failed.stderr
    assert tree.snapshot() == before


def test_a_run_that_was_killed_before_its_first_change_leaves_nothing(tree):
    before = tree.snapshot()
    tree.write("fault", "KILL --dry-run\n")
    assert setup(*BACKEND, root=tree).code == -signal.SIGKILL
    assert setup("status", root=tree).stdout == "this program has changed nothing here\n"
    assert setup("undo", root=tree).code == 0
    assert tree.snapshot() == before


def test_what_a_killed_run_left_is_told(tree):
    tree.write("fault", "KILL daemon-reload\n")
    assert setup(*BACKEND, root=tree).code == -signal.SIGKILL
    told = "! an earlier run did not come to its end: what it did is put back first\n"
    assert setup(*BACKEND, "--plan", root=tree).stdout.startswith(told)
    assert setup("status", root=tree).stdout.startswith(told.removeprefix("! "))
    # what cannot be put back ends the further run, and the next goes on there
    tree.write("fault", "exit daemon-reload\n")
    refused = setup(*BACKEND, root=tree)
    assert (refused.code, "appsig-setup undo" in refused.stderr) == (3, True)
    tree.forget("fault")
    assert setup(*BACKEND, root=tree).code == 0
