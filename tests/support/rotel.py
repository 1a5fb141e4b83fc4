"""rotel as the agent's OTLP receiver, and what it received, read from its own debug output."""

from __future__ import annotations

import re
from pathlib import Path

from .program import Program, clean
from .telemetry import Point, Span, Telemetry

# "     -> http.status_code: Int(200)"; deeper ones belong to a span's events
ATTRIBUTE = re.compile(r"     -> (\S+): (\w+)\((.*)\)$")
FIELD = re.compile(r" *([A-Za-z ]+?) *: ?(.*)$")
NUMBERS = {"Int": int, "Double": float}


def program():
    """The binary in the wheel's package, or None."""
    try:
        import rotel
    except ImportError:
        return None
    return Path(rotel.__file__).parent / "rotel-agent"


def command(http, grpc):
    """The command line for two HOST:PORTs."""
    words = ["start", "--otlp-http-endpoint", http, "--otlp-grpc-endpoint", grpc, "--exporter", "blackhole"]
    words += ["--debug-log", "traces", "--debug-log", "metrics", "--debug-log-verbosity", "detailed"]
    return [program(), *words]


class Rotel(Program):
    """Runs from `with` to its end."""

    def __init__(self, http_port, grpc_port, host="127.0.0.1"):
        super().__init__(command(f"{host}:{http_port}", f"{host}:{grpc_port}"), clean())
        self.url = f"http://{host}:{http_port}"

    def received(self):
        return read(self.stdout)


class Reader:
    """Takes the output line by line; what an attribute line belongs to is what the last heading said."""

    def __init__(self):
        self.resource, self.target, self.item = {}, None, None
        self.metric = ""
        self.items = []

    def heading(self, line):
        """True where the line begins something."""
        name = line.split(" #")[0].rstrip(":")
        if name in ("ResourceSpans", "ResourceMetrics"):
            self.resource, self.item = {}, None
            self.target = self.resource
        elif name == "Span":
            self.add(Span("", "", "", "", "", "", 0.0, {}, self.resource))
        elif name in ("Metric", "SpanEvent", "Events", "Exemplar", "SpanLink", "Links"):
            self.item = self.target = None
        elif name.endswith("DataPoints"):
            self.add(Point(self.metric, {}, 1, 0.0, self.resource))
        else:
            return False
        return True

    def add(self, item):
        self.item, self.target = item, item.attributes
        self.items.append(item)

    def line(self, line):
        if self.heading(line):
            return
        attribute = ATTRIBUTE.match(line)
        if attribute and self.target is not None:
            name, kind, value = attribute.groups()
            self.target[name] = NUMBERS.get(kind, str)(value)
        elif line.startswith("     -> Name: "):
            self.metric = line.removeprefix("     -> Name: ")
        elif found := FIELD.match(line):
            self.field(*found.groups())

    def field(self, name, value):
        if isinstance(self.item, Span):
            self.span_field(name, value)
        elif isinstance(self.item, Point):
            if name == "Count":
                self.item.count = int(value)
            elif name in ("Sum", "Value"):
                self.item.total = float(value)

    def span_field(self, name, value):
        names = {"Trace ID": "trace_id", "ID": "span_id", "Parent ID": "parent_id", "Name": "name"}
        if name in names:
            setattr(self.item, names[name], value)
        elif name == "Kind":
            self.item.kind = value.removeprefix("SPAN_KIND_").lower()
        elif name == "Start time":
            self.item.milliseconds = -int(value) / 1e6
        elif name == "End time":
            # exact to some hundred nanoseconds, as both are doubles here
            self.item.milliseconds += int(value) / 1e6


def read(output):
    """Everything in rotel's detailed output; an item that is cut off at its end is there with what it has."""
    reader = Reader()
    for line in output.splitlines():
        reader.line(line)
    telemetry = Telemetry()
    spans = [item for item in reader.items if isinstance(item, Span)]
    for span in spans:
        span.service = span.resource.get("service.name", "")
    telemetry.add(spans=spans, points=[item for item in reader.items if isinstance(item, Point)])
    return telemetry
