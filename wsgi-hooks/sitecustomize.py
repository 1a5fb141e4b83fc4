"""Ours in front of the instrumentation's and the user's sitecustomize, for servers started further down.

The launcher puts the directory of this file first on PYTHONPATH where it cannot see the server itself (a
script, `sh -c`, `poetry run`), or where the instrumentation's sitecustomize would shadow the user's. In every
Python process that follows, this file decides what the process is:

- a helper or a one-shot command: nothing is instrumented, and its children still find this file;
- a server that the launcher has a row for: it starts over through the launcher (APPSIG_EXEC), same pid, so
  that the rows exist once; APPSIG_STARTED keeps it and its children from doing that again;
- uWSGI, which has its flags from UWSGI_* variables: DEFER is set here, as only here it is certain;
- anything else: instrumented, as opentelemetry-instrument would have it.

The user's sitecustomize runs first: the paths, variables and patches that it makes are then what the
instrumentation meets, and what it raises is raised again at the end, for Python to report in its own way.
"""

import os
import sys

INSTRUMENTATION = "opentelemetry.instrumentation.auto_instrumentation.sitecustomize"
INSTRUMENTATION_DIRECTORY = os.path.join("opentelemetry", "instrumentation", "auto_instrumentation")
DISTRO_DIRECTORY = os.path.join("amazon", "opentelemetry", "distro")
DEFER = "OTEL_AWS_PYTHON_DEFER_TO_WORKERS_ENABLED"
MASTER_SEEN = "IS_WSGI_MASTER_PROCESS_ALREADY_SEEN"
GEVENT_PATCH = "AWS_GEVENT_PATCH_MODULES"
DISABLED = "OTEL_PYTHON_DISABLED_INSTRUMENTATIONS"
HERE = os.path.dirname(os.path.abspath(__file__))


def names(text):
    return frozenset(text.split())


# Names of scripts and of modules after -m that start over through the launcher.
SERVERS = names(
    "gunicorn gunicorn.app.wsgiapp uvicorn hypercorn granian daphne waitress-serve waitress flask celery "
    "fastapi manage.py django-admin django uwsgi pyuwsgi opentelemetry-instrument"
)
# Tools that start, build or watch other programs; what they start decides for itself.
HELPERS = names(
    "pip poetry pipenv pdm uv hatch conda mamba virtualenv venv ensurepip compileall build twine supervisord "
    "supervisorctl supervisor.supervisord honcho circusd opentelemetry-instrument "
    "opentelemetry-bootstrap alembic"
)
DJANGO_ONCE = names(
    "changepassword check clearsessions collectstatic compilemessages createcachetable createsuperuser "
    "dbshell diffsettings dumpdata findstatic flush help inspectdb loaddata makemessages makemigrations "
    "migrate optimizemigration remove_stale_contenttypes sendtestemail shell shell_plus showmigrations "
    "sqlflush sqlmigrate sqlsequencereset squashmigrations startapp startproject test version"
)
DJANGO_VALUED = names("--settings --pythonpath -v --verbosity")
FLASK_ONCE = names("db routes shell")
CELERY_ONCE = names("call control inspect list migrate purge report result shell status upgrade")
# name: (subcommands that run once and end, options before the subcommand that take a value)
ONCE = {
    "manage.py": (DJANGO_ONCE, DJANGO_VALUED),
    "django-admin": (DJANGO_ONCE, DJANGO_VALUED),
    "django": (DJANGO_ONCE, DJANGO_VALUED),
    "flask": (FLASK_ONCE, names("-A --app -e --env-file")),
    "celery": (CELERY_ONCE, names("-A --app -b --broker --result-backend --loader --config --workdir")),
}
# A script that calls one of these has a loop that never yields to gevent.
LOOPS = ("uvicorn.run(", "asyncio.run(", "hypercorn.asyncio", "web.run_app(")
# uWSGI as a Python extension: the process is Python's, the rest is uWSGI's.
PYUWSGI = names("uwsgi pyuwsgi")
UWSGI_CONFIGS = (".ini", ".xml", ".yaml", ".yml", ".json")
TRACKERS = ("resource_tracker import main", "semaphore_tracker import main")


def say(text):
    try:
        sys.stderr.write("appsig: %s\n" % text)
        sys.stderr.flush()
    except Exception:
        pass


def command_words():
    """The words after the interpreter's name; sys.orig_argv came with Python 3.10."""
    if hasattr(sys, "orig_argv"):
        return list(sys.orig_argv[1:])
    with open("/proc/self/cmdline", "rb") as file:
        return [os.fsdecode(word) for word in file.read().split(b"\0")[1:-1]]


