import os

if os.environ.get("X"):
    workers = 2


def post_fork(server, worker):
    from opentelemetry.instrumentation.auto_instrumentation import sitecustomize
