workers = 2
if workers:
    timeout = 3


def post_fork(server, worker):
    from opentelemetry.instrumentation.auto_instrumentation import sitecustomize
