def post_fork(server, worker):
    from opentelemetry.instrumentation.auto_instrumentation import sitecustomize
