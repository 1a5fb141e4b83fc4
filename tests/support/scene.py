"""A host on which things run, as far as `appsig-setup verify` sees one: ports, metadata, systemctl, files.

python -m tests.support.scene TREE JSON     in namespaces of its own (unshare -n -m); prints JSON

The tree's /opt, /etc/systemd/system and /run replace this machine's; its /bin/tools is first in PATH.
"""

import contextlib
import json
import os
import socket
import subprocess
import sys
from pathlib import Path

from .program import PATH, clean
from .receiver import Receiver
from .sampling import ProxyHandler, SamplingProxy
from .web import Handler, StandIn

AGENT_NAME = "amazon-cloudwat"  # what the kernel keeps of amazon-cloudwatch-agent
SENTENCE = "User: arn:aws:sts::1:assumed-role/r/i is not authorized to perform: xray:GetSamplingRules on *"
DENIED = {"message": SENTENCE}


class MetadataHandler(Handler):
    def do_PUT(self):
        self.answer(200, b"token", "text/plain")

    def do_GET(self):
        role = self.server.owner.role
        asked = self.headers.get("X-aws-ec2-metadata-token") == "token"
        self.answer(200 if role and asked else 404, (role or "").encode(), "text/plain")


class Metadata(StandIn):
    handler = MetadataHandler

    def __init__(self, role):
        super().__init__()
        self.role = role


class DenyingHandler(ProxyHandler):
    def do_POST(self):
        self.body()
        self.json(403, DENIED)


class DenyingProxy(SamplingProxy):
    handler = DenyingHandler


def stranger(port):
    """Another process that holds the port."""
    program = f"""
import socket, time
held = socket.create_server(("127.0.0.1", {port}))
print(1, flush=True)
time.sleep(60)
"""
    process = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE)
    process.stdout.readline()
    return process


def mount(tree):
    for inside in ("opt", "etc/systemd/system", "run"):
        subprocess.run(["mount", "--bind", str(tree / inside), f"/{inside}"], check=True)
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)


def main():
    tree, scene = Path(sys.argv[1]), json.loads(sys.argv[2])
    mount(tree)
    Path("/proc/self/comm").write_text(AGENT_NAME)
    with contextlib.ExitStack() as stack:
        others = [stranger(port) for port in scene.get("strangers", ())]
        received = None
        if scene.get("sampler", "ok") and 2000 not in scene.get("strangers", ()):
            mode = scene.get("sampler", "ok")
            stack.enter_context(DenyingProxy(2000) if mode == "denied" else SamplingProxy(2000, mode=mode))
        if scene.get("receiver", 200):
            received = stack.enter_context(Receiver(4316, status=scene.get("receiver", 200)))
            stack.enter_context(socket.create_server(("127.0.0.1", 4315)))
        metadata = stack.enter_context(Metadata(scene.get("role")))
        variables = {"PATH": f"{tree}/bin/tools:{PATH}"}
        if "role" in scene:
            variables["AWS_EC2_METADATA_SERVICE_ENDPOINT"] = metadata.url
        done = subprocess.run(
            [scene["binary"], "verify", *scene.get("words", ())],
            capture_output=True,
            text=True,
            env=clean(variables),
            check=False,
        )
        spans = received.spans() if received else []
        spans = [(span.service, span.name, span.kind, span.trace_id) for span in spans]
        for process in others:
            process.kill()
    json.dump({"code": done.returncode, "out": done.stdout, "err": done.stderr, "spans": spans}, sys.stdout)
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
