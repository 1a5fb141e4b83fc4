from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider


def post_fork(server, worker):
    from opentelemetry.instrumentation.auto_instrumentation import sitecustomize
    trace.set_tracer_provider(TracerProvider())
