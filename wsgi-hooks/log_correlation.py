"""Trace and span ids in the lines that an app logs through the standard logging module.

A line gets " trace_id=... span_id=..." at its end, in front of a traceback, where a span is current when it
is formatted. What formats by itself (a JSON formatter, say) is left as it is. gunicorn writes its access log
once the request's span has ended: there the last server span of the thread counts, which the gunicorn hook
asks for.
"""

import logging
import sys
import threading

LAST = threading.local()


def ids_of(context):
    return " trace_id=%032x span_id=%016x" % (context.trace_id, context.span_id)


def current_ids():
    """ "" where no span is current, or where this process is not instrumented."""
    trace = sys.modules.get("opentelemetry.trace")
    if trace is None:
        return ""
    context = trace.get_current_span().get_span_context()
    return ids_of(context) if context.is_valid else ""


def add_ids(line, ids):
    first, newline, rest = line.partition("\n")
    if not ids or "trace_id=" in first or (first.startswith("{") and line.endswith("}")):
        return line
    return first + ids + newline + rest


def install():
    original = logging.Formatter.format

    def format(self, record):
        line = original(self, record)
        try:
            return add_ids(line, getattr(LAST, "ids", "") or current_ids())
        except Exception:
            return line

    logging.Formatter.format = format


def remember_server_spans():
    """From now on LAST.ended is that of the thread's last server span."""
    from opentelemetry.sdk.trace import Span
    from opentelemetry.trace import SpanKind

    original = Span.end

    def end(self, *arguments, **named):
        if self.kind is SpanKind.SERVER:
            LAST.ended = ids_of(self.get_span_context())
        return original(self, *arguments, **named)

    Span.end = end


def with_last_span(access):
    """gunicorn's `access` method, its line with the ids of the request that it is about."""

    def correlated(*arguments, **named):
        LAST.ids, LAST.ended = getattr(LAST, "ended", ""), ""
        try:
            return access(*arguments, **named)
        finally:
            LAST.ids = ""

    return correlated
