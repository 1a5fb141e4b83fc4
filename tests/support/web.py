"""The HTTP server that the stand-ins are made of."""

import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Handler(BaseHTTPRequestHandler):
    """Keep-alive, silent, and answers in one write; `self.server.owner` is the stand-in."""

    protocol_version = "HTTP/1.1"
    server_version = "stand-in"

    def body(self):
        if "chunked" not in self.headers.get("Transfer-Encoding", ""):
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        parts = []
        while size := int(self.rfile.readline().split(b";")[0], 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(parts)

    def answer(self, status, body=b"", kind=None):
        self.send_response(status)
        if kind:
            self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self._headers_buffer.append(b"\r\n" + (b"" if self.command == "HEAD" else body))
        self.flush_headers()

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    # Python's default of 5 makes the kernel drop connections of several workers that start at once
    request_queue_size = 128

    def handle_error(self, request, client_address):
        # a client that was killed in the middle of a request is what some tests are about
        pass


class StandIn:
    """A server in this process from `with` to its end; port 0 takes one that is free."""

    handler = Handler

    def __init__(self, port=0, host="127.0.0.1"):
        self.host = host
        self._server = Server((host, port), self.handler)
        self._server.owner = self
        self.port = self._server.server_address[1]

    @property
    def url(self):
        return f"http://{self.host}:{self.port}"

    def start(self):
        # the interval is how long a stop takes
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def stop(self):
        self._server.shutdown()
        self._server.server_close()

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()


class PageHandler(Handler):
    def do_GET(self):
        self.answer(200, b"a page\n", "text/plain")


class Page(StandIn):
    """Something to call that knows nothing of telemetry."""

    handler = PageHandler


def free_port(host="127.0.0.1"):
    """A port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind((host, 0))
        return probe.getsockname()[1]
