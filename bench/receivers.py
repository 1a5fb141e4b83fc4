"""A healthy agent for the benchmark: rotel takes OTLP, nginx answers as the X-Ray proxy.

Python stand-ins would be measured along with the launch.
"""

from __future__ import annotations

import contextlib
import subprocess
import tempfile
import time
from pathlib import Path

from tests.support.program import free_port, port_answers

NGINX = """
daemon off; error_log stderr error; pid {folder}/pid; events {{ }}
http {{
    access_log off; client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder};
    uwsgi_temp_path {folder}; scgi_temp_path {folder};
    server {{
        listen 127.0.0.1:{port};
        location / {{ default_type application/json; return 200 '{{"SamplingRuleRecords":[]}}'; }}
    }}
}}
"""


def rotel_program():
    import rotel

    found = [path for path in Path(rotel.__file__).parent.rglob("rotel-agent") if path.is_file()]
    if not found:
        raise RuntimeError("'rotel-agent': not in the rotel wheel")
    return str(found[0])


@contextlib.contextmanager
def running(command, port):
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        end = time.monotonic() + 30
        while not port_answers(port):
            if process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"{command[0]!r}: does not answer on port {port}")
            time.sleep(0.05)
        yield
    finally:
        process.terminate()
        process.wait(timeout=30)


@contextlib.contextmanager
def agent():
    """The variables that lead appsig-exec to both."""
    otlp, grpc, sampler = free_port(), free_port(), free_port()
    rotel = [rotel_program(), "start", "--otlp-http-endpoint", f"127.0.0.1:{otlp}"]
    rotel += ["--otlp-grpc-endpoint", f"127.0.0.1:{grpc}", "--exporter", "blackhole"]
    with tempfile.TemporaryDirectory() as folder:
        configuration = Path(folder) / "nginx.conf"
        configuration.write_text(NGINX.format(folder=folder, port=sampler))
        with running(rotel, otlp), running(["/usr/sbin/nginx", "-c", str(configuration)], sampler):
            yield {
                "APPSIG_AGENT_ENDPOINT": f"http://127.0.0.1:{otlp}",
                "APPSIG_SAMPLER_ENDPOINT": f"http://127.0.0.1:{sampler}",
            }
