import x


@x.wrap
def post_fork(server, worker):
    from opentelemetry.instrumentation.auto_instrumentation import sitecustomize
    return x.seed(worker)
