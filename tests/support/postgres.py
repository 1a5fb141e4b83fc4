"""A PostgreSQL of its own for a test: Debian's programs, a temporary directory, a free port on loopback."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
from pathlib import Path

from .program import Program, clean, free_port, run

USER = "shop"


def programs():
    """The folder of the newest installed version, or None."""
    found = [path for path in Path("/usr/lib/postgresql").glob("*/bin") if (path / "initdb").exists()]
    return max(found, key=lambda path: int(path.parent.name), default=None)


class Postgres:
    """Runs from `with` to its end; `url` is what clients connect to."""

    def __init__(self):
        self._programs = programs()
        # the server refuses to run as root
        as_postgres = ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"]
        self._as_user = as_postgres if os.geteuid() == 0 else []
        self.port = free_port()
        self.url = f"postgresql://{USER}@127.0.0.1:{self.port}/postgres"

    def _command(self, name, *words):
        return [*self._as_user, self._programs / name, "-D", self._folder / "data", *words]

    def __enter__(self):
        self._folder = Path(tempfile.mkdtemp(prefix="postgres-"))
        try:
            if self._as_user:
                shutil.chown(self._folder, "postgres", "postgres")
            made = run(
                self._command("initdb", "--auth=trust", f"--username={USER}", "--no-sync", "--encoding=UTF8"),
                cwd=self._folder,
                timeout=120,
            )
            assert made.code == 0, made.stderr
            settings = [
                "unix_socket_directories=",
                "listen_addresses=127.0.0.1",
                f"port={self.port}",
                "fsync=off",
            ]
            words = [word for setting in settings for word in ("-c", setting)]
            self._server = Program(self._command("postgres", *words), clean(), self._folder)
            self._server.wait_line("ready to accept connections")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        server = getattr(self, "_server", None)
        if server:
            with server:
                if server.process.poll() is None:
                    server.stop(signal.SIGINT)
        shutil.rmtree(self._folder)
