def post_fork(server, worker):
    import opentelemetry.instrumentation.auto_instrumentation.sitecustomize
    print(1)
