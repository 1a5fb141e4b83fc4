def on_starting(server):
    server.log.info("up")
