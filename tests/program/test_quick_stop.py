"""wsgi-hooks/quick_stop.py on OpenTelemetry's own classes: no wait at the end is left without a bound."""

import sys

from tests.support.program import TOP, clean, run

QUICK_STOP = TOP / "wsgi-hooks" / "quick_stop.py"
# Exporters whose sending never ends, as it is with an agent that answers a byte now and then.
ENDLESS = f"""
import runpy, threading
quick = runpy.run_path({str(QUICK_STOP)!r})
quick["install"]()
quick["install"].__globals__.update(SECONDS=0.1, LEAST_SECONDS=0.01)
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import ConsoleMetricExporter, PeriodicExportingMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, ConsoleSpanExporter

class Endless:
    def export(self, *arguments, **named):
        print(type(self).__name__, flush=True)
        threading.Event().wait()

class Spans(Endless, ConsoleSpanExporter): pass
class Metrics(Endless, ConsoleMetricExporter): pass

traces = TracerProvider()
traces.add_span_processor(BatchSpanProcessor(Spans()))
metrics = MeterProvider([PeriodicExportingMetricReader(Metrics())])
metrics.get_meter("test").create_counter("test").add(1)
with traces.get_tracer("test").start_as_current_span("test"):
    pass
print("flushed", traces.force_flush(), flush=True)
metrics.force_flush()
"""


def test_no_exporter_holds_up_the_end():
    outcome = run([sys.executable, "-c", ENDLESS], clean(), timeout=30)
    assert outcome.code == 0
    assert set(outcome.stdout.splitlines()) == {"Spans", "Metrics", "flushed False"}, outcome.stderr
    assert "Traceback" not in outcome.stderr
