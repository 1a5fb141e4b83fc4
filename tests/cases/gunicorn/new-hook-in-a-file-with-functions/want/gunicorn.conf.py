bind = "0.0.0.0:8000"
workers = 4


def when_ready(server):
    server.log.info("ready")


def post_fork(server, worker):
    from opentelemetry.instrumentation.auto_instrumentation import sitecustomize
