"""Real apps from the start of their process to the first answer, and from SIGTERM to their end."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import statistics
import subprocess
import time

from tests.support.program import PYTHON_PARTS, TOP, clean, exec_binary, free_port, kill_group

from .receivers import agent
from .table import Line

APPS = {
    "Flask": (["flask", "--app", "flask_app", "run", "--port", "{port}"], "."),
    "FastAPI": (["uvicorn", "fastapi_app:app", "--port", "{port}"], "."),
    "Django": (["python", "manage.py", "runserver", "--noreload", "127.0.0.1:{port}"], "django_project"),
    "gunicorn": (["gunicorn", "-b", "127.0.0.1:{port}", "-w", "2", "flask_app:app"], "."),
}
WAYS = {
    "opentelemetry-instrument": [f"{PYTHON_PARTS}/opentelemetry-instrument"],
    "appsig-exec": [exec_binary(), "--"],
    "appsig-exec --launch=direct": [exec_binary(), "--launch=direct", "--"],
    "appsig-exec --instrument=used": [exec_binary(), "--launch=direct", "--instrument=used", "--"],
}
THEIRS, DEFAULT, *OPT_INS = WAYS
GIVE_UP = 120  # seconds


def guide(up):
    """What the guide sets around opentelemetry-instrument; appsig-exec finds the same by itself."""
    agent, sampler = up["APPSIG_AGENT_ENDPOINT"], up["APPSIG_SAMPLER_ENDPOINT"]
    return {
        "OTEL_METRICS_EXPORTER": "none",
        "OTEL_LOGS_EXPORTER": "none",
        "OTEL_AWS_APPLICATION_SIGNALS_ENABLED": "true",
        "OTEL_PYTHON_DISTRO": "aws_distro",
        "OTEL_PYTHON_CONFIGURATOR": "aws_configurator",
        "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf",
        "OTEL_TRACES_SAMPLER": "xray",
        "OTEL_TRACES_SAMPLER_ARG": f"endpoint={sampler}",
        "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": f"{agent}/v1/traces",
        "OTEL_AWS_APPLICATION_SIGNALS_EXPORTER_ENDPOINT": f"{agent}/v1/metrics",
        "OTEL_RESOURCE_ATTRIBUTES": "service.name=bench",
    }


@contextlib.contextmanager
def started(name, way, environment):
    """The process in a session of its own, and its port."""
    words, folder = APPS[name]
    port = free_port()
    command = [*way, *(word.format(port=port) for word in words)]
    process = subprocess.Popen(
        command,
        env=environment,
        cwd=TOP / "tests" / "support" / "apps" / folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield process, port
    finally:
        kill_group(process)


def answers(port):
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1) as connection:
        connection.settimeout(30)
        connection.sendall(b"GET /ok HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        return connection.recv(64).split(b" ", 2)[1:2] == [b"200"]
    return False


def until_served(process, port):
    end = time.monotonic() + GIVE_UP
    while not answers(port):
        if process.poll() is not None or time.monotonic() > end:
            raise RuntimeError(f"{process.args!r}: serves nothing")
        time.sleep(0.002)


def seconds_to_serve(name, way, environment):
    began = time.perf_counter()
    with started(name, way, environment) as (process, port):
        until_served(process, port)
        return time.perf_counter() - began


def race(up, rounds, apps):
    """{app: {way: seconds of each round}}, the ways in turns."""
    environment = clean(guide(up), up)
    times = {name: {way: [] for way in WAYS} for name in apps}
    for _ in range(rounds):
        for name in apps:
            for way, words in WAYS.items():
                times[name][way].append(seconds_to_serve(name, words, environment))
    return times


def ratio(ways, way):
    """The median, divided by that of opentelemetry-instrument."""
    return statistics.median(ways[way]) / statistics.median(ways[THEIRS])


def measure(effort):
    with agent() as up:
        times = race(up, effort.starts, effort.apps)
    lines = []
    for name, ways in times.items():
        for way, each in ways.items():
            middle, least = statistics.median(each) * 1000, min(each) * 1000
            best = min(statistics.median(ways[one]) for one in OPT_INS) * 1000 / middle
            lines.append(Line(f"{name}, first answer", way, middle, "ms", least, best))

    def over_apps(way):
        return statistics.median(ratio(ways, way) for ways in times.values())

    return lines, {
        "start_vs_otel_instrument": min(over_apps(way) for way in OPT_INS),
        "default_start_vs_otel_instrument": over_apps(DEFAULT),
    }


def measure_stop(effort):
    """A gunicorn that has served is sent SIGTERM while nothing answers where the agent should be."""
    dead = [f"http://127.0.0.1:{free_port()}" for _ in range(2)]
    ends = {"APPSIG_AGENT_ENDPOINT": dead[0], "APPSIG_SAMPLER_ENDPOINT": dead[1]}
    environment = clean({"OTEL_SERVICE_NAME": "bench"}, ends)
    with started("gunicorn", WAYS[DEFAULT], environment) as (process, port):
        until_served(process, port)
        began = time.perf_counter()
        os.kill(process.pid, signal.SIGTERM)
        process.wait(timeout=GIVE_UP)
        took = time.perf_counter() - began
    return [Line("no agent, TERM to end", "gunicorn", took, "s")], {"stop_without_agent_s": took}
