"""Boot scripts: real ones, and some that are run, also with each inserted command failing in its turn."""

import json
import os
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from tests.support import patch as patcher
from tests.support.program import TOP

CASES = TOP / "tests" / "cases" / "userdata"
CORPUS = TOP.parent / "shared" / "corpus"
REASONS = {
    "syntax",
    "template",
    "unsupported",
    "userdata-too-large",
    "not-python",
    "already-instrumented",
    "not-a-service",
    "generic",
    "determined",
    "hint",
}
STYLES = ["shim", "guide"]
ANSWERS = [
    f"--set={name}" for name in ("SERVICE_NAME=shop", "OS=ubuntu", "DJANGO_SETTINGS_MODULE=a.settings")
]

# Scripts that are run. Each names what is logged where its app starts.
RUN = {
    "shim-gunicorn-background": "gunicorn -b",
    "shim-unit-heredoc": "gunicorn -w",
    "shim-su-text": "uvicorn main:app",
    "shim-sudo-system-python": "python3 /home/ubuntu/app.py",
    "shim-url": "gunicorn -b",
    "config-elsewhere": "uvicorn main:app",
    "one-long-list": "gunicorn -D",
    "continued-lines": "gunicorn --bind",
    "sudo-shell-heredoc": "gunicorn app:app",
    "status-asked-behind-update": "python3 -m flask",
}
# What these are given holds the changed text.
SWITCHES = ("su ", "sudo -u ")

# One program under many names: it writes down how it was called, fails where it is told to, and else does
# what the script goes on with.
STUB = r"""#!/bin/bash
name=${0##*/}
[ "$name" != cat ] || set -- ">$(readlink /proc/$$/fd/1)"
printf '%s %s\n' "$name" "${*//$'\n'/ }" >>"$LOG"
[ "$name" != cat ] || set --
[ "$(wc -l <"$LOG")" != "${FAIL_AT:-0}" ] || exit 1
agent=/opt/aws/amazon-cloudwatch-agent
case $name in
cat | tee | chmod | mv | sed | uname) PATH=/usr/bin:/bin exec "$name" "$@" ;;
dnf | yum | apt-get | dpkg)
    case "$*" in *amazon-cloudwatch-agent*)
        mkdir -p $agent/bin $agent/etc
        ln -sf "$0" $agent/bin/amazon-cloudwatch-agent-ctl ;;
    esac
    case "$name $*" in *print-architecture*) echo amd64 ;; esac ;;
python3)
    case "$*" in "-m venv "*)
        mkdir -p "$3/bin"
        for each in pip gunicorn uvicorn; do ln -sf "$0" "$3/bin/$each"; done ;;
    esac ;;
git) mkdir -p "${*: -1}" ;;
curl) while [ $# -gt 1 ]; do [ "$1" != -o ] || cp "$STUBS/stub" "$2"; shift; done ;;
sudo)
    while [ "${1#-}" != "$1" ]; do [ "$1" != -u ] || shift; shift; done
    exec "$@" ;;
su)
    while [ "$1" != -c ]; do shift; done
    exec bash -c "$2" ;;
systemctl)
    unit=/etc/systemd/system/${*: -1}.service
    [ ! -f "$unit" ] || bash -c "$(/usr/bin/sed -n '/^ExecStart=/{s///;s/\$\$/$/g;p}' "$unit")" ;;
appsig-exec) [ "${1#-}" != "$1" ] || exec "$@" ;;
esac
exit 0
"""
NAMES = """
    dnf yum apt-get dpkg python3 pip pip3 git curl sudo su systemctl gunicorn uvicorn flask useradd
    sha256sum cat tee chmod mv sed uname docker
"""
ROOT = """
mount -t tmpfs none /mnt
mkdir /mnt/machine
mount --bind "$MACHINE" /mnt/machine
for folder in /tmp /usr/local/bin /opt /srv /etc/systemd/system /home /var/log; do
    mkdir -p $folder
    mount -t tmpfs none $folder
done
mkdir -p /opt/orders /opt/parcels /srv/coupons /home/ubuntu/coupons /home/ec2-user/quotes/.local/bin
export HOME=/home/ec2-user/quotes
ln -s "$STUBS/gunicorn" "$HOME/.local/bin/gunicorn"
PATH=$STUBS:/usr/bin:/bin bash "$SCRIPT" </dev/null >"$LOG.out" 2>&1 || true
sleep 0.05
cat /opt/aws/amazon-cloudwatch-agent/etc/*.json >"$LOG.config" 2>/dev/null || true
"""


