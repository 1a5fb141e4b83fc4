import x


@x.wrap
def post_fork(server, worker):
    return x.seed(worker)
