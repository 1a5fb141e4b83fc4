"""The Docker engine for tests: found or started, images made, containers run, all removed at the end."""

import contextlib
import functools
import ipaddress
import json
import os
import re
import shutil
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parents[2]
HERE = TOP / "tests/containers"
BASE_IMAGE = "appsig-test/base"
LABEL = "appsig-test"
# what may be left over: how all of it is listed, and removed
KINDS = (("container", ["-a"], ["rm", "-fv"]), ("network", [], ["rm"]), ("volume", [], ["rm"]))
BUILDKIT = {"DOCKER_BUILDKIT": "1", "COMPOSE_DOCKER_CLI_BUILD": "1"}
# of tests/containers/Dockerfile, and variables of docker-compose.test.yml
ARGUMENTS = ("BASE_IMAGE", "BUILD_IMAGE", "SHIM")
SHIM = Path(os.environ.get("TEST_PROGRAMS", TOP / "build")) / "appsig-exec"


def missing(reason):
    """A part that is not there: a failure in CI, a loud skip elsewhere."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason, pytrace=False)
    print(f"\nSKIPPED, NOTHING WAS TESTED: {reason}", flush=True)
    pytest.skip(reason)


@functools.cache
def client():
    found = subprocess.run([HERE / "dockerd.sh", "client"], capture_output=True, text=True, check=False)
    return found.stdout.strip() or "docker"


def docker(*words, check=True, timeout=120, **more):
    """Runs the client; the result has text in `stdout` and `stderr`."""
    result = subprocess.run(
        [client(), *map(str, words)],
        capture_output=True,
        text=True,
        errors="replace",
        timeout=timeout,
        env={**os.environ, **BUILDKIT},
        check=False,
        **more,
    )
    if check and result.returncode:
        raise AssertionError(
            f"docker {' '.join(map(str, words))}: {result.returncode}\n{result.stderr}{result.stdout}"
        )
    return result


def remove_leftovers():
    """Removes every container, network, volume and image of these tests, but for the cached base."""
    for label in (LABEL, f"com.docker.compose.project={LABEL}"):
        for kind, all_of_them, remove in KINDS:
            found = docker(kind, "ls", "-q", *all_of_them, "--filter", f"label={label}").stdout.split()
            if found:
                docker(kind, *remove, *found)
    images = set(docker("image", "ls", "--format", "{{.Repository}}", f"{LABEL}/*").stdout.split())
    if images - {BASE_IMAGE}:
        docker("image", "rm", "-f", *sorted(images - {BASE_IMAGE}))
    docker("image", "prune", "-f", "--filter", f"label={LABEL}", timeout=300)


class Start:
    """Starts the engine at the first use in a session and undoes everything at the session's end."""

    failure = None
    done = False

    @classmethod
    def once(cls, config):
        if not cls.done:
            cls.done = True
            started = subprocess.run(
                [HERE / "dockerd.sh", "start"], capture_output=True, text=True, check=False
            )
            if started.returncode:
                cls.failure = f"no Docker engine: {started.stderr.strip()}"
            else:
                config.add_cleanup(cls.undo)
                remove_leftovers()
        if cls.failure:
            missing(cls.failure)

    @staticmethod
    def undo():
        remove_leftovers()
        subprocess.run([HERE / "dockerd.sh", "stop"], check=True)


