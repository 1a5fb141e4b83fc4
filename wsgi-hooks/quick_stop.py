"""How long OpenTelemetry may hold up the end of a process, where no healthy agent answered at its start.

Its exporters count their time-out from one byte of an answer to the next: an agent that answers a byte now
and then is never given up. At the end some waits for such an answer have 30 seconds each and some have no
bound at all; with this all of them together have SECONDS.
"""

import functools
import threading
import time

SECONDS = 2
# What is left for a wait that begins later: what is sent to an agent that has come meanwhile takes no longer.
LEAST_SECONDS = 0.2
# A flush in the middle of a process's life is none of its end.
AFRESH_SECONDS = 10

# What has a thread that sends: at its shutdown that thread sends what is left, and is waited for.
SENDING = (
    ("opentelemetry.sdk._shared_internal", "BatchProcessor"),
    ("opentelemetry.sdk.metrics.export", "PeriodicExportingMetricReader"),
)
clock = {"began": float("-inf")}


def seconds_left():
    now = time.monotonic()
    if now - clock["began"] > AFRESH_SECONDS:
        clock["began"] = now
    return max(LEAST_SECONDS, clock["began"] + SECONDS - now)


def bounded_shutdown(shutdown):
    @functools.wraps(shutdown)
    def bounded(self, timeout_millis=30000, **named):
        return shutdown(self, timeout_millis=min(timeout_millis, seconds_left() * 1000), **named)

    return bounded


def bounded_flush(force_flush):
    """It sends in the thread that calls it, and heeds no time-out: so in one of its own."""

    @functools.wraps(force_flush)
    def bounded(self, *arguments, **named):
        flushed = []
        thread = threading.Thread(
            target=lambda: flushed.append(force_flush(self, *arguments, **named)), daemon=True
        )
        try:
            thread.start()
        except RuntimeError:
            # From Python 3.12 on no thread starts once the interpreter ends: the shutdown that follows sends.
            return False
        thread.join(seconds_left())
        return bool(flushed and flushed[0])

    return bounded


def install():
    from importlib import import_module

    for module, name in SENDING:
        sending = getattr(import_module(module), name)
        sending.shutdown = bounded_shutdown(sending.shutdown)
        sending.force_flush = bounded_flush(sending.force_flush)
