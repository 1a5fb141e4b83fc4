def post_fork(server, worker):
    """Nothing."""
