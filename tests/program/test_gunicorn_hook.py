"""wsgi-hooks/gunicorn_hook.py under the real gunicorn, with an instrumentation that only notes its starts."""

import contextlib
import os
import signal

import pytest

from tests.support.program import PYTHON_PARTS, TOP, Program, clean, free_port, run

HOOK = TOP / "wsgi-hooks" / "gunicorn_hook.py"
GUNICORN = f"{PYTHON_PARTS}/gunicorn"
SEEN = "IS_WSGI_MASTER_PROCESS_ALREADY_SEEN"
NOTE = """
import os
with open(os.environ["NOTES"], "a") as notes:
    notes.write("{what} %d %s\\n" % (os.getpid(), os.environ.get("IS_WSGI_MASTER_PROCESS_ALREADY_SEEN", "-")))
"""
# As ADOT does it in the master: the variable is all that tells a worker from it.
MASTER = NOTE.format(what="master") + 'os.environ["IS_WSGI_MASTER_PROCESS_ALREADY_SEEN"] = "true"\n'
SIMPLE = NOTE.format(what="config") + "workers = 2\n"
POST_FORK = "def post_fork(server, worker):\n" + "".join(
    f"    {line}\n" for line in NOTE.format(what="user").strip().splitlines()
)


@pytest.fixture
def place(tmp_path, need):
    """A directory with an app and an instrumentation; the workers' notes go to `notes`."""
    need(os.access(GUNICORN, os.X_OK), f"{GUNICORN} (make venv)")
    package = tmp_path / "instrumentation" / "opentelemetry" / "instrumentation"
    (package / "auto_instrumentation").mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "auto_instrumentation" / "__init__.py").touch()
    (package / "auto_instrumentation" / "sitecustomize.py").write_text(NOTE.format(what="worker"))
    (tmp_path / "instrumentation" / "sitecustomize.py").write_text(MASTER)
    (tmp_path / "app.py").write_text(
        "def app(environ, start):\n    start('200 OK', [])\n    return [b'served']\n"
    )
    return tmp_path


def environment(place, **more):
    variables = {
        "NOTES": place / "notes",
        "PYTHONPATH": place / "instrumentation",
        "OTEL_AWS_PYTHON_DEFER_TO_WORKERS_ENABLED": "true",
        "PYTHONDONTWRITEBYTECODE": "1",
        "HOME": place,
    }
    return clean(variables, more)


def instrumentation(place):
    return place / "instrumentation/opentelemetry/instrumentation/auto_instrumentation/sitecustomize.py"


def notes(place, what):
    """[(pid, value of the master's variable)] in the order of their writing."""
    with contextlib.suppress(FileNotFoundError):
        lines = [line.split() for line in (place / "notes").read_text().splitlines()]
        return [(int(pid), seen) for kind, pid, seen in lines if kind == what]
    return []


@contextlib.contextmanager
def gunicorn(place, config=None, words=(), **variables):
    if config is not None:
        (place / "user.py").write_text(config)
        variables.setdefault("APPSIG_GUNICORN_CONFIG", "user.py")
    port = free_port()
    command = [GUNICORN, "-b", f"127.0.0.1:{port}", "-c", HOOK, *words, "app:app"]
    server = Program(command, environment(place, **variables), place)
    server.port = port
    try:
        yield server
    finally:
        server.kill()


def told(program):
    return [line for line in program.stderr.splitlines() if line.startswith("appsig:")]


def wait_notes(server, place, what, count):
    server.wait_until(lambda: len(notes(place, what)) >= count, f"{count} of {what!r} were noted")
    return notes(place, what)


def without_shim(place, location, *words, **variables):
    return run([GUNICORN, "-c", location, *words, "app:app"], environment(place, **variables), place)


def with_shim(place, location, *words, **variables):
    more = {"APPSIG_GUNICORN_CONFIG": location, **variables}
    return run([GUNICORN, "-c", HOOK, *words, "app:app"], environment(place, **more), place)


def gunicorns_words(outcome):
    return [line for line in outcome.stderr.splitlines() if not line.startswith("appsig:")]


BROKEN = {
    "raises": ("user.py", "workers = 2\nraise ValueError('not today')\n"),
    "not there": ("nowhere.py", None),
    "not Python": ("user.py", "this is {{ no python\n"),
    "no text": ("user.py", "\0\1\2"),
    "leaves": ("user.py", "raise SystemExit(3)\n"),
    "module not there": ("python:no_such_module", None),
    "module raises": ("python:user", "import no_such_module\n"),
    "file: not there": ("file:nowhere.py", None),
    "a directory": ("instrumentation", None),
}


@pytest.mark.parametrize("case", BROKEN)
def test_config_that_stops_gunicorn_does_so_in_the_same_words(place, case):
    location, text = BROKEN[case]
    if text is not None:
        (place / "user.py").write_text(text)
    bare = without_shim(place, location, "--check-config")
    shim = with_shim(place, location, "--check-config")
    assert bare.code != 0
    assert (shim.code, gunicorns_words(shim)) == (bare.code, gunicorns_words(bare))
    assert len(shim.told) == 1
    assert location.split(":")[-1] in shim.told[0]


