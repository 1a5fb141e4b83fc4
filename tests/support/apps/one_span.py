"""The shortest service: requests that nobody sent, until one is sampled; prints what it knows of proxies.

Until X-Ray's rules are there the sampler's fallback may drop the first ones; metrics count them all the same.
"""

import os
import time

from opentelemetry import trace

requests = 0
sampled = False
while not sampled and requests < 100:
    with trace.get_tracer(__name__).start_as_current_span("GET /request", kind=trace.SpanKind.SERVER) as span:
        requests += 1
        sampled = span.get_span_context().trace_flags.sampled
    if not sampled:
        time.sleep(0.1)
print(requests, os.environ.get("NO_PROXY"), os.environ.get("no_proxy"))
