"""Things that hold a port and are no OTLP receiver: one row each in STRANGERS.

with Stranger("banner") as stranger: …   stranger.port is taken by it, stranger.connections counts who came
python -m tests.support.strangers NAME --port 4316
"""

from __future__ import annotations

import argparse
import contextlib
import socket
import struct
import sys
import threading
import time


def read_request(connection):
    """The request's head and as much of its body as its length says."""
    data = b""
    while b"\r\n\r\n" not in data:
        part = connection.recv(65536)
        if not part:
            return data
        data += part
    head, _, body = data.partition(b"\r\n\r\n")
    length = 0
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            length = int(line.split(b":")[1])
    while len(body) < length:
        part = connection.recv(65536)
        if not part:
            break
        body += part
    return data


def response(status, kind, body):
    head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


def hold(connection, stopped):
    """Keeps the connection until the stranger goes, and never says a word."""
    stopped.wait()


def banner(connection, stopped):
    connection.sendall(b"220 mail.example.com ESMTP ready\r\n")
    stopped.wait()


def garbage(connection, stopped):
    connection.sendall(bytes(range(256)) * 16)


def after_request(answer):
    def serve(connection, stopped):
        read_request(connection)
        connection.sendall(answer)

    return serve


def close(connection, stopped):
    pass


def reset(connection, stopped):
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def huge(connection, stopped):
    """A right head, then 10 MB of a body that it did not measure."""
    read_request(connection)
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/x-protobuf\r\n\r\n")
    for _ in range(160):
        connection.sendall(b"\x0a\x00" * 32768)


def a_byte_every(seconds):
    """What a healthy receiver would say, byte by byte."""

    def serve(connection, stopped):
        read_request(connection)
        for byte in response("200 OK", "application/x-protobuf", b"\x0a\x00"):
            connection.sendall(bytes([byte]))
            if stopped.wait(seconds):
                return

    return serve


def endless_head(connection, stopped):
    read_request(connection)
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    while not stopped.is_set():
        connection.sendall(b"X-Filler: " + b"x" * 60000 + b"\r\n")


HTML_501 = (
    b"<!DOCTYPE HTML><html><body><h1>Error response</h1><p>Unsupported method ('POST').</p></body></html>"
)

# name → what it does with a connection; None: it never accepts one (the kernel does, up to the backlog)
STRANGERS = {
    "silent": None,
    "never-answers": hold,
    "banner": banner,
    "garbage": garbage,
    "html-501": after_request(
        response("501 Unsupported method ('POST')", "text/html;charset=utf-8", HTML_501)
    ),
    "html-404": after_request(response("404 NOT FOUND", "text/html; charset=utf-8", b"<h1>Not Found</h1>")),
    "json-404": after_request(response("404 Not Found", "application/json", b'{"detail":"Not Found"}')),
    "html-200": after_request(response("200 OK", "text/html; charset=utf-8", b"<h1>Welcome</h1>")),
    "json-200": after_request(response("200 OK", "application/json", b"{}")),
    "protobuf-other-body": after_request(response("200 OK", "application/x-protobuf", b"\x0a\x03abc")),
    "closes": close,
    "resets": reset,
    "huge": huge,
    "slow": a_byte_every(1),
    # below the time-out that counts from one byte to the next
    "drips": a_byte_every(0.5),
    "endless-head": endless_head,
}


class Stranger:
    """A STRANGERS row on a port of its own, from `with` to its end."""

    def __init__(self, name, port=0, host="127.0.0.1"):
        self._serve = STRANGERS[name]
        self._socket = socket.socket()
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._socket.bind((host, port))
        self._socket.listen(64)
        self._stopped = threading.Event()
        self.name = name
        self.host = host
        self.port = self._socket.getsockname()[1]
        self.connections = 0

    @property
    def url(self):
        return f"http://{self.host}:{self.port}"

    def _accept(self):
        # shutting a listening socket down is what wakes this thread at the end
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._socket.accept()
                self.connections += 1
                threading.Thread(target=self._talk, args=(connection,), daemon=True).start()

    def _talk(self, connection):
        # a probe that goes away early is what most rows are for
        with connection, contextlib.suppress(OSError):
            self._serve(connection, self._stopped)

    def __enter__(self):
        if self._serve:
            threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        self._stopped.set()
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()


def main():
    parser = argparse.ArgumentParser(prog="python -m tests.support.strangers")
    parser.add_argument("name", choices=STRANGERS)
    parser.add_argument("--port", type=int, default=4316)
    options = parser.parse_args()
    with Stranger(options.name, options.port) as stranger:
        print(f"{stranger.name}: {stranger.url}", file=sys.stderr, flush=True)
        with contextlib.suppress(KeyboardInterrupt):
            while True:
                time.sleep(3600)


if __name__ == "__main__":
    main()
