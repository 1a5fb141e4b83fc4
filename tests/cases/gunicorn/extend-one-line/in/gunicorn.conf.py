def post_fork(server, worker): worker.log.info("x")
