"""A machine that boots: a script is run in a mount namespace, and what it calls is written down, not done."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from pathlib import Path

SHIM = "appsig-exec"
# Switches of the user, whose argument is the changed text.
SWITCHES = ("su ", "sudo -u ", "docker run")

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
mkdir -p /opt/{shop,stock,mail,pay,orders,parcels} /srv/coupons /home/ubuntu/coupons
mkdir -p /home/ec2-user/quotes/.local/bin
export HOME=/home/ec2-user/quotes
ln -s "$STUBS/gunicorn" "$HOME/.local/bin/gunicorn"
PATH=$STUBS:/usr/bin:/bin bash "$SCRIPT" </dev/null >"$LOG.out" 2>&1 || true
sleep 0.05
cat /opt/aws/amazon-cloudwatch-agent/etc/*.json >"$LOG.config" 2>/dev/null || true
"""


RIGHTS = ["--mount"] if os.geteuid() == 0 else ["--map-root-user", "--mount"]


def can_boot():
    """Whether this machine gives a mount namespace."""
    if shutil.which("unshare") is None:
        return False
    return subprocess.run(["unshare", *RIGHTS, "true"], check=False).returncode == 0


class Machine:
    """One folder, any number of boots."""

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
        """(calls in their order, the log); the start may come a little later than the script's end.

        `starts`: how the call begins that starts the app; `fail_at`: which call is to fail, from 1.
        Beside the log lie `LOG.out`, what the script said, and `LOG.config`, the agent's configuration.
        """
        self.runs += 1
        log = self.folder / f"log{self.runs}"
        log.touch()
        with_shim = self.folder / "stubs" / "appsig-exec"
        with_shim.unlink(missing_ok=True)
        if shim:
            with_shim.symlink_to("stub")
        file = self.folder / f"script{self.runs}.sh"
        file.write_text(script)
        environment = {
            "MACHINE": str(self.folder),
            "STUBS": "/mnt/machine/stubs",
            "LOG": f"/mnt/machine/{log.name}",
            "SCRIPT": f"/mnt/machine/{file.name}",
            "FAIL_AT": str(fail_at),
            "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
        }
        done = subprocess.run(
            ["unshare", *RIGHTS, "bash", "-euc", ROOT],
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


def strict(script):
    """The script, which ends where a command fails or a variable is not set."""
    first, rest = script.split("\n", 1)
    return f"{first}\nset -euo pipefail\n{rest}"


def index_of(calls, *parts):
    return next(i for i, call in enumerate(calls) if all(part in call for part in parts))


def told(log):
    return Path(f"{log}.out").read_text()


def runs_instrumented(machine, before, after, start):
    """The agent is there before the app's packages, its configuration is JSON, the app starts by the shim.

    `before` and `after` are the script as a machine gets it; `start` is how the app's start is called.
    """
    plain, _ = machine.boot(before, start)
    calls, log = machine.boot(after, start, shim=True)
    assert any(call.startswith(start) for call in plain), plain
    assert any(call.startswith(start) for call in calls), (calls, told(log))
    left = iter(calls)
    kept = [call for call in plain if not call.startswith(SWITCHES)]
    assert all(call in left for call in kept), "nothing of the app is lost"
    at = next(i for i, call in enumerate(calls) if call.startswith(start))
    if start.startswith("docker run"):
        assert "--network host" in calls[at]
        assert "SERVICE_NAME=" in calls[at]
    else:
        assert "aws-opentelemetry-distro" in " ".join(calls[:at])
        assert any(call.startswith(SHIM) for call in calls[: at + 1])
    packages = [i for i, call in enumerate(calls) if "install -r" in call or "install --user -r" in call]
    assert index_of(calls, "amazon-cloudwatch-agent") < min(packages, default=at)
    assert index_of(calls, "amazon-cloudwatch-agent-ctl", "fetch-config") < at
    config = json.loads(Path(f"{log}.config").read_text())
    assert "application_signals" in config["traces"]["traces_collected"]
    assert "application_signals" in config["logs"]["metrics_collected"]


def starts_whatever_fails(machine, before, after, start):
    """Without appsig-exec, and with each inserted command failing in its turn: the app starts."""
    own, _ = machine.boot(before, start)
    calls, _ = machine.boot(after, start)
    inserted = []
    for number, call in enumerate(calls, 1):
        if call in own:
            own.remove(call)
        elif not call.startswith(SWITCHES):
            inserted.append(number)
    assert len(inserted) >= 3, calls
    for number in inserted:
        failed, log = machine.boot(after, start, fail_at=number)
        assert any(call.startswith(start) for call in failed), (calls[number - 1], told(log))
