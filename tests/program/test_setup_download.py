"""appsig-setup's downloads: by TLS with the system's CAs, resumed, and never used unchecked."""

import contextlib
import hashlib
import http.server
import socketserver
import ssl
import subprocess
import threading

import pytest

from tests.support.program import PATH, clean
from tests.support.setup import Tree, setup

PACKAGE = bytes(range(256)) * 4096
BUCKET = "amazoncloudwatch-agent.s3.amazonaws.com"
DIGEST = hashlib.sha256(PACKAGE).hexdigest()


class Handler(http.server.BaseHTTPRequestHandler):
    """Breaks the first answer off in the middle; goes on from where it is asked to."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        asked = self.headers.get("Range")
        self.server.ranges.append(asked)
        begin = int(asked.removeprefix("bytes=").rstrip("-")) if asked else 0
        self.send_response(206 if asked else 200)
        if asked:
            self.send_header("Content-Range", f"bytes {begin}-{len(PACKAGE) - 1}/{len(PACKAGE)}")
        self.send_header("Content-Length", str(len(PACKAGE) - begin))
        self.end_headers()
        if len(self.server.ranges) == 1 and self.server.breaks:
            self.wfile.write(PACKAGE[: len(PACKAGE) // 2])
            self.close_connection = True
            return
        self.wfile.write(PACKAGE[begin:])

    def log_message(self, *_):
        pass


@pytest.fixture
def certificate(tmp_path):
    key, path = tmp_path / "key.pem", tmp_path / "certificate.pem"
    words = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=localhost",
    ]
    words += ["-addext", f"subjectAltName=DNS:localhost,DNS:{BUCKET}", "-keyout", key, "-out", path]
    subprocess.run(words, check=True, capture_output=True)
    return key, path


@pytest.fixture
def server(certificate):
    key, path = certificate
    served = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path, key)
    served.socket = context.wrap_socket(served.socket, server_side=True)
    served.ranges, served.breaks = [], True
    threading.Thread(target=served.serve_forever, daemon=True).start()
    yield served
    served.shutdown()
    served.server_close()


@pytest.fixture
def tree(tmp_path):
    return Tree(tmp_path / "host", "debian")


def agent(tree, server, digest, **variables):
    url = f"https://localhost:{server.server_address[1]}/agent.deb"
    words = ("agent", "--agent-package", url, "--agent-sha256", digest)
    return setup(*words, root=tree, environment=clean(**variables))


def test_a_download_that_breaks_off_goes_on(tree, server, certificate):
    done = agent(tree, server, DIGEST, SSL_CERT_FILE=str(certificate[1]))
    assert done.code == 0, done.stderr
    assert server.ranges == [None, f"bytes={len(PACKAGE) // 2}-"]
    kept = tree.root / "var/lib/appsig/amazon-cloudwatch-agent.deb"
    assert kept.read_bytes() == PACKAGE
    assert "dpkg -i -E /var/lib/appsig/amazon-cloudwatch-agent.deb" in tree.calls()


def test_another_digest_is_refused(tree, server, certificate):
    before = tree.snapshot()
    refused = agent(tree, server, "0" * 64, SSL_CERT_FILE=str(certificate[1]))
    assert refused.code == 3
    assert f"has the SHA-256 {DIGEST}, not 000" in refused.stderr
    assert tree.snapshot() == before
    assert not any("dpkg" in call for call in tree.calls())


def test_a_certificate_that_nobody_vouches_for_is_refused(tree, server):
    before = tree.snapshot()
    refused = agent(tree, server, DIGEST)
    assert refused.code == 3
    assert "could not be downloaded" in refused.stderr
    assert "cert" in refused.stderr.lower()
    assert tree.snapshot() == before


def test_nobody_answers(tree, server):
    port = server.server_address[1]
    server.shutdown()
    server.server_close()
    words = ("agent", "--agent-package", f"https://localhost:{port}/agent.deb", "--agent-sha256", DIGEST)
    refused = setup(*words, root=tree)
    assert refused.code == 3
    assert "could not be downloaded" in refused.stderr


def test_what_comes_from_a_url_needs_a_digest(tree):
    refused = setup("agent", "--agent-package", "https://localhost/agent.deb", root=tree)
    assert (refused.code, "'--agent-sha256' is needed" in refused.stderr) == (2, True)


class BucketProxy(socketserver.StreamRequestHandler):
    """A proxy behind which AWS's bucket is this process; a file for each end of a path."""

    def handle(self):
        target = self.rfile.readline().split()[1].decode()
        while self.rfile.readline().strip():
            pass
        self.wfile.write(b"HTTP/1.1 200 connected\r\n\r\n")
        with (
            contextlib.suppress(OSError),
            self.server.context.wrap_socket(self.request, server_side=True) as inner,
        ):
            path = inner.recv(4096).split()[1].decode()
            self.server.asked.append(f"{target}{path}")
            body = self.server.files[path.rsplit(".", 1)[1]]
            inner.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
            inner.recv(1)


@pytest.fixture
def bucket(certificate):
    key, path = certificate
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), BucketProxy) as served:
        served.daemon_threads = True
        served.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        served.context.load_cert_chain(path, key)
        served.asked, served.files = [], {"deb": PACKAGE, "sig": b"no signature", "gpg": b"no key"}
        threading.Thread(target=served.serve_forever, daemon=True).start()
        proxy = f"http://127.0.0.1:{served.server_address[1]}"
        served.variables = {"https_proxy": proxy, "SSL_CERT_FILE": str(path)}
        yield served
        served.shutdown()


def test_aws_package_without_its_signature_is_refused(tree, bucket):
    before = tree.snapshot()
    refused = setup("agent", root=tree, environment=clean(bucket.variables))
    assert refused.code == 3
    assert "does not have AWS's signature" in refused.stderr
    assert bucket.asked == [
        f"{BUCKET}:443/debian/amd64/latest/amazon-cloudwatch-agent.deb",
        f"{BUCKET}:443/debian/amd64/latest/amazon-cloudwatch-agent.deb.sig",
        f"{BUCKET}:443/assets/amazon-cloudwatch-agent.gpg",
    ]
    assert tree.snapshot() == before
    assert not any("dpkg" in call for call in tree.calls())


@pytest.mark.parametrize(
    ("fingerprint", "code"), [("937616F3450B7D806CBD9725D58167303B789C72", 0), ("0" * 40, 3)]
)
def test_what_gpg_says_of_the_signature_decides(tree, bucket, tmp_path, fingerprint, code):
    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / "gpg").write_text(
        f'#!/bin/sh\necho "[GNUPG:] VALIDSIG {fingerprint} 2026-01-01"\n', encoding="utf-8"
    )
    (tools / "gpg").chmod(0o755)
    done = setup("agent", root=tree, environment=clean(bucket.variables, PATH=f"{tools}:{PATH}"))
    assert done.code == code, done.stderr
    assert any("dpkg -i" in call for call in tree.calls()) == (code == 0)
