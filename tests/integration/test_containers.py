"""docker-compose.test.yml as its users run it; what it asserts is in tests/containers/check_services.py."""

import itertools
import os
import re
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.containers import engine
from tests.containers.check_services import CONTRAST, FRAMEWORKS, NETWORKS, PORTS, USERS
from tests.support.program import port_answers

FILE = engine.TOP / "docker-compose.test.yml"
UP_SECONDS = 400
# three tests for each service, and the contrast
CHECKS = 3 * len(PORTS) + 1


@pytest.fixture(scope="module", autouse=True)
def docker_engine(request):
    engine.Start.once(request.config)


def compose_words(version):
    """The command of one of the two compose programs; installed or built where it is missing."""
    made = subprocess.run([engine.HERE / "compose.sh", version], capture_output=True, text=True, check=False)
    if made.returncode:
        engine.missing(f"compose {version}: {made.stderr.strip()}")
    return [engine.client(), "compose"] if version == "v2" else ["docker-compose"]


def compose(version, *words, timeout=60, **variables):
    """Runs a compose program on the file; its result."""
    path = f"{Path(engine.client()).parent}:{os.environ['PATH']}"
    client = engine.TOP / "build/docker/client"
    callers = {name: value for name, value in os.environ.items() if name not in engine.ARGUMENTS}
    environment = {**callers, "PATH": path, "DOCKER_CONFIG": str(client), **engine.BUILDKIT, **variables}
    return subprocess.run(
        [*compose_words(version), "-p", engine.LABEL, "-f", FILE, *words],
        capture_output=True,
        text=True,
        errors="replace",
        timeout=timeout,
        env=environment,
        check=False,
    )


@pytest.fixture
def agents_ports():
    """The ports that the receiver takes on the host's network."""
    taken = "port 4316 or 2000 of this machine is taken: the receiver needs both"
    engine.wait_until(lambda: not any(map(port_answers, (4316, 2000))), 60, lambda: taken)


@pytest.mark.timeout(900)  # the first test that wants compose v2 builds it
def test_every_service_reports_every_request(agents_ports):
    variables = engine.build_arguments()
    try:
        up = compose("v2", "up", "--build", "--exit-code-from", "tests", timeout=UP_SECONDS, **variables)
    finally:
        down = compose("v2", "down", "-v", "--remove-orphans", timeout=120, **variables)
    output = up.stdout + up.stderr
    checks = [line for line in output.splitlines() if line.startswith("tests-1")]
    said = [line for line in output.splitlines() if "appsig:" in line]
    assert up.returncode == 0, "\n".join(checks + said) or output
    assert re.search(rf"\b{CHECKS} passed in", output), "\n".join(checks)
    assert down.returncode == 0, down.stderr


@pytest.mark.parametrize("version", ["v1", "v2"])
def test_both_compose_programs_read_the_file(version):
    result = compose(version, "config")
    assert result.returncode == 0, result.stderr
    services = yaml.safe_load(result.stdout)["services"]
    assert set(services) == {*PORTS, CONTRAST, "receiver", "sampling", "tests"}
    for framework, network, user in itertools.product(FRAMEWORKS, NETWORKS, USERS):
        service = services[f"{framework}-{network}-{user}"]
        assert service["read_only"] is True
        assert service.get("network_mode") == ("host" if network == "host" else None)
        assert service.get("user") == ("12345:12345" if user == "nameless" else None)
        assert service["build"]["target"] == "service"
        assert service["build"]["args"] == {
            "BASE_IMAGE": "python:3-slim",
            "BUILD_IMAGE": "debian:bookworm",
            "SHIM": "shim-built",
        }


@pytest.mark.minutes
def test_the_launcher_is_built_where_there_is_only_docker():
    image = engine.built_image("service", "shim-built")
    result = engine.run(image, "sh", "-c", "exit 7", options=("--network", "none"))
    assert result.returncode == 7, result.stderr
    version = engine.run(image, "--version", options=("--entrypoint", "appsig-exec"))
    assert (engine.TOP / "VERSION").read_text().strip() in version.stdout.splitlines()[0]
