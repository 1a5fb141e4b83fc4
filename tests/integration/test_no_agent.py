"""No agent, or one that accepts and never answers: the app starts, stops fast, and reports later."""

from __future__ import annotations

import contextlib

import pytest

from tests.support.program import clean, free_port, run
from tests.support.receiver import Receiver
from tests.support.sampling import SamplingProxy
from tests.support.services import APPS, get, get_when_up, launch, start
from tests.support.strangers import Stranger

# seconds; 15 and 28.5 without appsig-exec
SCRIPT_ENDS_WITHIN = 4
SERVER_STOPS_WITHIN = 5

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


@pytest.fixture(params=["nobody", "never-answers"])
def absent(request):
    """The options that name an agent which is not one."""
    with contextlib.ExitStack() as stack:
        make = Nobody if request.param == "nobody" else lambda: Stranger(request.param)
        agent, proxy = stack.enter_context(make()), stack.enter_context(make())
        yield [f"--agent-endpoint={agent.url}", f"--sampler-endpoint={proxy.url}"]


def at(port, command):
    return [word.format(port=port) for word in command]


def test_a_script_ends_in_time(exec_binary, absent):
    outcome = run(launch(["python", "-c", "pass"], *absent))
    assert (outcome.code, outcome.stdout) == (0, "")
    assert outcome.seconds < SCRIPT_ENDS_WITHIN


def test_gunicorn_stops_in_time(exec_binary, absent, port):
    with start(at(port, GUNICORN), ["--service-name=shop", *absent], port) as server:
        for _ in range(20):
            assert get(f"http://127.0.0.1:{port}/ok")[0] == 200
        code, seconds = server.stop()
    assert code == 0
    assert seconds < SERVER_STOPS_WITHIN


def test_gunicorn_stops_in_time_while_its_workers_start(exec_binary, absent, port):
    # the master listens before its workers have loaded anything
    with start(at(port, GUNICORN), ["--service-name=shop", *absent], port) as server:
        server.wait_line("Booting worker")
        code, seconds = server.stop()
    assert code == 0
    assert seconds < SERVER_STOPS_WITHIN


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


def test_nothing_of_it_reaches_stdout(exec_binary, absent):
    outcome = run(launch(["python", "script.py"], *absent), clean(), APPS)
    assert (outcome.code, outcome.stdout) == (0, "done\n")
