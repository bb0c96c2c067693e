"""One engine for one operational database: a lock that goes with the process that holds it, whatever it dies of."""

import fcntl
import logging
import threading
from pathlib import Path
from typing import Final, Protocol

from sqlalchemy import Connection, make_url, text
from sqlalchemy.exc import SQLAlchemyError

from domain.errors import ConfigError, Problem, StoreUnavailable
from store.operational.engine import connect

logger = logging.getLogger(__name__)

_KEY: Final = 0x656E67696E65  # "engine" in ASCII: any number that no other program locks in this database
_LOOKS: Final = 20
_LOOK_S: Final = 0.5
_KEEPALIVE: Final = (
    "SET tcp_keepalives_idle = 10",
    "SET tcp_keepalives_interval = 5",
    "SET tcp_keepalives_count = 3",
)
"""So that PostgreSQL notices within half a minute when the machine of the holder is gone."""


class Lease(Protocol):
    """Held from when it was made until `release`."""

    def look(self) -> None:
        """Take it again after the database was away. Called on a schedule; never raises."""
        ...

    def held(self) -> bool:
        """Return False once somebody else holds it."""
        ...

    def release(self) -> None:
        """Let go; idempotent."""
        ...


def engine_lease(url: str) -> Lease:
    """Take the lease of the engine on the database at `url`; one that has just been killed is waited for.

    Raises:
        ConfigError: another engine works on this database.
        StoreUnavailable: the database is away.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return FileLease(Path(f"{parsed.database}.engine"))
    return AdvisoryLease(url)


def _taken() -> ConfigError:
    reason = "another engine already works on this database; there may be one: stop it first"
    return ConfigError([Problem("settings", 0, "operational.url", reason)])


class FileLease:
    """A lock on a file beside the SQLite database."""

    def __init__(self, path: Path) -> None:
        """Take it. Raises `ConfigError` when another process holds it."""
        self._file = path.open("a", encoding="ascii")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self._file.close()
            raise _taken() from None

    def look(self) -> None:
        """Nothing is to be done: the system keeps it."""

    def held(self) -> bool:
        """Return True: the system lets go of it only with the process."""
        return True

    def release(self) -> None:
        """Let go; idempotent."""
        self._file.close()


class AdvisoryLease:
    """An advisory lock of PostgreSQL on a connection of its own."""

    def __init__(self, url: str) -> None:
        """Take it, after some seconds' patience. Raises `ConfigError`, `StoreUnavailable`."""
        self._engine = connect(url)
        self._lock = threading.Lock()
        self._lost = False
        self._connection: Connection | None = None
        never = threading.Event()
        for _ in range(_LOOKS):
            if self._take():
                return
            never.wait(_LOOK_S)
        self.release()
        raise _taken()

    def _take(self) -> bool:
        """Return whether it is ours now. Raises `StoreUnavailable`."""
        try:
            connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
            for setting in _KEEPALIVE:
                connection.execute(text(setting))
            ours = bool(connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": _KEY}))
        except SQLAlchemyError as error:
            raise StoreUnavailable(f"the operational database is away: {error}") from error
        if ours:
            self._connection = connection
        else:
            connection.close()
        return ours

    def look(self) -> None:
        """See whether the connection that holds it still is; if not, take it again."""
        with self._lock:
            if self._lost or self._answers():
                return
            try:
                self._lost = not self._take()
            except StoreUnavailable:
                return  # nobody can take it, and no tick can be committed, while the database is away
            if self._lost:
                logger.error("engine_lease_lost", extra={"reason": "another engine took it while we were cut off"})
            else:
                logger.warning("engine_lease_taken_again")

    def _answers(self) -> bool:
        if self._connection is None:
            return False
        try:
            self._connection.execute(text("SELECT 1"))
        except SQLAlchemyError:
            self._connection.invalidate()
            self._connection.close()
            self._connection = None
            return False
        return True

    def held(self) -> bool:
        """Return False once another engine holds it."""
        return not self._lost

    def release(self) -> None:
        """Let go; idempotent."""
        with self._lock:
            if self._connection is not None:
                self._connection.invalidate()  # back in the pool it would keep the lock
                self._connection.close()
                self._connection = None
            self._engine.dispose()
