"""What the operational database is like, without changing anything of it: for `quanyan doctor`."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from store.operational.engine import Database, connect, form_of, newest_form
from store.operational.schema import api_key, device_version


@dataclass(frozen=True, slots=True)
class DatabaseFound:
    """`form` is the version of the tables (None = there are none), `newest` what this release needs."""

    server: str
    form: str | None
    newest: str
    now: datetime | None = None
    """The server's clock; SQLite has none of its own."""
    unsafe: tuple[str, ...] = ()
    """Settings under which a commit may be lost."""
    devices: int = 0
    keys: int = 0


def look(url: str) -> DatabaseFound:
    """Return what is found. Raises `ConfigError` and `StoreUnavailable`."""
    database = Database(connect(url))
    try:
        with database.read() as connection:
            return _found(connection, newest_form())
    finally:
        database.close()


def _found(connection: Connection, newest: str) -> DatabaseFound:
    postgresql = connection.dialect.name == "postgresql"
    version = ".".join(map(str, connection.dialect.server_version_info or ()))
    server = f"{'PostgreSQL' if postgresql else 'SQLite'} {version}"
    form = form_of(connection)
    now = connection.scalar(select(func.clock_timestamp())) if postgresql else None
    whole = form == newest
    return DatabaseFound(
        server=server,
        form=form,
        newest=newest,
        now=now,
        unsafe=_unsafe(connection) if postgresql else (),
        devices=_count(connection, device_version.c.device_id) if whole else 0,
        keys=_count(connection, api_key.c.id) if whole else 0,
    )


def _unsafe(connection: Connection) -> tuple[str, ...]:
    """PostgreSQL commits durably unless it is told not to."""
    wanted = ("fsync", "synchronous_commit", "full_page_writes")
    found = {name: connection.exec_driver_sql(f"SHOW {name}").scalar() for name in wanted}
    return tuple(f"{name} = {value}" for name, value in found.items() if value == "off")


def _count(connection: Connection, column: object) -> int:
    return connection.scalar(select(func.count(func.distinct(column)))) or 0