REFUSED = {
    "three parameters": "def post_fork(server, worker, more):\n    pass\n",
    "any parameters": "def post_fork(*all):\n    pass\n",
    "no callable": "post_fork = 7\n",
    "nothing": "post_fork = None\n",
    "no such name": "post_fork = 'app.nothing'\n",
    "pre_exec of two": "def pre_exec(server, more):\n    pass\n",
}


@pytest.mark.parametrize("case", REFUSED)
def test_hook_that_gunicorn_refuses_is_refused(place, case):
    (place / "user.py").write_text(REFUSED[case])
    bare = without_shim(place, "user.py", "--check-config")
    shim = with_shim(place, "user.py", "--check-config")
    assert bare.code != 0
    assert shim.code == bare.code
    # the value is shown with its address
    assert [line.split(" at 0x")[0] for line in gunicorns_words(shim)] == [
        line.split(" at 0x")[0] for line in gunicorns_words(bare)
    ]


SETTINGS = """
import os
import sys
workers = 3
worker_class = "gthread"
threads = 2
raw_env = ["WHERE=" + os.getcwd(), "NAME=" + __name__, "FILE=" + __file__]
raw_env += ["SELF=%d" % (__name__ in sys.modules)]
def on_starting(server):
    pass
proc_name = sys.path[0]
_appsig_location = "theirs"
"""


OURS = ("config", "post_fork", "pre_exec", "dirty_worker_init")


def settings(outcome):
    """What --print-config shows, without what must differ: the file itself and the hooks' addresses."""
    assert outcome.code == 0, outcome.stderr
    rows = [line.split("=", 1) for line in outcome.stdout.splitlines() if "=" in line]
    shown = {name.strip(): value.split(" at 0x")[0].strip() for name, value in rows}
    return {name: value for name, value in shown.items() if name not in OURS}


@pytest.mark.parametrize("location", ["user.py", "./user.py", "file:user.py", "python:user", "absolute"])
def test_every_setting_is_kept(place, location):
    (place / "user.py").write_text(SETTINGS)
    location = str(place / "user.py") if location == "absolute" else location
    bare = settings(without_shim(place, location, "--print-config"))
    shim = with_shim(place, location, "--print-config")
    assert bare["workers"] == "3"
    assert settings(shim) == bare
    assert shim.told == []


@pytest.mark.parametrize("found", ["GUNICORN_CMD_ARGS", "gunicorn.conf.py"])
def test_config_is_found_as_gunicorn_finds_it(place, found):
    variables = {}
    if found == "GUNICORN_CMD_ARGS":
        (place / "user.py").write_text(SETTINGS)
        (place / "gunicorn.conf.py").write_text("workers = 7\n")
        variables = {found: "--timeout 99 -c user.py --name 'a b'"}
    else:
        (place / "gunicorn.conf.py").write_text(SETTINGS)
    bare = run([GUNICORN, "--print-config", "app:app"], environment(place, **variables), place)
    shim = with_shim(place, None, "--print-config", **variables)
    assert settings(bare)["workers"] == "3"
    assert settings(shim) == settings(bare)


def test_its_own_name_as_users_config_is_no_loop(place):
    outcome = with_shim(place, str(HOOK), "--print-config")
    assert outcome.code == 0, outcome.stderr


FORMS = {
    "function": POST_FORK,
    "none": "",
    "object": POST_FORK.replace("post_fork", "noted")
    + "class Hook:\n    def __call__(self, server, worker):\n        noted(server, worker)\n"
    + "post_fork = Hook()\n",
    "import string": "post_fork = 'named.post_fork'\n",
}


@pytest.mark.parametrize("form", FORMS)
def test_each_worker_starts_once_after_the_users_post_fork(place, form):
    (place / "named.py").write_text(POST_FORK)
    with gunicorn(
        place, "workers = 2\n" + FORMS[form], PYTHONPATH=f"{place / 'instrumentation'}:{place}"
    ) as server:
        workers = wait_notes(server, place, "worker", 2)
        server.wait_line("Booting worker")
        server.wait_port(server.port)
    assert len({pid for pid, _ in workers}) == 2
    assert {seen for _, seen in workers} == {"true"}
    assert server.pid not in dict(workers)
    if form != "none":
        kinds = [line.split()[:2] for line in (place / "notes").read_text().splitlines()]
        for pid, _ in workers:
            assert kinds.index(["user", str(pid)]) < kinds.index(["worker", str(pid)])
    assert told(server) == []


def test_users_own_import_is_recognised(place):
    config = (
        "workers = 2\ndef post_fork(server, worker):\n"
        "    from opentelemetry.instrumentation.auto_instrumentation import sitecustomize\n"
        "def post_worker_init(worker):\n    print('worker is ready', worker.pid, flush=True)\n"
    )
    with gunicorn(place, config) as server:
        server.wait_until(lambda: server.stdout.count("worker is ready") == 2, "both workers were ready")
    assert len(notes(place, "worker")) == 2


