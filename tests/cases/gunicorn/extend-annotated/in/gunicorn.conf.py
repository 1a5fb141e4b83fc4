def post_fork(
    server: "Arbiter",
    worker: dict[str, int],
) -> None:
    # first
    print(worker)
