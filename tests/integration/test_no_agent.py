"""No agent, or one whose answers never end: the app starts, stops fast, and reports later."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field, replace

import pytest

from tests.support.program import clean, free_port, run
from tests.support.receiver import Receiver
from tests.support.sampling import SamplingProxy
from tests.support.services import APPS, endpoints, get, get_when_up, launch, start
from tests.support.strangers import Stranger


@dataclass
class Absent:
    """What is there in place of an agent; the seconds that a script and a server's stop may take more."""

    name: str
    script: int
    server: int
    options: list = field(default_factory=list)


@dataclass
class Usual:
    """Seconds that a script and gunicorn's stop take on this machine with an agent that is well."""

    script: float
    server: float


# Without appsig-exec 15 and 28.5 seconds where nobody is there. One that drips is worse than one that never
# answers: the exporters' time-out counts from byte to byte, and never comes (80 and 31 seconds).
ABSENT = [Absent("nobody", 3, 4), Absent("drips", 5, 6)]

# What one start of a machine under load may take longer than another.
NOISE = 2

SCRIPT = ["python", "script.py"]
GUNICORN = ["gunicorn", "--workers", "2", "--bind", "127.0.0.1:{port}", "flask_app:app"]
FLASK = ["flask", "--app", "flask_app", "run", "--port", "{port}"]


class Nobody:
    """Two ports where nothing listens."""

    def __init__(self):
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass


@pytest.fixture(params=ABSENT, ids=lambda absent: absent.name)
def absent(request):
    """A row of ABSENT with the options that name it as agent."""
    name = request.param.name
    with contextlib.ExitStack() as stack:
        make = Nobody if name == "nobody" else lambda: Stranger(name)
        agent, proxy = stack.enter_context(make()), stack.enter_context(make())
        options = [f"--agent-endpoint={agent.url}", f"--sampler-endpoint={proxy.url}"]
        yield replace(request.param, options=options)


def at(port, command):
    return [word.format(port=port) for word in command]


@pytest.fixture(scope="module")
def usual(exec_binary):
    with Receiver() as agent, SamplingProxy() as proxy:
        options = ["--service-name=shop", *endpoints(agent, proxy)]
        script = run(launch(SCRIPT, *options), clean(), APPS).seconds
        port = free_port()
        with start(at(port, GUNICORN), options, port) as server:
            assert get(f"http://127.0.0.1:{port}/ok")[0] == 200
            return Usual(script, server.stop()[1])


def test_a_script_ends_in_time(exec_binary, absent, usual):
    outcome = run(launch(SCRIPT, *absent.options), clean(), APPS)
    assert (outcome.code, outcome.stdout) == (0, "done\n")
    assert outcome.seconds < usual.script * NOISE + absent.script


def test_gunicorn_stops_in_time(exec_binary, absent, usual, port):
    with start(at(port, GUNICORN), ["--service-name=shop", *absent.options], port) as server:
        for _ in range(20):
            assert get(f"http://127.0.0.1:{port}/ok")[0] == 200
        code, seconds = server.stop()
    assert code == 0
    assert seconds < usual.server * NOISE + absent.server


def test_gunicorn_stops_in_time_while_its_workers_start(exec_binary, absent, usual, port):
    # the master listens before its workers have loaded anything
    with start(at(port, GUNICORN), ["--service-name=shop", *absent.options], port) as server:
        server.wait_line("Booting worker")
        code, seconds = server.stop()
    assert code == 0
    assert seconds < usual.server * NOISE + absent.server


@pytest.mark.parametrize("command", [FLASK, GUNICORN], ids=lambda command: command[0])
def test_an_agent_that_comes_later_gets_data(command, exec_binary, port):
    with Nobody() as agent, Nobody() as proxy:
        options = ["--service-name=shop", f"--agent-endpoint={agent.url}", f"--sampler-endpoint={proxy.url}"]
        with start(at(port, command), options, port) as server:
            url = f"http://127.0.0.1:{port}/ok"
            # nobody was there at the start; now an export is seen to fail, then the agent comes
            with Stranger("closes", agent.port) as failing:
                server.wait_until(lambda: get_when_up(url)[0] == 200 and failing.connections, "exported")
            with Receiver(agent.port) as receiver, SamplingProxy(proxy.port):

                def arrived(seen):
                    assert get(url)[0] == 200
                    return seen.server_spans("shop") and seen.count("Latency", Operation="GET /ok")

                receiver.wait_for(arrived)
                assert {span.name for span in receiver.server_spans("shop")} == {"GET /ok"}
