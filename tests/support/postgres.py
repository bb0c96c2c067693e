"""A real PostgreSQL cluster of the tests."""

import contextlib
import os
import pwd
import signal
from dataclasses import dataclass
from pathlib import Path

import psycopg

from tests.support.processes import Program, ServerProcess, children, free_port, wait_until

_ALIVE = ("listen_addresses=127.0.0.1", "unix_socket_directories=", "fsync=off", "max_connections=50")
"""Without fsync: no test cuts the machine's power, and SIGKILL leaves what was written to the kernel."""


@dataclass(frozen=True)
class Postgres:
    """A cluster of our own. `url` is that of its maintenance database, as psycopg takes it."""

    port: int
    process: ServerProcess

    @classmethod
    def create(cls, program: Program, home: Path) -> "Postgres":
        """Make a cluster in `home`, not yet started."""
        user = "postgres" if os.geteuid() == 0 else None  # initdb refuses to run as root
        if user:
            os.chown(home, pwd.getpwnam(user).pw_uid, pwd.getpwnam(user).pw_gid)
        data, port = home / "data", free_port()
        initdb = ("initdb", "-D", str(data), "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C", "--no-sync")
        ServerProcess(program, initdb, home, lambda: False, user).run_once()
        options = [part for setting in _ALIVE for part in ("-c", setting)]
        argv = ["postgres", "-D", str(data), *options, "-p", str(port)]
        return cls(port, ServerProcess(program, argv, home, lambda: _answers(_url(port)), user))

    @property
    def url(self) -> str:
        """The maintenance database."""
        return _url(self.port)

    def start(self) -> None:
        """Start, and wait until it answers."""
        self.process.start()

    def stop(self) -> None:
        """End in good order."""
        self.process.stop()

    def kill(self) -> None:
        """SIGKILL of the server and of its backends: one that outlives it would bar the next start."""
        backends = children(self.process.pid) if self.process.running else []
        self.process.kill()
        for backend in backends:
            with contextlib.suppress(ProcessLookupError):
                os.kill(backend, signal.SIGKILL)
        wait_until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in backends), "the backends have ended")


def _url(port: int) -> str:
    return f"postgresql://postgres@127.0.0.1:{port}/postgres"


def _answers(url: str) -> bool:
    try:
        psycopg.connect(url, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True
