"""What goes wrong around appsig-exec: a row each. matrix.py tries every row on every app.

A fault is made by a command in front (strace, unshare), by variables, by options, by what answers as the
agent, or by what the child does to itself before its first exec. Where the fault stays with the app (a limit,
a missing /proc), the app alone under the same fault is the measure.
"""

from __future__ import annotations

import os
import resource
import signal
from dataclasses import dataclass, field
from typing import Callable

from .calls import CALLS, DETACHES_LATE


@dataclass(frozen=True)
class Row:
    name: str
    group: str
    prefix: tuple = ()  # in front of appsig-exec; in front of the app alone too where `stays`
    options: tuple = ()
    variables: dict = field(default_factory=dict)
    agent: str = "healthy"  # a row of tests/support/strangers.py, or "healthy", "absent", "half up"
    prepare: Callable | None = None  # in the child, before its first exec
    stays: bool = False  # the fault is the app's as well
    waits: bool = True  # False: no claim on the time, as the fault is one of time itself


def injected(call, error, when):
    traced = call if call == "execve" else f"{call},execve"
    detach = () if call in DETACHES_LATE else ("-b", "execve")
    words = ("strace", "-D", "-f", "-qq", "-o", "/dev/null", *detach, "-e", f"trace={traced}")
    return (*words, "-e", f"inject={call}:error={error}:when={when}")


def hiding_umask():
    os.umask(0o777)


def call_rows():
    for call, (errors, when) in CALLS.items():
        for error in errors.split():
            # a call that is interrupted goes on at its next try: every other one is
            often = "1+2" if error in ("EINTR", "EAGAIN") and when == "1+" else when
            # the directory of the hook files is made readable only where the umask hides it
            prepare = hiding_umask if call == "chmod" else None
            yield Row(f"{call}: {error}", "system call", injected(call, error, often), prepare=prepare)


def limit(which, soft):
    return lambda: resource.setrlimit(which, (soft, resource.getrlimit(which)[1]))


def closing(*descriptors):
    def close():
        for descriptor in descriptors:
            os.close(descriptor)

    return close


def ignoring(*numbers):
    def ignore():
        for number in numbers:
            signal.signal(number, signal.SIG_IGN)

    return ignore


def nobody():
    os.setgroups([])
    os.setgid(54321)
    os.setuid(54321)


def nobody_with_few_processes():
    nobody()
    resource.setrlimit(resource.RLIMIT_NPROC, (64, 64))


def broken_stderr():
    reading, writing = os.pipe()
    os.close(reading)
    os.dup2(writing, 2)


def full_stderr():
    """A pipe that nobody empties: a write that waits would wait for ever. The app gets it empty."""
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    try:
        while os.write(writing, b"x" * 4096):
            pass
    except BlockingIOError:
        pass
    os.dup2(writing, 2)
    os.set_inheritable(reading, True)


def gone_directory():
    folder = f"/tmp/appsig-gone-{os.getpid()}"
    os.mkdir(folder)
    os.chdir(folder)
    os.rmdir(folder)


def in_mounts(*commands):
    """A mount namespace of its own, changed by `commands`."""
    return ("unshare", "--mount", "sh", "-c", " && ".join([*commands, 'exec "$0" "$@"']))


FULL = "mount -t tmpfs -o size=16k none {0} && (dd if=/dev/zero of={0}/full 2>/dev/null || true)"

DEAD_PROXY = "http://127.0.0.1:9"
# appsig-exec says much, and ADOT, whose agent is there, nothing.
LOUD = {"APPSIG_LOG": "debug"}

AGENTS = [
    "absent", "half up", "silent", "never-answers", "banner", "garbage", "html-501", "html-404", "json-404",
    "html-200", "json-200", "protobuf-other-body", "closes", "resets", "huge", "slow", "drips",
    "endless-head",
]  # fmt: skip

