import os
if os.environ.get("X"):
    def post_fork(server, worker):
        pass
