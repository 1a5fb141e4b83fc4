"""gunicorn's HUP and USR2 under load, real ADOT: nothing is lost, each worker initialises once."""

from __future__ import annotations

import signal
import threading
from collections import Counter
from pathlib import Path

import pytest

from tests.support.program import Program, clean
from tests.support.services import APPS, QUICK, endpoints, get, launch

WORKERS = 2
REQUESTS = 20
PROBE = 1  # appsig-exec's own question for sampling rules


class Load:
    """Requests one after the other, from `with` to its end."""

    def __init__(self, url):
        self.url = url
        self.statuses = Counter()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    @property
    def answered(self):
        return self.statuses[200]

    def _run(self):
        while not self._ended.is_set():
            try:
                self.statuses[get(self.url)[0]] += 1
            except OSError as error:
                self.statuses[repr(error)] += 1
            self._ended.wait(0.02)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._ended.set()
        self._thread.join()


def children(pid):
    return {int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()}


def arrived(receiver):
    return sum(receiver.count("Latency", Operation=f"GET {slash}ok") for slash in ("/", ""))


def spans_of_users(receiver):
    return [span for span in receiver.server_spans() if "/users/" in span.name]


def rule_polls(sampling):
    return sampling.polls["GetSamplingRules"]


def check_nothing_is_lost(program, receiver, load):
    """The metrics have every request of the load; the spans are counted on requests after it.

    Until its rules have come a new worker samples by the fallback, which may drop its first spans.
    """
    assert set(load.statuses) == {200}, load.statuses
    for number in range(REQUESTS):
        assert get(f"{program.url}/users/{number}")[0] == 200
    receiver.wait_for(lambda telemetry: arrived(telemetry) >= load.answered)
    assert arrived(receiver) == load.answered
    receiver.wait_for(lambda telemetry: len(spans_of_users(telemetry)) >= REQUESTS)
    assert len(spans_of_users(receiver)) == REQUESTS


@pytest.fixture
def gunicorn(exec_binary, receiver, sampling, port):
    words = f"gunicorn -b 127.0.0.1:{port} -w {WORKERS} flask_app:app".split()
    command = launch(words, "--service-name=reloads", *endpoints(receiver, sampling))
    with Program(command, clean(QUICK), APPS) as program:
        program.url = f"http://127.0.0.1:{port}"
        program.wait_port(port)
        program.wait_until(lambda: rule_polls(sampling) == PROBE + WORKERS, "the first workers asked")
        yield program


def second_master(program):
    """The pid of the master that USR2 starts beside the first, once it has its workers."""
    workers = children(program.pid)
    program.process.send_signal(signal.SIGUSR2)
    (fresh,) = program.wait_until(lambda: children(program.pid) - workers, "a new master was there")
    program.wait_until(lambda: len(children(fresh)) >= WORKERS, "the new master had its workers")
    return fresh


def test_hup_under_load(gunicorn, receiver, sampling):
    before = children(gunicorn.pid)
    with Load(f"{gunicorn.url}/ok") as load:
        gunicorn.wait_until(lambda: load.answered >= 20, "20 requests were answered")
        gunicorn.process.send_signal(signal.SIGHUP)
        gunicorn.wait_until(lambda: not before & children(gunicorn.pid), "the workers were replaced")
        gunicorn.wait_until(lambda: rule_polls(sampling) >= PROBE + 2 * WORKERS, "the new workers asked")
        enough = load.answered + 20
        gunicorn.wait_until(lambda: load.answered >= enough, "20 more were answered")
    check_nothing_is_lost(gunicorn, receiver, load)
    assert rule_polls(sampling) == PROBE + 2 * WORKERS
    assert len(children(gunicorn.pid)) == WORKERS


def test_usr2_under_load(gunicorn, receiver, sampling):
    with Load(f"{gunicorn.url}/ok") as load:
        gunicorn.wait_until(lambda: load.answered >= 20, "20 requests were answered")
        fresh = second_master(gunicorn)
        gunicorn.wait_until(lambda: rule_polls(sampling) >= PROBE + 2 * WORKERS, "the new workers asked")
        gunicorn.process.send_signal(signal.SIGTERM)
        gunicorn.process.wait(60)
        enough = load.answered + 20
        receiver.wait_for(lambda _: load.answered >= enough)
    check_nothing_is_lost(gunicorn, receiver, load)
    assert rule_polls(sampling) == PROBE + 2 * WORKERS, "the new master or a worker initialised twice"
    assert len(children(fresh)) == WORKERS
