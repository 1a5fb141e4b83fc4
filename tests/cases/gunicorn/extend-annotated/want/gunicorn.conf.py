def post_fork(
    server: "Arbiter",
    worker: dict[str, int],
) -> None:
    # first
    from opentelemetry.instrumentation.auto_instrumentation import sitecustomize
    print(worker)
