def post_fork(server, worker):
    print(1)


def post_fork(server, worker):
    from opentelemetry.instrumentation.auto_instrumentation import sitecustomize
    print(2)
