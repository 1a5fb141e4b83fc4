"""The tree of a host for appsig-setup: os-release, package managers, systemctl, an app's environment.

The programs in it are small scripts for a static shell, run by appsig-setup inside the tree (chroot).
Each adds its words to /calls, and does to the tree what the real one does as far as it matters here. /fault
holds what is to happen and a piece of the command at which it does: "exit" fails, each time; "INT" and "KILL"
are signals for appsig-setup, once.
"""

from __future__ import annotations

import json
import os
import shutil
import stat
from pathlib import Path

from .program import TOP, clean, run

AGENT = "opt/aws/amazon-cloudwatch-agent"
CONFIG = f"{AGENT}/etc/amazon-cloudwatch-agent.json"
FETCHED = f"{AGENT}/etc/amazon-cloudwatch-agent.d/file_amazon-cloudwatch-agent.json"
UNIT = "etc/systemd/system/shop.service"
DROP_IN = "etc/systemd/system/shop.service.d/90-appsig.conf"
VENV = "opt/shop/venv"

# What tests compare leaves these out: the record of the calls, and what systemd knows.
RECORDS = ("calls", "fault", "state", "proc")

HEAD = r"""#!/bin/sh
called="${0##*/} $*"
echo "$called" >>/calls
[ ! -f /fault ] || read -r fault piece </fault
if [ "$fault" ] && [ "${called#*"$piece"}" != "$called" ]; then
    if [ "$fault" != exit ]; then
        rm /fault
        kill "-$fault" "$PPID"
        [ "$fault" = KILL ] || sleep 60
    fi
    echo "no luck with $1" >&2
    exit 9
fi
"""

INSTALL = r"""
home=/opt/aws/amazon-cloudwatch-agent
agent_in() {
    mkdir -p $home/bin $home/etc/amazon-cloudwatch-agent.d
    cp /usr/share/agent-ctl $home/bin/amazon-cloudwatch-agent-ctl
}
agent_out() {
    [ -e $home/bin ] || exit 1
    rm -rf $home/bin /state/*-amazon-cloudwatch-agent.service
}
case "$*" in
*install* | -i* | -U*) agent_in ;;
-e* | -P* | *remove*) agent_out ;;
esac
"""

# As the agent's own: the file goes to the folder of those that were fetched, which holds only it.
CTL = r"""
cd /opt/aws/amazon-cloudwatch-agent/etc
mkdir -p amazon-cloudwatch-agent.d
case "$*" in
*fetch-config*)
    cp amazon-cloudwatch-agent.json /taken
    rm -f amazon-cloudwatch-agent.d/* amazon-cloudwatch-agent.json
    mv /taken amazon-cloudwatch-agent.d/file_amazon-cloudwatch-agent.json
    ;;
*append-config*)
    cp amazon-cloudwatch-agent.json amazon-cloudwatch-agent.d/file_amazon-cloudwatch-agent.json
    ;;
esac
echo made >amazon-cloudwatch-agent.toml
: >/state/active-amazon-cloudwatch-agent.service
: >/state/enabled-amazon-cloudwatch-agent.service
"""

SYSTEMCTL = r"""
verb=$1
now=
while [ $# -gt 1 ]; do
    [ "$1" != --now ] || now=1
    shift
done
case $verb in
is-active) [ -f "/state/active-$1" ] ;;
is-enabled) [ -f "/state/enabled-$1" ] ;;
start | restart) : >"/state/active-$1" ;;
stop) rm -f "/state/active-$1" ;;
enable)
    : >"/state/enabled-$1"
    [ -z "$now" ] || : >"/state/active-$1"
    ;;
disable)
    rm -f "/state/enabled-$1"
    [ -z "$now" ] || rm -f "/state/active-$1"
    ;;
esac
"""

PYTHON = r"""
site=/opt/shop/venv/lib/python3.11/site-packages
case "$*" in
*--dry-run*) cat /usr/share/pip-report.json ;;
*uninstall*) rm -rf $site/aws_opentelemetry_distro-*.dist-info $site/amazon/opentelemetry/distro ;;
*install*) mkdir -p $site/aws_opentelemetry_distro-0.21.0.dist-info $site/amazon/opentelemetry/distro ;;
esac
"""

RELEASES = {
    "al2023": 'ID="amzn"\nID_LIKE="fedora"\nVERSION_ID="2023"\nPRETTY_NAME="Amazon Linux 2023"\n',
    "al2": 'ID="amzn"\nID_LIKE="centos rhel fedora"\nVERSION_ID="2"\nPRETTY_NAME="Amazon Linux 2"\n',
    "ubuntu": 'ID=ubuntu\nID_LIKE=debian\nVERSION_ID="22.04"\nPRETTY_NAME="Ubuntu 22.04.4 LTS"\n',
    "debian": 'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n',
    "rhel": 'ID="rhel"\nID_LIKE="fedora"\nVERSION_ID="9.3"\nPRETTY_NAME="Red Hat Enterprise Linux 9.3"\n',
    "centos": 'ID="centos"\nID_LIKE="rhel fedora"\nVERSION_ID="9"\nPRETTY_NAME="CentOS Stream 9"\n',
    "fedora": 'ID=fedora\nVERSION_ID=39\nPRETTY_NAME="Fedora Linux 39"\n',
    "suse": 'ID="sles"\nID_LIKE="suse"\nVERSION_ID="15.5"\nPRETTY_NAME="SLES 15 SP5"\n',
    "alpine": 'ID=alpine\nVERSION_ID=3.19.0\nPRETTY_NAME="Alpine Linux v3.19"\n',
}

