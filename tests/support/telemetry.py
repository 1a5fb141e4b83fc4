"""Decoded OTLP data, and the questions that tests ask of it."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field

from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1 import trace_pb2

# Application Signals' own metrics; Error and Fault are histograms of 0 and 1, so their sum is the number.
APP_SIGNALS = ("Latency", "Error", "Fault")

# What CloudWatch calls the attributes that ADOT sends.
CLOUDWATCH_NAMES = {
    "Service": "aws.local.service",
    "Operation": "aws.local.operation",
    "RemoteService": "aws.remote.service",
    "RemoteOperation": "aws.remote.operation",
    "RemoteResourceType": "aws.remote.resource.type",
    "RemoteResourceIdentifier": "aws.remote.resource.identifier",
}


def plain(value):
    """An OTLP AnyValue as the Python value that it stands for."""
    kind = value.WhichOneof("value")
    if kind == "array_value":
        return [plain(item) for item in value.array_value.values]
    if kind == "kvlist_value":
        return attributes_of(value.kvlist_value.values)
    return getattr(value, kind) if kind else None


def attributes_of(pairs):
    return {pair.key: plain(pair.value) for pair in pairs}


@dataclass
class Span:
    service: str
    name: str
    kind: str  # "server", "client", "internal", "producer", "consumer"
    trace_id: str
    span_id: str
    parent_id: str  # "" for a root
    milliseconds: float
    attributes: dict
    resource: dict

    @property
    def is_server(self):
        return self.kind == "server"

    @property
    def database(self):
        """The database system that the span talks to, or None."""
        return self.attributes.get("db.system") or self.attributes.get("db.system.name")


@dataclass
class Point:
    """One data point: `count` is how many values it sums up, `total` their sum."""

    name: str
    attributes: dict
    count: int
    total: float
    resource: dict

    @property
    def service(self):
        return self["Service"] or self.resource.get("service.name")

    def __getitem__(self, cloudwatch_name):
        """An attribute by the name that CloudWatch shows, or None."""
        return self.attributes.get(CLOUDWATCH_NAMES[cloudwatch_name])


@dataclass
class Record:
    """One log record."""

    service: str
    event: str
    body: object
    attributes: dict


def decode_spans(data):
    """The spans of an export request; google.protobuf.message.DecodeError on anything else."""
    spans = []
    for group in ExportTraceServiceRequest.FromString(data).resource_spans:
        resource = attributes_of(group.resource.attributes)
        for span in (span for scope in group.scope_spans for span in scope.spans):
            kind = trace_pb2.Span.SpanKind.Name(span.kind).removeprefix("SPAN_KIND_").lower()
            spans.append(
                Span(
                    service=resource.get("service.name", ""),
                    name=span.name,
                    kind=kind,
                    trace_id=span.trace_id.hex(),
                    span_id=span.span_id.hex(),
                    parent_id=span.parent_span_id.hex(),
                    milliseconds=(span.end_time_unix_nano - span.start_time_unix_nano) / 1e6,
                    attributes=attributes_of(span.attributes),
                    resource=resource,
                )
            )
    return spans


def decode_points(data):
    points = []
    for group in ExportMetricsServiceRequest.FromString(data).resource_metrics:
        resource = attributes_of(group.resource.attributes)
        for metric in (metric for scope in group.scope_metrics for metric in scope.metrics):
            kind = metric.WhichOneof("data")
            for point in getattr(metric, kind).data_points if kind else ():
                if kind in ("sum", "gauge"):
                    count, total = 1, getattr(point, point.WhichOneof("value") or "as_int")
                else:
                    count, total = point.count, point.sum
                points.append(Point(metric.name, attributes_of(point.attributes), count, total, resource))
    return points


def decode_records(data):
    records = []
    for group in ExportLogsServiceRequest.FromString(data).resource_logs:
        resource = attributes_of(group.resource.attributes)
        for record in (record for scope in group.scope_logs for record in scope.log_records):
            records.append(
                Record(
                    service=resource.get("service.name", ""),
                    event=record.event_name,
                    body=plain(record.body),
                    attributes=attributes_of(record.attributes),
                )
            )
    return records


def has(attributes, wanted):
    return all(attributes.get(name) == value for name, value in wanted.items())


@dataclass(eq=False)
class Telemetry:
    """Everything that has arrived so far. Safe to add to and to ask from several threads."""

    _spans: list = field(default_factory=list)
    _points: list = field(default_factory=list)
    _records: list = field(default_factory=list)
    _changed: threading.Condition = field(default_factory=threading.Condition)

    def add(self, spans=(), points=(), records=()):
        with self._changed:
            self._spans += spans
            self._points += points
            self._records += records
            self._changed.notify_all()

    def clear(self):
        with self._changed:
            for kept in (self._spans, self._points, self._records):
                kept.clear()

    def spans(self, service=None, **attributes):
        with self._changed:
            spans = list(self._spans)
        return [
            span for span in spans if service in (None, span.service) and has(span.attributes, attributes)
        ]

    def server_spans(self, service=None):
        return [span for span in self.spans(service) if span.is_server]

    def points(self, name=None, **attributes):
        with self._changed:
            points = list(self._points)
        return [point for point in points if name in (None, point.name) and has(point.attributes, attributes)]

    def app_signals(self, name, **attributes):
        """The points of Latency, Error or Fault; attributes by CloudWatch's names: Service, Operation, …"""
        assert name in APP_SIGNALS, name
        return self.points(name, **{CLOUDWATCH_NAMES[key]: value for key, value in attributes.items()})

    def count(self, name, **attributes):
        """How many requests (or calls) the points of `name` stand for."""
        return sum(point.count for point in self.app_signals(name, **attributes))

    def total(self, name, **attributes):
        """The sum of their values: milliseconds for Latency, a number of requests for Error and Fault."""
        return sum(point.total for point in self.app_signals(name, **attributes))

    def records(self, event=None):
        with self._changed:
            records = list(self._records)
        return [record for record in records if event in (None, record.event)]

    def services(self):
        return sorted(
            {span.service for span in self.spans()} | {point.service or "" for point in self.points()}
        )

    def traces(self):
        """Spans by trace id."""
        found = {}
        for span in self.spans():
            found.setdefault(span.trace_id, []).append(span)
        return found

    def summary(self):
        lines = [f"{len(self.spans())} spans, {len(self.points())} points, {len(self.records())} log records"]
        lines += [f"  span {s.service} {s.kind} {s.name!r} trace {s.trace_id[-6:]}" for s in self.spans()]
        lines += [
            f"  {p.name} count {p.count} total {p.total:.1f} {p.attributes}"
            for p in self.points()
            if p.name in APP_SIGNALS
        ]
        return "\n".join(lines)

    def wait_for(self, predicate, timeout=60):
        """predicate(self) once it is true; fails with all that has arrived when it never is."""
        end = time.monotonic() + timeout
        while True:
            with self._changed:
                seen = len(self._spans), len(self._points), len(self._records)
            found = predicate(self)
            if found:
                return found
            with self._changed:
                arrived = self._changed.wait_for(
                    lambda seen=seen: (len(self._spans), len(self._points), len(self._records)) != seen,
                    max(0, end - time.monotonic()),
                )
            if not arrived:
                raise AssertionError(f"not arrived within {timeout} s; what did:\n{self.summary()}")