def what_starts(words):
    """(kind, name, arguments): "c" with the code, "m" with the module, "script" with its base name, or ""."""
    at = 0
    while at < len(words):
        word = words[at]
        at += 1
        if word == "--check-hash-based-pycs":
            at += 1
        if word.startswith("--"):
            continue
        if not word.startswith("-") or word == "-":
            return ("script", os.path.basename(word), words[at:]) if word != "-" else ("", "", [])
        for index in range(1, len(word)):
            if word[index] not in "cmWX":
                continue
            value = word[index + 1 :]
            if not value and at < len(words):
                value = words[at]
                at += 1
            if word[index] in "cm":
                return word[index], value, words[at:]
            break
    return "", "", []


def subcommand(arguments, valued):
    skip = False
    for argument in arguments:
        if skip or argument.startswith("-"):
            skip = not skip and argument in valued
            continue
        return argument
    return None


def is_left_alone(kind, name, arguments):
    if kind == "c":
        # multiprocessing's, billiard's and loky's: it only unlinks what its parent leaves behind
        first = name.split(";")[0].rstrip()
        return first.startswith("from ") and first.endswith(TRACKERS)
    if name.startswith("pip") and name[3:].replace(".", "").isdigit():
        return True
    once, valued = ONCE.get(name, ((), ()))
    return name in HELPERS or subcommand(arguments, valued) in once


def is_switched_off():
    off = os.environ.get("APPSIG_DISABLED", "").strip().lower() in ("1", "true", "yes", "on")
    return off or os.environ.get("OTEL_AWS_APPLICATION_SIGNALS_ENABLED", "").strip().lower() == "false"


def is_uwsgi():
    try:
        return os.path.basename(os.readlink("/proc/self/exe")).startswith("uwsgi")
    except OSError:
        return False


def is_ours(directory):
    return os.path.abspath(directory or os.curdir) == HERE


def is_instrumentation(directory):
    return directory.rstrip(os.sep).endswith(INSTRUMENTATION_DIRECTORY)


def find_instrumentation():
    """The path of the instrumentation's sitecustomize; None where this interpreter has no ADOT."""
    found = None
    distro = False
    for directory in sys.path:
        path = os.path.join(directory, INSTRUMENTATION_DIRECTORY, "sitecustomize.py")
        if found is None and os.path.isfile(path):
            found = path
        distro = distro or os.path.isdir(os.path.join(directory, DISTRO_DIRECTORY))
    return found if distro else None


def python_path_without(unwanted):
    return os.pathsep.join(
        part for part in os.environ.get("PYTHONPATH", "").split(os.pathsep) if not unwanted(part)
    )


def start_over(words):
    """Does not return where the launcher takes over."""
    launcher = os.environ.get("APPSIG_EXEC")
    if not launcher or not sys.executable:
        return
    # Nothing has been read from stdin yet, and Python's own descriptors close on exec.
    environment = dict(os.environ, APPSIG_STARTED="1")
    environment["PYTHONPATH"] = python_path_without(lambda part: is_ours(part) or is_instrumentation(part))
    if not environment["PYTHONPATH"]:
        del environment["PYTHONPATH"]
    command = ["appsig-exec", "--", sys.executable]
    command.extend(words)
    try:
        os.execve(launcher, command, environment)
    except OSError as error:
        say('"%s": %s, so the fork plan is not applied' % (launcher, error.strerror))


def uwsgi_words():
    with open("/proc/self/cmdline", "rb") as file:
        return [os.fsdecode(word) for word in file.read().split(b"\0")]


def text_of(path):
    """The empty text where it cannot be read."""
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()
    except OSError:
        return ""


def speaks_of_gevent(words):
    """In a uWSGI's words, its variables, or a config that they name."""
    if any("gevent" in word for word in words) or "UWSGI_GEVENT" in os.environ:
        return True
    paths = [word.rpartition("=")[2] for word in words]
    return any("gevent" in text_of(path) for path in paths if path.endswith(UWSGI_CONFIGS))


def choose_gevent(words):
    """As the launcher does it for a uWSGI that it sees."""
    if not speaks_of_gevent(words):
        # uWSGI's own loop never yields to gevent: monkey-patched, the exporting threads would never run.
        os.environ.setdefault(GEVENT_PATCH, "none")
        return
    # The threading instrumentation would stop every timer of gevent's, that of the sampling rules included.
    disabled = os.environ.get(DISABLED, "")
    if "threading" not in disabled:
        os.environ[DISABLED] = ",".join(filter(None, (disabled, "threading")))


def prepare_uwsgi():
    # A reload executes uwsgi anew with what the first master left in the environment: it is a master again.
    os.environ.pop(MASTER_SEEN, None)
    choose_gevent(uwsgi_words())
    if os.environ.get("UWSGI_IMPORT") == INSTRUMENTATION and os.environ.get("UWSGI_LAZY_APPS"):
        os.environ.setdefault(DEFER, "true")
    import logging
    import signal

    # A worker that has to stop while it starts would have KeyboardInterrupt raised inside the
    # instrumentation, which catches it, and the master would wait for that worker as long as its mercy
    # lasts. uWSGI puts its own handler in place once the app is loaded.
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    # The instrumentors are applied in the master, and each would say so when a worker starts.
    logging.getLogger("opentelemetry.instrumentation.instrumentor").setLevel(logging.ERROR)