SHOP_UNIT = """[Unit]
Description=The shop

[Service]
User=root
WorkingDirectory=/opt/shop
EnvironmentFile=/etc/shop.env
ExecStart=/opt/shop/venv/bin/uvicorn main:app --port 8000

[Install]
WantedBy=multi-user.target
"""


def report(**versions):
    return json.dumps(
        {
            "version": "1",
            "install": [
                {"metadata": {"name": name.replace("_", "-"), "version": version}}
                for name, version in versions.items()
            ],
        }
    )


class Tree:
    def __init__(self, root, system="al2023", booted=True):
        self.root = Path(root)
        self.write("etc/os-release", RELEASES[system])
        self.write("etc/passwd", "root:x:0:0:root:/root:/bin/sh\nshop:x:1234:1234::/opt/shop:/bin/sh\n")
        self.folder("tmp", "dev", "state", "etc/systemd/system", "var/lib")
        self.write("dev/null", "")
        self.folder("bin")
        shutil.copy(shutil.which("busybox"), self.root / "bin/busybox")
        for name in ("sh", "mkdir", "rm", "mv", "cp", "cat", "sleep"):
            (self.root / "bin" / name).symlink_to("busybox")
        for name in ("dnf", "yum", "rpm", "dpkg", "zypper"):
            self.program(f"usr/bin/{name}", INSTALL)
        self.program("usr/bin/systemctl", SYSTEMCTL)
        self.program("usr/share/agent-ctl", CTL)
        if booted:
            self.folder("run/systemd/system")

    def folder(self, *paths):
        for path in paths:
            (self.root / path).mkdir(parents=True, exist_ok=True)

    def write(self, path, text, mode=0o644):
        place = self.root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")
        place.chmod(mode)
        return place

    def read(self, path):
        return (self.root / path).read_text(encoding="utf-8")

    def has(self, path):
        return (self.root / path).exists()

    def program(self, path, body):
        return self.write(path, HEAD + body, 0o755)

    def with_app(self, unit=SHOP_UNIT, packages=("fastapi-0.110.0",)):
        self.write(f"{VENV}/pyvenv.cfg", "home = /usr/bin\n")
        self.program(f"{VENV}/bin/python", PYTHON)
        for package in packages:
            self.folder(f"{VENV}/lib/python3.11/site-packages/{package}.dist-info")
        self.folder(f"{VENV}/lib/python3.11/site-packages")
        self.write("usr/share/pip-report.json", report(aws_opentelemetry_distro="0.21.0", protobuf="6.33.5"))
        self.write("etc/shop.env", "SECRET=1\n")
        if unit:
            self.write(UNIT, unit)
            self.write("state/active-shop.service", "")
        return self

    def with_agent(self, config=None):
        self.program(f"{AGENT}/bin/amazon-cloudwatch-agent-ctl", CTL)
        self.folder(f"{AGENT}/etc/amazon-cloudwatch-agent.d")
        if config is not None:
            self.write(CONFIG, config if isinstance(config, str) else json.dumps(config, indent=4))
        return self

    def calls(self):
        return self.read("calls").splitlines() if self.has("calls") else []

    def changing_calls(self):
        return [call for call in self.calls() if " is-" not in call and "--dry-run" not in call]

    def forget(self, *names):
        for name in names or ("calls",):
            (self.root / name).unlink(missing_ok=True)

    def snapshot(self):
        """Every path with its kind, mode, owner and bytes."""
        found = {}
        for folder, folders, files in os.walk(self.root):
            for name in [*folders, *files]:
                path = Path(folder, name)
                inside = str(path.relative_to(self.root))
                if inside.split("/")[0] in RECORDS:
                    continue
                status = path.lstat()
                content = path.read_bytes() if stat.S_ISREG(status.st_mode) else b""
                found[inside] = (status.st_mode, status.st_uid, status.st_gid, content)
        return found

    def states(self):
        return sorted(path.name for path in (self.root / "state").iterdir())


def binary():
    return str(Path(os.environ.get("TEST_PROGRAMS") or TOP / "build") / "appsig-setup")


def setup(*words, root=None, environment=None, **popen):
    command = [binary(), *(["--root", str(root.root)] if root else []), *words]
    return run(command, environment or clean(), **popen)
