"""Fixtures for the tests with real servers."""

import pytest

from tests.support.program import free_port


@pytest.fixture
def port():
    return free_port()
