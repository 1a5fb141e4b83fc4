def post_fork(server, worker):
    """After a worker
    has been forked."""

    # seed
    worker.seed()
