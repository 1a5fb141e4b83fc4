"""gunicorn config that runs the user's own config and starts the instrumentation once in each worker.

The launcher passes this file as gunicorn's `-c` and the user's own `-c` value, as he wrote it, in
APPSIG_GUNICORN_CONFIG. Where that is empty gunicorn's own rules find the config: `-c` in
GUNICORN_CMD_ARGS, else ./gunicorn.conf.py.

Names here begin with `_appsig_`, as gunicorn takes every other global of this file for a setting.
"""

import logging as _appsig_logging
import os as _appsig_os
import shlex as _appsig_shlex
import signal as _appsig_signal
import sys as _appsig_sys

_appsig_INSTRUMENTATION = "opentelemetry.instrumentation.auto_instrumentation.sitecustomize"
_appsig_DEFER = "OTEL_AWS_PYTHON_DEFER_TO_WORKERS_ENABLED"
_appsig_MASTER_SEEN = "IS_WSGI_MASTER_PROCESS_ALREADY_SEEN"


def _appsig_say(text):
    try:
        _appsig_sys.stderr.write("appsig: %s\n" % text)
        _appsig_sys.stderr.flush()
    except Exception:
        pass


def _appsig_user_location():
    location = _appsig_os.environ.get("APPSIG_GUNICORN_CONFIG")
    if location:
        return None if _appsig_os.path.basename(location) == _appsig_os.path.basename(__file__) else location
    from gunicorn.config import Config, get_default_config_file

    # gunicorn has parsed this very string before it reads a config, so it is known to be well formed
    words = _appsig_shlex.split(_appsig_os.environ.get("GUNICORN_CMD_ARGS", ""))
    return Config().parser().parse_args(words).config or get_default_config_file()


def _appsig_user_settings(location):
    """The user's config as a dictionary; what stops gunicorn stops it here with gunicorn's own words."""
    from gunicorn.app.base import Application

    try:
        if location.startswith("python:"):
            # gunicorn 19 has no method that takes the module's name alone
            import importlib

            return vars(importlib.import_module(location[len("python:") :]))
        if location.startswith("file:"):
            location = location[len("file:") :]
        return Application.get_config_from_filename(None, location)
    except SystemExit:
        _appsig_say('"%s": not usable as gunicorn config, so gunicorn stops' % location)
        raise
    except Exception as error:
        # raised from here, gunicorn would name this file in place of the user's
        print("\nError: %s" % str(error), file=_appsig_sys.stderr)
        _appsig_say('"%s": not usable as gunicorn config, so gunicorn stops' % location)
        _appsig_sys.exit(1)


def _appsig_mend_gevent_timer():
    # gevent's Timer inherits run from its Thread before that of the standard Timer. The threading
    # instrumentation, applied in the master, gives that Thread a run of its own: no Timer runs any more, the
    # sampler's included.
    gevent_threading = _appsig_sys.modules.get("gevent.threading")
    timer = getattr(gevent_threading, "Timer", None)
    for base in getattr(timer, "__mro__", ()):
        if base.__name__ == "Timer" and base.__module__ == "threading":
            timer.run = base.run


def _appsig_start():
    # The instrumentors were applied in the master already, and each would say so.
    logger = _appsig_logging.getLogger("opentelemetry.instrumentation.instrumentor")
    level = logger.level
    logger.setLevel(_appsig_logging.ERROR)
    try:
        __import__(_appsig_INSTRUMENTATION)
    finally:
        logger.setLevel(level)


def _appsig_is_started():
    """By the user's post_fork or in the master: the import, or a provider, which nothing can replace."""
    if _appsig_INSTRUMENTATION in _appsig_sys.modules:
        return True
    provider = getattr(_appsig_sys.modules.get("opentelemetry.trace"), "_TRACER_PROVIDER", None)
    if provider is None:
        return False
    if "telemetry.auto.version" not in getattr(getattr(provider, "resource", None), "attributes", ()):
        _appsig_say(
            "tracer provider: the app sets its own in worker %d, so Application Signals gets nothing"
            % _appsig_os.getpid()
        )
    return True