@functools.cache
def base_image():
    """The image that the others start from, made here as no registry may be reached."""
    made = subprocess.run([HERE / "base.sh", BASE_IMAGE], capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stderr
    return BASE_IMAGE


def build_arguments(shim="shim-prebuilt"):
    """The values of ARGUMENTS that need no registry."""
    assert shim != "shim-prebuilt" or SHIM.is_file(), f"{SHIM} is missing: run `make`"
    return dict(zip(ARGUMENTS, (base_image(), base_image(), shim)))


@functools.cache
def built_image(target, shim="shim-prebuilt"):
    """The image of one stage of tests/containers/Dockerfile."""
    name = f"appsig-test/{target}" if shim == "shim-prebuilt" else f"appsig-test/{target}-{shim}"
    pairs = (f"{key}={value}" for key, value in build_arguments(shim).items())
    words = [word for pair in pairs for word in ("--build-arg", pair)]
    docker("build", "-f", HERE / "Dockerfile", "--target", target, "-t", name, *words, TOP, timeout=900)
    return name


@contextlib.contextmanager
def imported_image(name, files, *changes):
    """An image of nothing but `files` ({path inside: path here}); `changes` are Dockerfile instructions."""
    folder = TOP / "build/docker" / name.replace("/", "-")
    shutil.rmtree(folder, ignore_errors=True)
    for inside, outside in files.items():
        target = folder / inside.lstrip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(outside, target)
    words = [word for change in changes for word in ("--change", change)]
    with subprocess.Popen(["tar", "-C", folder, "-c", "."], stdout=subprocess.PIPE) as packed:
        docker("import", *words, "-", name, stdin=packed.stdout)
    shutil.rmtree(folder)
    try:
        yield name
    finally:
        docker("image", "rm", "-f", name)


class Container:
    """A running container; removed with its `with` block."""

    def __init__(self, image, *command, options=()):
        self.words = ["run", "-d", "--label", LABEL, *options, image, *command]
        self.id = None

    def __enter__(self):
        self.id = docker(*self.words).stdout.strip()
        return self

    def __exit__(self, *_exception):
        docker("rm", "-fv", self.id)

    def state(self):
        return json.loads(docker("inspect", self.id).stdout)[0]["State"]

    def address(self):
        """The container's address on its (only) bridge network."""
        networks = json.loads(docker("inspect", self.id).stdout)[0]["NetworkSettings"]["Networks"]
        return next(iter(networks.values()))["IPAddress"]

    def logs(self):
        """What it has written to standard error and standard output."""
        result = docker("logs", self.id)
        return result.stderr + result.stdout

    def wait_for_log(self, pattern, seconds=30):
        """The match of the first line that has `pattern`."""
        return wait_until(
            lambda: re.search(pattern, self.logs()), seconds, lambda: f'no "{pattern}"\n{self.logs()}'
        )

    def wait_for_answer(self, url, seconds=40):
        wait_until(lambda: answers(url), seconds, lambda: f"{url} does not answer\n{self.logs()}")

    def stop(self):
        """`docker stop`: the seconds that it took and the exit code."""
        began = time.monotonic()
        docker("stop", self.id)
        return time.monotonic() - began, self.state()["ExitCode"]


def wait_until(condition, seconds, complaint):
    """The first true value of `condition`; fails with `complaint()` after `seconds`."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        assert time.monotonic() < deadline, complaint()
        time.sleep(0.1)


def answers(url):
    """Whether `url` answers with any HTTP status below 500."""
    try:
        with urllib.request.urlopen(url, timeout=5):
            return True
    except urllib.error.HTTPError as error:
        return error.code < 500
    except OSError:
        return False


def run(image, *command, options=(), timeout=60):
    """`docker run --rm`: exit code, standard output and standard error."""
    return docker("run", "--rm", "--label", LABEL, *options, image, *command, check=False, timeout=timeout)


@contextlib.contextmanager
def network(*options):
    """A network of its own; yields its name."""
    name = f"appsig-test-{os.getpid()}-{time.monotonic_ns()}"
    docker("network", "create", "--label", LABEL, *options, name)
    try:
        yield name
    finally:
        docker("network", "rm", name)


def gateway(name):
    """The address that this machine has on a bridge network."""
    config = json.loads(docker("network", "inspect", name).stdout)[0]["IPAM"]["Config"][0]
    # a fresh engine's own bridge names its subnet only, and takes the first address of it
    return config.get("Gateway") or str(next(ipaddress.ip_network(config["Subnet"]).hosts()))
