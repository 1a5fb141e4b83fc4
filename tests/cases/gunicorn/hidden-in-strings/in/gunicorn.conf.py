text = """
def post_fork(server, worker):
    pass
"""
# def post_fork(server, worker):
other = 'def post_fork(a, b): pass'