@pytest.mark.parametrize("attribute", ["telemetry.auto.version", "service.name"])
def test_provider_that_post_fork_has_set_is_recognised(place, attribute):
    (place / "instrumentation" / "opentelemetry" / "trace.py").write_text("_TRACER_PROVIDER = None\n")
    config = f"""
def post_fork(server, worker):
    import opentelemetry.trace
    class Provider:
        class resource:
            attributes = {{{attribute!r}: "0.1-aws"}}
    opentelemetry.trace._TRACER_PROVIDER = Provider()
def post_worker_init(worker):
    print("worker is ready", flush=True)
"""
    with gunicorn(place, config) as server:
        server.wait_line("worker is ready")
    assert notes(place, "worker") == []
    assert len(told(server)) == (attribute == "service.name")


def test_without_defer_the_master_has_started_it(place):
    config = "def post_worker_init(worker):\n    print('worker is ready', flush=True)\n"
    with gunicorn(place, config, OTEL_AWS_PYTHON_DEFER_TO_WORKERS_ENABLED=None) as server:
        server.wait_line("worker is ready")
    assert notes(place, "worker") == []


@pytest.mark.parametrize("error", ["raise ValueError('broken')", "import no_such_module"])
def test_broken_instrumentation_costs_a_line_and_no_worker(place, error):
    instrumentation(place).write_text(error + "\n")
    config = "def post_worker_init(worker):\n    print('worker is ready', flush=True)\n"
    with gunicorn(place, config) as server:
        server.wait_line("worker is ready")
    assert len(told(server)) == 1
    assert told(server)[0].startswith("appsig: instrumentation: not started in worker")


def test_post_fork_that_raises_ends_the_worker_as_without_the_shim(place):
    with gunicorn(place, "def post_fork(server, worker):\n    raise ValueError('theirs')\n") as server:
        code = server.process.wait(60)
    assert code == 3  # gunicorn's WORKER_BOOT_ERROR
    assert "ValueError: theirs" in server.stderr
    assert notes(place, "worker") == []


def test_hup_starts_the_new_workers_once(place):
    with gunicorn(place, SIMPLE + POST_FORK) as server:
        before = wait_notes(server, place, "worker", 2)
        server.wait_port(server.port)
        server.process.send_signal(signal.SIGHUP)
        after = wait_notes(server, place, "worker", 4)
        assert len(notes(place, "config")) == 2
    assert after[:2] == before
    assert len({pid for pid, _ in after}) == 4


def test_usr2_makes_a_master_that_takes_itself_for_one(place):
    with gunicorn(
        place, "workers = 2\ndef pre_exec(server):\n    print('their pre_exec', flush=True)\n"
    ) as server:
        wait_notes(server, place, "worker", 2)
        server.wait_port(server.port)
        server.process.send_signal(signal.SIGUSR2)
        workers = wait_notes(server, place, "worker", 4)
        server.wait_line("their pre_exec")
        server.stop()
    masters = notes(place, "master")
    assert len(masters) == 2
    assert {seen for _, seen in masters} == {"-"}
    assert len({pid for pid, _ in workers} | {pid for pid, _ in masters}) == 6


def test_dirty_workers_start_once_too(place):
    (place / "jobs.py").write_text(
        "from gunicorn.dirty.app import DirtyApp\nclass Jobs(DirtyApp):\n    def init(self):\n        pass\n"
    )
    config = (
        "workers = 1\ndirty_workers = 1\ndirty_apps = ['jobs:Jobs']\n"
        "def dirty_worker_init(worker):\n    print('dirty worker is ready', worker.pid, flush=True)\n"
    )
    with gunicorn(place, config, PYTHONPATH=f"{place / 'instrumentation'}:{place}") as server:
        server.wait_line("dirty worker is ready")
        workers = wait_notes(server, place, "worker", 2)
    assert len({pid for pid, _ in workers}) == 2
    assert any(f"dirty worker is ready {pid}\n" in server.stdout for pid, _ in workers)


def test_stop_while_a_worker_initialises_is_not_lost(place):
    slow = NOTE.format(what="worker") + "import time\ntime.sleep(2)\n"
    instrumentation(place).write_text(slow)
    with gunicorn(place) as server:
        wait_notes(server, place, "worker", 1)
        code, seconds = server.stop()
    assert code == 0
    assert seconds < 10  # 30 s, gunicorn's graceful time-out, where the worker misses the signal


def test_stop_between_the_initialisation_and_the_workers_own_handlers_is_not_lost(place):
    slow = NOTE.format(what="between").strip().replace("\n", "\n        ")
    config = (
        "from gunicorn.workers.sync import SyncWorker\n"
        "class Late(SyncWorker):\n    def init_signals(self):\n"
        f"        {slow}\n        import time\n        time.sleep(2)\n        super().init_signals()\n"
        "worker_class = Late\n"
    )
    with gunicorn(place, config) as server:
        wait_notes(server, place, "between", 1)
        code, seconds = server.stop()
    assert code == 0
    assert seconds < 10
