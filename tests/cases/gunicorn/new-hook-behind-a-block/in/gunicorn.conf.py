import os

if os.environ.get("X"):
    workers = 2
