"""One way to the operational database: SQLite in a file, or PostgreSQL by URL.

Writers take their turn, readers are never blocked: SQLite runs in WAL mode and a writing transaction starts with
BEGIN IMMEDIATE (a deferred one that reads first cannot be upgraded once somebody else has committed); PostgreSQL
reads a snapshot (REPEATABLE READ), and writers meet at the counter row that they advance first.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from json import JSONEncoder
from pathlib import Path
from threading import Lock
from typing import Any, Final

from sqlalchemy import Connection, Engine, create_engine, event, inspect, make_url, text
from sqlalchemy.exc import ArgumentError, DataError, DBAPIError, IntegrityError, SQLAlchemyError, StatementError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from domain.errors import ConfigError, Conflict, Problem, StoreUnavailable

_WAIT = 30
"""Seconds to wait for another writer, a lock or a pooled connection before saying that the store is away."""
_CONNECT = 5
_MIGRATION_LOCK = 0x7175616E79616E  # "quanyan" in ASCII: any number will do that other programs do not use
_WRITES = "quanyan_writes"
_VERSIONS: Final = Path(__file__).parent / "migrations" / "versions"
_to_json = JSONEncoder(allow_nan=False).encode  # NaN is no JSON; PostgreSQL refuses it and SQLite must not differ


def connect(url: str) -> Engine:
    """Return an engine for `sqlite:///<path>` or `postgresql://…`; nothing is contacted yet.

    Raises:
        ConfigError: the URL is neither.
    """
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise _wrong("is not a database URL") from None
    match parsed.get_backend_name():
        case "sqlite" if parsed.database and parsed.database != ":memory:":
            return _sqlite(str(parsed))
        case "postgresql":
            return _postgresql(parsed.set(drivername="postgresql+psycopg").render_as_string(hide_password=False))
        case _:
            raise _wrong("write sqlite:///<path of a file> or postgresql://user@host/database")


def _wrong(reason: str) -> ConfigError:
    return ConfigError([Problem("operational database", 0, "url", reason)])


def _sqlite(url: str) -> Engine:
    engine = create_engine(
        url, json_serializer=_to_json, max_overflow=-1, pool_timeout=_WAIT, connect_args={"timeout": _WAIT}
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # else the driver opens transactions by itself, and only at the first write
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
        connection.execute(f"PRAGMA {pragma}").close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _postgresql(url: str) -> Engine:
    return create_engine(
        url,
        json_serializer=_to_json,
        pool_pre_ping=True,
        pool_timeout=_WAIT,
        connect_args={"connect_timeout": _CONNECT, "options": f"-c lock_timeout={_WAIT}s -c client_encoding=UTF8"},
    )


class Database:
    """Transactions on the operational database, for any number of threads. Only our own errors leave it."""

    def __init__(self, engine: Engine) -> None:
        """Take an engine made by `connect`."""
        sqlite = engine.dialect.name == "sqlite"
        self._engine = engine
        self._writer = engine.execution_options(**{_WRITES: True})
        self._reader = engine if sqlite else engine.execution_options(isolation_level="REPEATABLE READ")
        # SQLite's own waiting is a poll without an order; within one process a lock hands over at once.
        self._turn: AbstractContextManager[Any] = Lock() if sqlite else nullcontext()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Open a transaction that sees one state of the database.

        Raises:
            StoreUnavailable: the database is away.
        """
        with _translated(), self._reader.begin() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Open a transaction that may write; it is committed durably at the end and undone on any exception.

        Raises:
            StoreUnavailable: the database is away or busy; nothing was changed.
            Conflict: what was written contradicts what is there; nothing was changed.
        """
        with _translated(), self._turn, self._writer.begin() as connection:
            yield connection

    def close(self) -> None:
        """Let go of all pooled connections; idempotent."""
        self._engine.dispose()


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except (IntegrityError, DataError) as error:
        raise Conflict(f"the operational database refuses this: {error.orig}") from error
    except (DBAPIError, PoolTimeout) as error:
        raise StoreUnavailable(f"the operational database is away: {_cause(error)}") from error
    except StatementError as error:  # a value of the wrong type: the caller's mistake, not the database's
        raise error.orig or error from error
    except SQLAlchemyError as error:
        raise StoreUnavailable(f"the operational database failed: {error}") from error


def _cause(error: SQLAlchemyError) -> object:
    return error.orig if isinstance(error, DBAPIError) else error


def newest_form() -> str:
    """Return the version of the tables that this release needs: the newest of the chain, as its file is named."""
    return max(path.name for path in _VERSIONS.glob("v[0-9]*.py")).partition("_")[0].removeprefix("v")


def form_of(connection: Connection) -> str | None:
    """Return the version of the tables that are there; None when there are none."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    return found


def migrate(database: Database, to: str = "head") -> None:
    """Bring the tables to the newest form (or to one before it); forward only, idempotent.

    Safe when several processes start at once.

    Raises:
        StoreUnavailable: the database is away; nothing was changed.
        ConfigError: a newer release has been at work on it.
    """
    with database.write() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})
        if form_of(connection) != (newest_form() if to == "head" else to):
            _upgrade(connection, to)


def _upgrade(connection: Connection, to: str) -> None:
    from alembic import command  # late: it is large, and nearly every start finds the tables as they should be
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", "store.operational:migrations")
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, to)
    except CommandError as error:
        reason = f"{error}; was it written by a newer release? Migrations only go forward"
        raise ConfigError([Problem("operational database", 0, "alembic_version", reason)]) from error