class Machine:
    def __init__(self, folder):
        self.folder = folder
        self.runs = 0
        stubs = folder / "stubs"
        stubs.mkdir()
        (stubs / "stub").write_text(STUB)
        (stubs / "stub").chmod(0o755)
        for name in NAMES.split():
            (stubs / name).symlink_to("stub")

    def boot(self, script, starts, fail_at=0, shim=False):
        """What was called, in order; the start may come a little later than the script's end."""
        self.runs += 1
        log = self.folder / f"log{self.runs}"
        log.touch()
        with_shim = self.folder / "stubs" / "appsig-exec"
        with_shim.unlink(missing_ok=True)
        if shim:
            with_shim.symlink_to("stub")
        file = self.folder / f"script{self.runs}.sh"
        file.write_text(script)
        rights = ["--mount"] if os.geteuid() == 0 else ["--map-root-user", "--mount"]
        environment = {
            "MACHINE": str(self.folder),
            "STUBS": "/mnt/machine/stubs",
            "LOG": f"/mnt/machine/{log.name}",
            "SCRIPT": f"/mnt/machine/{file.name}",
            "FAIL_AT": str(fail_at),
            "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
        }
        done = subprocess.run(
            ["unshare", *rights, "bash", "-euc", ROOT],
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        for _ in range(40):
            if any(line.startswith(starts) for line in log.read_text().splitlines()):
                break
            time.sleep(0.05)
        return log.read_text().splitlines(), log


@pytest.fixture
def machine(tmp_path):
    probe = (
        ["unshare", "--mount", "true"]
        if os.geteuid() == 0
        else ["unshare", "--map-root-user", "--mount", "true"]
    )
    if shutil.which("unshare") is None or subprocess.run(probe, check=False).returncode != 0:
        if os.environ.get("CI") == "true":
            pytest.fail("missing: a mount namespace, to run boot scripts in")
        pytest.skip("MISSING: a mount namespace, to run boot scripts in")
    return Machine(tmp_path)


def strict(script):
    first, rest = script.split("\n", 1)
    return f"{first}\nset -euo pipefail\n{rest}"


def patched(case, folder, *options):
    work = folder / "work"
    shutil.copytree(CASES / case / "in", work)
    file = work / "user-data.sh"
    before = strict(file.read_text())
    file.write_text(before)
    arguments = (CASES / case / "args").read_text().splitlines() if (CASES / case / "args").exists() else []
    shim = f"--shim-binary={patcher.shim_file(folder)}"
    done = patcher.patch("--write", shim, *arguments, *options, ".", cwd=work)
    assert done.returncode == 0, done.stdout.decode()
    return before, file.read_text()


def index_of(calls, *parts):
    return next(i for i, call in enumerate(calls) if all(part in call for part in parts))


@pytest.mark.parametrize("case", RUN)
def test_a_patched_script_runs(machine, tmp_path, case):
    """The agent is there before the app's packages, its configuration is JSON, the app starts by the shim."""
    before, after = patched(case, tmp_path)
    plain, _ = machine.boot(before, RUN[case])
    calls, log = machine.boot(after, RUN[case], shim=True)
    assert any(call.startswith(RUN[case]) for call in plain), plain
    assert any(call.startswith(RUN[case]) for call in calls), (calls, Path(f"{log}.out").read_text())
    left = iter(calls)
    kept = [call for call in plain if not call.startswith(SWITCHES)]
    assert all(call in left for call in kept), "nothing of the app is lost"
    start = next(i for i, call in enumerate(calls) if call.startswith(RUN[case]))
    assert "aws-opentelemetry-distro" in " ".join(calls[:start])
    assert any(call.startswith("appsig-exec") for call in calls[: start + 1])
    packages = [i for i, call in enumerate(calls) if "install -r" in call or "install --user -r" in call]
    assert index_of(calls, "amazon-cloudwatch-agent") < min(packages, default=start)
    config = json.loads(Path(f"{log}.config").read_text())
    assert "application_signals" in config["traces"]["traces_collected"]
    assert "application_signals" in config["logs"]["metrics_collected"]


@pytest.mark.parametrize("case", RUN)
def test_the_app_starts_whatever_fails(machine, tmp_path, case):
    """Without appsig-exec, and with each inserted command failing in its turn, under set -euo pipefail."""
    before, after = patched(case, tmp_path)
    plain, _ = machine.boot(before, RUN[case])
    calls, _ = machine.boot(after, RUN[case])
    own = list(plain)
    inserted = []
    for number, call in enumerate(calls, 1):
        if call in own:
            own.remove(call)
        elif not call.startswith(SWITCHES):
            inserted.append(number)
    assert len(inserted) >= 3, calls
    for number in inserted:
        failed, log = machine.boot(after, RUN[case], fail_at=number)
        assert any(call.startswith(RUN[case]) for call in failed), (
            calls[number - 1],
            Path(f"{log}.out").read_text(),
        )


def test_a_container_starts_whatever_fails(machine, tmp_path):
    """The agent is there first, its configuration is JSON, and the container runs whatever inserted fails."""
    before, after = patched("shim-docker-run-beside-databases", tmp_path)
    start = "docker run -d --name orders"
    plain, _ = machine.boot(before, start)
    calls, log = machine.boot(after, start)
    runs = [call for call in calls if call.startswith("docker run")]
    assert len(runs) == 3
    assert "-e SERVICE_NAME=orders --network host 123456789012" in runs[2]
    assert index_of(calls, "amazon-cloudwatch-agent") < index_of(calls, "dnf install -y docker")
    config = json.loads(Path(f"{log}.config").read_text())
    assert "application_signals" in config["traces"]["traces_collected"]
    inserted = [
        number
        for number, call in enumerate(calls, 1)
        if call not in plain and not call.startswith("docker run")
    ]
    assert len(inserted) >= 3, calls
    for number in inserted:
        failed, log = machine.boot(after, start, fail_at=number)
        assert any(call.startswith(start) for call in failed), Path(f"{log}.out").read_text()


@pytest.fixture(scope="module")
def real(tmp_path_factory):
    folders = [CORPUS / "userdata-sh", CORPUS / "sh-python"]
    if not all(folder.is_dir() for folder in folders):
        pytest.skip(f"MISSING: the corpus, which is optional: {CORPUS}")
    top = tmp_path_factory.mktemp("real")
    for folder in folders:
        for number, path in enumerate(sorted(folder.iterdir())):
            file = top / f"{folder.name}-{number}" / "user-data.sh"
            file.parent.mkdir()
            file.write_bytes(path.read_bytes())
    return top


def is_script(data):
    return subprocess.run(["bash", "-n"], input=data, capture_output=True, check=False).returncode == 0


@pytest.mark.parametrize("style", STYLES)
def test_real_scripts_keep_what_is_not_announced(real, tmp_path, style):
    work = tmp_path / "work"
    shutil.copytree(real, work)
    options = [
        f"--style={style}",
        "--only=userdata",
        f"--shim-binary={patcher.shim_file(tmp_path)}",
        *ANSWERS,
    ]
    before = {path: path.read_bytes() for path in work.rglob("*.sh")}
    _, answer = patcher.patch_json(*options, ".", cwd=work)
    for finding in patcher.findings_of(answer):
        assert finding["id"] in REASONS | {"unused-answer"}, finding
    patcher.patch("--write", *options, ".", cwd=work)
    edits = {work / file["path"]: file["edits"] for file in patcher.files_of(answer)}
    changed = 0
    for path, data in before.items():
        after = path.read_bytes()
        assert after == patcher.apply_edits(data, edits.get(path, [])), path
        assert is_script(after) == is_script(data), path
        changed += after != data
    assert changed >= 3
    again = patcher.patch(*options, "--diff", ".", cwd=work)
    assert again.stdout == b""
    done = patcher.patch("--remove", "--only=userdata", "--write", ".", cwd=work)
    assert done.returncode in (0, 3)
    assert [str(path) for path, data in before.items() if path.read_bytes() != data] == []
