from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider


def post_fork(server, worker):
    trace.set_tracer_provider(TracerProvider())
