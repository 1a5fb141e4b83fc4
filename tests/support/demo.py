"""make demo: a real Flask app under appsig-exec, a second service, a database, and what a receiver got.

The agent is played by rotel, a real OTLP receiver, on 4316 and by the sampling stand-in on 2000. The tables
are read from what rotel says that it received.
"""

from __future__ import annotations

import contextlib
import signal
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from . import report, rotel, services
from .program import PATH, clean, exec_binary, free_port, port_answers, run
from .sampling import SamplingProxy

# path, requests
REQUESTS = [("/buy/apple", 8), ("/items", 4), ("/users/7", 3), ("/ok", 2), ("/refused", 2), ("/broken", 1)]
BOUGHT = REQUESTS[0][1]
QUERIED = BOUGHT + REQUESTS[1][1]
ALL = sum(times for _, times in REQUESTS)
ARRIVES_WITHIN = 60


class Trouble(Exception):
    """What keeps the demo from running, in one line."""


@dataclass
class Agent:
    http: int = 4316
    grpc: int = 4315
    sampling: int = 2000

    def options(self):
        """Nothing where the ports are the agent's own: appsig-exec finds those by itself."""
        options = []
        if self.http != Agent.http:
            options.append(f"--agent-endpoint=http://127.0.0.1:{self.http}")
        if self.sampling != Agent.sampling:
            options.append(f"--sampler-endpoint=http://127.0.0.1:{self.sampling}")
        return options


def free_agent():
    """The agent's ports; another one, and a line, for each that is taken."""
    agent = Agent()
    for name in ("http", "grpc", "sampling"):
        port = getattr(agent, name)
        if port_answers(port):
            setattr(agent, name, free_port())
            say(f"port {port} is taken, the demo uses {getattr(agent, name)} in its place")
    return agent


def say(text):
    print(text, flush=True)


def shown(command):
    words = (str(word).removeprefix(f"{PATH.split(':', maxsplit=1)[0]}/") for word in command)
    return "  $ " + " ".join(words)


def begin(stack, name, app, options, port, **variables):
    command = ["flask", "--app", app, "run", "--port", str(port)]
    options = [f"--service-name={name}", *options]
    say(shown(["appsig-exec", *options, "--", *command]))
    return stack.enter_context(services.start(command, options, port, **variables))


def ask(url):
    for path, times in REQUESTS:
        for _ in range(times):
            services.get(url + path)


def complete(seen):
    return (
        len(seen.server_spans("shop")) >= ALL
        and len(seen.server_spans("stock")) >= BOUGHT
        and len([span for span in seen.spans("shop") if span.database]) >= QUERIED
        and seen.count("Latency", Service="shop", RemoteService=None) >= ALL
        and seen.count("Latency", Service="stock", RemoteService=None) >= BOUGHT
        and seen.count("Latency", Service="shop") >= ALL + BOUGHT + QUERIED
    )


def wait_complete(receiver):
    """What arrived, and whether that is all of it."""
    end = time.monotonic() + ARRIVES_WITHIN
    while True:
        seen = receiver.received()
        if complete(seen) or time.monotonic() > end:
            return seen, complete(seen)
        time.sleep(0.5)


def check_parts():
    binary = Path(exec_binary())
    if not binary.exists():
        raise Trouble(f'"{binary}": not built, `make` builds it')
    if not (rotel.program() and rotel.program().exists()):
        raise Trouble('"rotel": not installed, `make venv` installs it')


def demo(stack):
    began = time.monotonic()
    check_parts()
    agent = free_agent()
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="appsig-demo-")))
    proxy = stack.enter_context(SamplingProxy(agent.sampling))
    say(f"\nthe agent: rotel on {agent.http}, its X-Ray proxy: a stand-in on {agent.sampling}")
    receiver = stack.enter_context(rotel.Rotel(agent.http, agent.grpc))
    say(shown(["rotel-agent", *receiver.command[1:]]))
    receiver.wait_port(agent.http)

    say("\nthe services, each by one prefix:")
    database = folder / "shop.db"
    filled = run(["python", "database.py"], clean(DATABASE=database), services.APPS)
    if filled.code:
        raise Trouble(f"the database could not be filled: {filled.stderr.splitlines()[-1]}")
    ports = {"stock": free_port(), "shop": free_port()}
    stock_url = f"http://127.0.0.1:{ports['stock']}"
    begin(stack, "stock", "stock_service", agent.options(), ports["stock"])
    shop = begin(
        stack, "shop", "flask_app", agent.options(), ports["shop"], DATABASE=database, STOCK_URL=stock_url
    )
    shop.wait_until(lambda: proxy.sdk_polls["GetSamplingRules"] >= len(ports), "asked for sampling rules")

    ask(f"http://127.0.0.1:{ports['shop']}")
    seen, everything = wait_complete(receiver)
    report.show(seen, {stock_url.removeprefix("http://"): "stock"})
    say(f"\n{ALL} requests, everything read from rotel's output, {time.monotonic() - began:.0f} s")
    if not everything:
        say(f"not all of it has arrived within {ARRIVES_WITHIN} s; the shop said:\n{shop.stderr[-3000:]}")
    return 0 if everything else 1


def main():
    # so that the services are stopped on TERM as well
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        with contextlib.ExitStack() as stack:
            return demo(stack)
    except Trouble as trouble:
        print(f"demo: {trouble}", file=sys.stderr)
    except AssertionError as error:
        print(f"demo: {str(error)[-3000:]}", file=sys.stderr)
    except KeyboardInterrupt:
        print("demo: stopped", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
