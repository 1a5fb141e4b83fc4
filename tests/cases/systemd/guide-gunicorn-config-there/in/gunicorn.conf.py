workers = 2


def on_exit(server):
    pass
