workers = 2


def on_exit(server):
    pass


def post_fork(server, worker):
    from opentelemetry.instrumentation.auto_instrumentation import sitecustomize
