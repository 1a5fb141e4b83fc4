def post_fork(server, worker):
    print(1)


def post_fork(server, worker):
    print(2)
