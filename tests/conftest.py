"""Fixtures for every Python test."""

import os

import pytest

from tests.support import boot, program
from tests.support.receiver import Receiver
from tests.support.sampling import SamplingProxy


@pytest.fixture(scope="session")
def exec_binary():
    """The appsig-exec to test."""
    binary = program.exec_binary()
    if not os.access(binary, os.X_OK):
        pytest.fail(f"{binary!r}: not built, `make` builds it")
    return binary


@pytest.fixture
def receiver():
    with Receiver() as running:
        yield running


@pytest.fixture
def sampling():
    with SamplingProxy() as running:
        yield running


@pytest.fixture(scope="session")
def need():
    """need(thing, what): goes on where the thing is there; fails in CI, skips elsewhere, where it is not."""

    def check(thing, what):
        if thing:
            return thing
        if os.environ.get("CI") == "true":
            pytest.fail(f"missing: {what}")
        pytest.skip(f"MISSING: {what}")

    return check


@pytest.fixture
def machine(need, tmp_path):
    """A machine for boot scripts."""
    need(boot.can_boot(), "a mount namespace, to run boot scripts in")
    return boot.Machine(tmp_path)
