def post_fork(server, worker):
    """Nothing."""
    from opentelemetry.instrumentation.auto_instrumentation import sitecustomize