def _appsig_initialise(worker):
    """Start the instrumentation in this worker unless the user's post_fork or the master has done so."""
    if _appsig_os.environ.get(_appsig_DEFER, "").strip().lower() != "true" or _appsig_is_started():
        return
    _appsig_os.environ[_appsig_MASTER_SEEN] = "true"
    _appsig_mend_gevent_timer()
    # The start takes a good part of a second (more where the CPU is a share): none of it is to count
    # against the time that gunicorn gives the app to load.
    worker.notify()
    _appsig_start()
    worker.notify()


def _appsig_correlate(worker):
    # Our sitecustomize has put it there where it is wanted.
    correlation = _appsig_sys.modules.get("log_correlation")
    if correlation is not None:
        correlation.remember_server_spans()
        worker.log.access = correlation.with_last_span(worker.log.access)


def _appsig_instrument(worker, has_own_handlers=False):
    """Errors cost a line, never the worker; a request to stop that comes meanwhile is honoured at the end.

    Until init_signals the worker still has the master's handlers, which would swallow it, and the master
    would then wait for the whole graceful time-out. So ours stay until then, unless the worker has its own.
    """
    starting = [True]
    stop = []
    handlers = {}

    def honour(number, frame):
        if not starting:
            _appsig_sys.exit(0)
        stop.append(number)

    try:
        for name in ("SIGTERM", "SIGINT", "SIGQUIT"):
            number = getattr(_appsig_signal, name)
            handlers[number] = _appsig_signal.signal(number, honour)
        _appsig_initialise(worker)
        _appsig_correlate(worker)
    except Exception as error:
        _appsig_say("instrumentation: not started in worker %d: %r" % (_appsig_os.getpid(), error))
    finally:
        starting.clear()
        for number, handler in handlers.items() if has_own_handlers else ():
            _appsig_signal.signal(number, handler)
    if stop:
        _appsig_sys.exit(0)


def _appsig_is_eventlet(worker):
    return any(base.__name__ == "EventletWorker" for base in type(worker).__mro__)


def _appsig_after_patch(worker):
    # gunicorn patches for eventlet after post_fork and takes a new hub then, which knows nothing of threads
    # started before. gevent needs none of this: ADOT patches it itself, before anything else in the master.
    patch = worker.patch

    def patch_and_instrument():
        patch()
        _appsig_instrument(worker)

    worker.patch = patch_and_instrument


def _appsig_post_fork(user):
    def post_fork(server, worker):
        # The user's first: what it patches, exports or sets up is then what the instrumentation meets.
        user(server, worker)
        if _appsig_is_eventlet(worker):
            _appsig_after_patch(worker)
        else:
            _appsig_instrument(worker)

    return post_fork


def _appsig_dirty_worker_init(user):
    def dirty_worker_init(worker):
        # dirty_post_fork is called in the parent: of a dirty worker's hooks this is the first in its process
        _appsig_instrument(worker, has_own_handlers=True)
        user(worker)

    return dirty_worker_init


def _appsig_pre_exec(user):
    def pre_exec(server):
        user(server)
        # With this variable the new master of a USR2 would take itself for a worker.
        server.cfg.env_orig.pop(_appsig_MASTER_SEEN, None)

    return pre_exec


def _appsig_wrap(settings):
    """The wrapped hooks; a value that gunicorn will refuse stays as it is, for gunicorn to refuse."""
    from gunicorn import config

    known = {setting.name: setting for setting in config.KNOWN_SETTINGS}
    wrapped = {}
    for name, arity, wrap in (
        ("post_fork", 2, _appsig_post_fork),
        ("pre_exec", 1, _appsig_pre_exec),
        ("dirty_worker_init", 1, _appsig_dirty_worker_init),
    ):
        if name not in known:
            continue
        try:
            wrapped[name] = wrap(config.validate_callable(arity)(settings.get(name, known[name].default)))
        except Exception as error:
            _appsig_say("'%s' of the gunicorn config is refused by gunicorn: %s" % (name, error))
    return wrapped


try:
    _appsig_location = _appsig_user_location()
except Exception as _appsig_error:
    _appsig_location = None
    _appsig_say("gunicorn config: not found out, started without one: %r" % _appsig_error)
_appsig_settings = {}
if _appsig_location:
    _appsig_settings = _appsig_user_settings(_appsig_location)
    globals().update((name, value) for name, value in _appsig_settings.items() if not name.startswith("__"))
try:
    globals().update(_appsig_wrap(_appsig_settings))
except Exception as _appsig_error:
    _appsig_say("instrumentation: not started in the workers: %r" % _appsig_error)
