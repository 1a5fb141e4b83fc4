def on_starting(server):
    server.log.info("up")


def post_fork(server, worker):
    from opentelemetry.instrumentation.auto_instrumentation import sitecustomize
