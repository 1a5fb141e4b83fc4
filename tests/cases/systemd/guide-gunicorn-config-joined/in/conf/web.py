def post_fork(server, worker):
    print(1)
