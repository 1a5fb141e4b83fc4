"""An OTLP/HTTP receiver that answers like the CloudWatch agent and keeps what it decodes.

python -m tests.support.receiver --port 4316 --dump FILE     a JSON line for whatever arrives, until stopped
"""

import argparse
import dataclasses
import gzip
import json
import signal
import sys
import threading
import zlib

from google.protobuf.message import DecodeError

from .telemetry import Telemetry, decode_points, decode_records, decode_spans
from .web import Handler, StandIn

PROTOBUF = "application/x-protobuf"
# what the collector's Export…ServiceResponse comes to: an empty partial_success
SUCCESS = b"\x0a\x00"

# path → what its body holds
SIGNALS = {
    "/v1/traces": ("spans", decode_spans),
    "/v1/metrics": ("points", decode_points),
    "/v1/logs": ("records", decode_records),
}
DECOMPRESS = {"gzip": gzip.decompress, "deflate": zlib.decompress}


class AgentHandler(Handler):
    def do_GET(self):
        if self.path in SIGNALS:
            self.answer(405, b"405 method not allowed, supported: [POST]", "text/plain")
        else:
            self.answer(404, b"404 page not found\n", "text/plain; charset=utf-8")

    def do_POST(self):
        owner = self.server.owner
        body = self.body()
        status = self.take(body)
        owner.requests.append((self.path, len(body), status))
        if status == 200:
            self.answer(200, SUCCESS, PROTOBUF)
        elif status == 404:
            self.answer(404, b"404 page not found\n", "text/plain; charset=utf-8")
        else:
            self.answer(status, b"", PROTOBUF)

    def take(self, body):
        """Decodes and keeps the body; the status to answer."""
        owner = self.server.owner
        if self.path not in SIGNALS or self.path in owner.missing:
            return 404
        if self.headers.get_content_type() != PROTOBUF:
            return 415
        signal_name, decode = SIGNALS[self.path]
        try:
            body = DECOMPRESS.get(self.headers.get("Content-Encoding"), bytes)(body)
            found = decode(body)
        except (DecodeError, OSError, zlib.error, EOFError):
            return 400
        if found and owner.status != 200:
            return owner.status
        owner.add(**{signal_name: found})
        return 200


class Receiver(StandIn, Telemetry):
    """`status` answers what holds data (503: AWS out of reach); `missing` are paths that it does not have."""

    handler = AgentHandler

    def __init__(self, port=0, host="127.0.0.1", status=200, missing=()):
        Telemetry.__init__(self)
        StandIn.__init__(self, port, host)
        self.status = status
        self.missing = missing
        self.requests = []  # (path, bytes, answered status), empty probes included


class DumpingReceiver(Receiver):
    def __init__(self, file, **kwargs):
        super().__init__(**kwargs)
        self._file = file
        self._writing = threading.Lock()

    def add(self, **found):
        super().add(**found)
        lines = [
            json.dumps({signal_name: dataclasses.asdict(item)}, default=repr) + "\n"
            for signal_name, items in found.items()
            for item in items
        ]
        # each connection has its own thread, and a text file keeps not even bytes whole between threads
        with self._writing:
            self._file.write("".join(lines))
            self._file.flush()


def main():
    parser = argparse.ArgumentParser(prog="python -m tests.support.receiver")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=4316)
    parser.add_argument("--status", type=int, default=200, help="answer to requests that hold data")
    parser.add_argument("--dump", default="-", metavar="FILE", help="where the JSON lines go (-: stdout)")
    options = parser.parse_args()
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    target = sys.stdout.fileno() if options.dump == "-" else options.dump
    with (
        open(target, "w", encoding="utf-8") as file,
        DumpingReceiver(file, port=options.port, host=options.host, status=options.status) as receiver,
    ):
        print(f"receiver: {receiver.url}", file=sys.stderr, flush=True)
        stopped.wait()


if __name__ == "__main__":
    main()