OTHERS = [
    *(Row(f"agent: {name}", "agent", agent=name) for name in AGENTS),
    Row("NOFILE 48", "limit", prepare=limit(resource.RLIMIT_NOFILE, 48), stays=True),
    Row("NPROC 64, as nobody", "limit", prepare=nobody_with_few_processes, stays=True),
    Row("AS 4 GiB", "limit", prepare=limit(resource.RLIMIT_AS, 4 << 30), stays=True),
    Row("STACK 256 KiB", "limit", prepare=limit(resource.RLIMIT_STACK, 256 << 10), stays=True),
    Row("CORE 0", "limit", prepare=limit(resource.RLIMIT_CORE, 0), stays=True),
    Row("FSIZE 0", "limit", prepare=limit(resource.RLIMIT_FSIZE, 0), agent="absent", stays=True),
    Row("stdin closed", "descriptors", prepare=closing(0), stays=True),
    Row("stderr closed", "descriptors", prepare=closing(2), agent="absent", stays=True),
    Row("stdin and stderr closed", "descriptors", prepare=closing(0, 2), agent="absent", stays=True),
    Row("stderr is a broken pipe", "descriptors", prepare=broken_stderr, variables=LOUD, stays=True),
    Row("stderr is a full pipe", "descriptors", prepare=full_stderr, variables=LOUD, stays=True),
    Row("every file system read-only", "files", in_mounts("mount -o remount,bind,ro /"), stays=True),
    Row("/tmp, /run and /dev/shm full", "files",
        in_mounts(*(FULL.format(place) for place in ("/tmp", "/run", "/dev/shm"))), stays=True),
    Row("no /proc", "files", in_mounts("mount -t tmpfs none /proc"), stays=True),
    Row("no /sys", "files", in_mounts("mount -t tmpfs none /sys"), stays=True),
    Row("no /etc", "files", in_mounts("mount -t tmpfs none /etc"), stays=True),
    Row("no /tmp", "files", in_mounts("mount -t tmpfs -o mode=000 none /tmp"), stays=True),
    Row("no HOME", "environment", variables={"HOME": None}, stays=True),
    Row("HOME that is not there", "environment", variables={"HOME": "/nonexistent"}, stays=True),
    Row("TMPDIR that is not there", "environment", variables={"TMPDIR": "/nonexistent"}, stays=True),
    Row("a directory that is gone", "environment", prepare=gone_directory, stays=True),
    Row("a value that is not UTF-8", "environment", variables={"LATIN": "caf\udce9"}, stays=True),
    Row("a variable of 100 kB", "environment", variables={"LONG": "x" * 100_000}, stays=True),
    Row("E2BIG: no room for another variable", "environment", variables={"FILL": "crammed"}, stays=True),
    Row("a proxy that answers nothing", "environment",
        variables={"HTTP_PROXY": DEAD_PROXY, "http_proxy": DEAD_PROXY, "NO_PROXY": "127.0.0.1"}, stays=True),
    Row("SIGCHLD ignored", "signals", prepare=ignoring(signal.SIGCHLD), stays=True),
    Row("SIGPIPE, SIGHUP and SIGALRM ignored", "signals",
        prepare=ignoring(signal.SIGPIPE, signal.SIGHUP, signal.SIGALRM), stays=True),
    Row("umask 0777", "process", prepare=hiding_umask, stays=True),
    Row("a user without a name", "process", prepare=nobody, stays=True),
    Row("PID 1", "process", ("unshare", "--pid", "--fork", "--mount-proc", "--kill-child"), stays=True),
    Row("a user namespace of one user", "process", ("unshare", "--user", "--map-root-user"), stays=True),
    Row("a user namespace that maps nobody", "process", ("unshare", "--user"), stays=True),
    Row("no new privileges", "process", ("setpriv", "--no-new-privs"), stays=True),
    Row("no capabilities", "process", ("setpriv", "--bounding-set=-all", "--inh-caps=-all"), stays=True),
    Row("conf file: a directory", "conf file", variables={"APPSIG_CONFIG": "/"}),
    Row("conf file: not there", "conf file", variables={"APPSIG_CONFIG": "/nonexistent/appsig.conf"}),
    Row("conf file: a device", "conf file", variables={"APPSIG_CONFIG": "/dev/zero"}),
    Row("conf file: a FIFO", "conf file", variables={"APPSIG_CONFIG": "{places}/fifo"}),
    Row("conf file: garbage", "conf file", variables={"APPSIG_CONFIG": "{places}/garbage"}),
    Row("conf file: a line of 1 MB", "conf file", variables={"APPSIG_CONFIG": "{places}/long"}),
    Row("conf file: unknown keys", "conf file", variables={"APPSIG_CONFIG": "{places}/unknown"}),
    Row("endpoint: a name that nobody knows", "names",
        variables={"APPSIG_AGENT_ENDPOINT": "http://agent.invalid:4316"}, agent="absent"),
    Row("endpoint: the user's own, dead", "names",
        variables={"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://127.0.0.1:9/v1/traces"}, agent="absent"),
    Row("metadata that is garbage", "names",
        variables={"ECS_CONTAINER_METADATA_URI_V4": "http://127.0.0.1:9/v4"}, agent="absent"),
]  # fmt: skip

ROWS = [*call_rows(), *OTHERS]
