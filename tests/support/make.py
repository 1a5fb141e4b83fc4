"""`make` from a test: one at a time, as the tests run side by side and share build/."""

import fcntl
import os

from .program import TOP, clean, run


def make(*words, timeout=280):
    # The flags of the make that runs the tests are not for this one.
    environment = clean(os.environ, MAKEFLAGS=None, MAKELEVEL=None, MFLAGS=None)
    with (TOP / "build" / "make.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        outcome = run(["make", *words], environment, cwd=TOP, timeout=timeout)
    assert outcome.code == 0, outcome.stdout + outcome.stderr
