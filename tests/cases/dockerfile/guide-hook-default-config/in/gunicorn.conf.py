workers = 2
if workers:
    timeout = 3