def keep_gevent_away(path):
    """As the launcher does it for a script that it sees: the same words, and gevent is not among them."""
    text = text_of(path)
    if "gevent" not in text and any(loop in text for loop in LOOPS):
        os.environ.setdefault(GEVENT_PATCH, "none")


def calls_uvicorn():
    """The app's own words do, or FastAPI's command does; gevent has to patch before anything is imported."""
    words = command_words()
    kind, name, arguments = what_starts(words)
    if kind != "script" or name == "fastapi":
        return name == "fastapi"
    text = text_of(words[len(words) - len(arguments) - 1])
    return "uvicorn.run(" in text and "gevent" not in text


def give_workers_time():
    """As the launcher does it for uvicorn's own command, by a variable that uvicorn.run does not read."""
    try:
        from uvicorn import run

        if "timeout_worker_healthcheck" in run.__kwdefaults__:
            run.__kwdefaults__["timeout_worker_healthcheck"] = 60
    except Exception as error:
        say("uvicorn: its workers may have too little time to start: %r" % error)


def run_users():
    """The error that the user's sitecustomize raised, or None.

    Its module takes the place of this one, so that `import sitecustomize` gives the user his own.
    """
    from importlib.machinery import PathFinder
    from importlib.util import module_from_spec

    path = [
        directory for directory in sys.path if not is_ours(directory) and not is_instrumentation(directory)
    ]
    spec = PathFinder.find_spec("sitecustomize", path)
    if spec is None or spec.loader is None:
        return None
    module = module_from_spec(spec)
    ours = sys.modules["sitecustomize"]
    sys.modules["sitecustomize"] = module
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        sys.modules["sitecustomize"] = ours
        return error
    return None


def run_instrumentation(path):
    """Unregistered: under its real name the gunicorn hook and uWSGI's --import would take it for done."""
    from importlib.util import module_from_spec, spec_from_file_location

    before = os.environ.get("PYTHONPATH")
    # What the instrumentation starts while it initialises must not initialise in turn.
    os.environ["PYTHONPATH"] = python_path_without(is_ours)
    try:
        spec = spec_from_file_location("sitecustomize", path)
        spec.loader.exec_module(module_from_spec(spec))
    except Exception as error:
        say("instrumentation: not started in process %d: %r" % (os.getpid(), error))
    finally:
        if before is None:
            os.environ.pop("PYTHONPATH", None)
        else:
            os.environ["PYTHONPATH"] = before


def take_up(name, variable, loss):
    """Has the file that the launcher put in place do its part; the gunicorn hook finds it under its name."""
    path = os.environ.get(variable)
    if not path:
        return
    try:
        from importlib.util import module_from_spec, spec_from_file_location

        spec = spec_from_file_location(name, path)
        module = module_from_spec(spec)
        spec.loader.exec_module(module)
        module.install()
        sys.modules[name] = module
    except Exception as error:
        say('"%s": %s in process %d: %r' % (path, loss, os.getpid(), error))


def decide():
    """The path of what has to run to instrument this process, or None."""
    if is_switched_off():
        return None
    path = find_instrumentation()
    if is_uwsgi():
        if path is None:
            say('"uwsgi": its Python has no aws-opentelemetry-distro that it can import, not instrumented')
        else:
            prepare_uwsgi()
        return path
    words = command_words()
    kind, name, arguments = what_starts(words)
    again = "APPSIG_STARTED" in os.environ
    if kind in ("script", "m") and name in SERVERS and not again:
        if subcommand(arguments, ONCE.get(name, ((), ()))[1]) in ONCE.get(name, ((), ()))[0]:
            return None
        if path is None:
            say(
                '"%s": %s has no aws-opentelemetry-distro that it can import, not instrumented'
                % (name, sys.executable)
            )
            return None
        start_over(words)
    if path and name in PYUWSGI:
        prepare_uwsgi()
    elif path and kind == "script":
        keep_gevent_away(words[len(words) - len(arguments) - 1])
    return None if is_left_alone(kind, name, arguments) else path


def main():
    try:
        path = decide()
    except Exception as error:
        path = None
        say("process %d: not instrumented: %r" % (os.getpid(), error))
    if path:
        take_up("log_correlation", "APPSIG_LOG_CORRELATION_FILE", "log lines get no ids")
        take_up("used_only", "APPSIG_USED_ONLY_FILE", "all that is installed is instrumented")
    sys.path[:] = [directory for directory in sys.path if not is_ours(directory)]
    failure = run_users()
    if path and INSTRUMENTATION not in sys.modules:
        run_instrumentation(path)
        take_up("quick_stop", "APPSIG_QUICK_STOP_FILE", "the app may stop slowly")
        if calls_uvicorn():
            give_workers_time()
    if failure is not None:
        raise failure


if sys.version_info >= (3, 8):
    main()
