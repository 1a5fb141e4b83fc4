"""Starts the apps of tests/support/apps under appsig-exec, and asks them things."""

from __future__ import annotations

import time
import urllib.error
import urllib.request

from .program import TOP, Program, clean, exec_binary

APPS = TOP / "tests" / "support" / "apps"

# Metrics leave three times a second instead of every minute; spans ten times instead of every five seconds.
QUICK = {"OTEL_METRIC_EXPORT_INTERVAL": "300", "OTEL_BSP_SCHEDULE_DELAY": "100"}


def launch(command, *options, binary=None):
    """`appsig-exec OPTIONS -- COMMAND` as a list."""
    return [binary or exec_binary(), *options, "--", *command]


def endpoints(receiver, proxy=None):
    """The options that make the agent of FACTS.md out of a receiver and a sampling stand-in."""
    options = [f"--agent-endpoint={receiver.url}"]
    if proxy:
        options.append(f"--sampler-endpoint={proxy.url}")
    return options


def start(command, options, port=None, cwd=APPS, binary=None, **variables):
    """The running program; with a port, once that answers."""
    program = Program(launch(command, *options, binary=binary), clean(QUICK, **variables), cwd)
    if port is None:
        return program
    try:
        return program.wait_port(port)
    except BaseException:
        program.kill()
        raise


def get(url, timeout=30):
    """The status and the body of a GET, whatever the status."""
    try:
        with urllib.request.urlopen(url, timeout=timeout) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()


def get_when_up(url, timeout=60):
    """get(), again and again while nobody listens."""
    end = time.monotonic() + timeout
    while True:
        try:
            return get(url)
        except (urllib.error.URLError, ConnectionError):
            if time.monotonic() > end:
                raise
            time.sleep(0.1)
