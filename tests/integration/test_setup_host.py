"""appsig-setup on a host with a real systemd: an app before and after, its telemetry, and every byte back."""

import json
import re

import pytest

from tests.containers import engine

SYSTEMD = (
    "--cap-add",
    "SYS_ADMIN",
    "--cap-add",
    "SYS_PTRACE",
    "--security-opt",
    "seccomp=unconfined",
    "-v",
    "/sys/fs/cgroup:/sys/fs/cgroup:rw",
)
MEMORY = tuple(word for place in ("/run", "/run/lock", "/tmp") for word in ("--tmpfs", place))
PROGRAMS = engine.SHIM.parent
UNIT = "shop.service"
BACKEND = (
    "backend",
    "--unit",
    UNIT,
    "--service-name",
    "shop",
    "--mode",
    "onPremise",
    "--agent-package",
    "/agent.deb",
)
# Everything but what the package manager and systemd keep of themselves.
SNAPSHOT = """
import hashlib, json, os
found = {}
for top in ("/etc", "/opt", "/usr/local", "/usr/lib/systemd", "/var/lib", "/var/spool"):
    for folder, folders, files in os.walk(top):
        folders[:] = [name for name in folders if os.path.join(folder, name) not in
                      ("/var/lib/dpkg", "/var/lib/systemd", "/var/lib/apt")]
        for name in folders + files:
            path = os.path.join(folder, name)
            status = os.lstat(path)
            digest = os.readlink(path) if os.path.islink(path) else ""
            if os.path.isfile(path) and not digest:
                digest = hashlib.sha256(open(path, "rb").read()).hexdigest()
            found[path] = [status.st_mode, status.st_uid, status.st_gid, digest]
print(json.dumps(found))
"""
CALL = "import urllib.request as r; print(r.urlopen('http://127.0.0.1:8000/items/1').status)"


class Host(engine.Container):
    """A container in which systemd runs."""

    def __init__(self, image):
        mounts = [
            word
            for name in ("appsig-setup", "appsig-exec")
            for word in ("-v", f"{PROGRAMS / name}:/usr/sbin/{name}:ro")
        ]
        super().__init__(image, options=[*SYSTEMD, *MEMORY, *mounts])

    def run(self, *words, check=True, timeout=300):
        return engine.docker("exec", self.id, *words, check=check, timeout=timeout)

    def setup(self, *words, check=True):
        return self.run("appsig-setup", *words, check=check)

    def snapshot(self):
        return json.loads(self.run("python3", "-c", SNAPSHOT).stdout)

    def active(self, unit):
        return self.run("systemctl", "is-active", unit, check=False).stdout.strip()

    def wait_for_app(self):
        engine.wait_until(
            lambda: self.run("python3", "-c", CALL, check=False).stdout.strip() == "200",
            40,
            lambda: self.run("journalctl", "-u", UNIT, "-n", "40", check=False).stdout,
        )

    def instrumented(self):
        pid = self.run("systemctl", "show", "--property=MainPID", "--value", UNIT).stdout.strip()
        return "OTEL_AWS_APPLICATION_SIGNALS_ENABLED" in self.run("cat", f"/proc/{pid}/environ").stdout


@pytest.fixture(scope="module", autouse=True)
def docker_engine(request):
    engine.Start.once(request.config)


@pytest.fixture(scope="module")
def booted():
    """One host for all, as each test has to leave every byte as it was."""
    with Host(engine.built_image("host")) as host:
        engine.wait_until(
            lambda: (
                host.run("systemctl", "is-system-running", check=False).stdout.strip()
                in ("running", "degraded")
            ),
            60,
            host.logs,
        )
        host.wait_for_app()
        yield host


@pytest.fixture
def host(booted):
    yield booted
    # what a test that failed left would fail the next
    booted.setup("undo", check=False)


def test_an_app_before_and_after_and_every_byte_back(host):
    before = host.snapshot()
    assert not host.instrumented()
    done = host.setup(*BACKEND, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "shop.service: ProtectSystem=strict" in done.stdout
    assert host.active("amazon-cloudwatch-agent") == host.active(UNIT) == "active"
    host.wait_for_app()
    assert host.instrumented()
    found = host.setup(
        "verify", "--json", "--mode", "onPremise", "--url", "http://127.0.0.1:8000/items/1", check=False
    )
    checks = {check["id"]: check for check in json.loads(found.stdout)["checks"]}
    assert found.returncode == 0, found.stdout
    assert {checks[name]["state"] for name in checks} == {"good", "left out"}
    assert checks["app-spans"]["state"] == checks["span"]["state"] == checks["wrapped"]["state"] == "good"
    engine.wait_until(
        lambda: re.search(r"GET /items/\{item\}", host.run("cat", "/run/agent-received").stdout),
        30,
        lambda: host.run("cat", "/run/agent-received").stdout[-2000:],
    )
    received = host.run("cat", "/run/agent-received").stdout
    assert re.search(r"service\.name: Str\(shop\)", received)
    assert re.search(r"service\.name: Str\(appsig-setup-verify\)", received)
    assert "nothing to do" in host.setup(*BACKEND).stdout
    host.setup("undo")
    assert host.snapshot() == before
    assert host.active(UNIT) == "active"
    assert host.active("amazon-cloudwatch-agent") == "inactive"
    host.wait_for_app()
    assert not host.instrumented()


def test_what_fails_on_the_way_is_taken_back(host):
    before = host.snapshot()
    failed = host.setup(*BACKEND, "--adot", "aws-opentelemetry-distro==99", check=False)
    assert failed.returncode == 3
    assert "No matching distribution" in failed.stderr
    assert host.snapshot() == before


@pytest.mark.parametrize("role", ["agent", "frontend", "database"])
def test_the_other_roles(host, role):
    before = host.snapshot()
    done = host.setup(role, "--mode", "onPremise", "--agent-package", "/agent.deb", check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    config = (
        "/opt/aws/amazon-cloudwatch-agent/etc/amazon-cloudwatch-agent.d/file_amazon-cloudwatch-agent.json"
    )
    metrics = json.loads(host.run("cat", config).stdout)["metrics"]["metrics_collected"]
    assert set(metrics) == {"cpu", "disk", "mem"}
    host.setup("undo")
    assert host.snapshot() == before
