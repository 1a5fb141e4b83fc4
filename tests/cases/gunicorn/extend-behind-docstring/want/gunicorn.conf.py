def post_fork(server, worker):
    """After a worker
    has been forked."""
    from opentelemetry.instrumentation.auto_instrumentation import sitecustomize

    # seed
    worker.seed()
