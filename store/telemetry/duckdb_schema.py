"""Tables of the DuckDB store: one per kind, a typed column per metric, one like it for what was superseded.

Two more hold its summaries by the hour and by the day.

Instants are TIMESTAMPs in UTC. Names are quoted everywhere: `at` and `on` are words of SQL.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import duckdb

from domain.errors import ConfigError, Problem
from domain.kind import ValueType
from domain.retention import summary_types
from store.telemetry.columns import SUPERSEDED
from store.telemetry.summary_rows import SUFFIX

COMMON: Final = {
    "device": "VARCHAR",
    "at": "TIMESTAMP",
    "received": "TIMESTAMP",
    "seq": "BIGINT",
    "revision": "BIGINT",
    "content": "BIGINT",
    "faults": "VARCHAR[]",
    "events": "VARCHAR[]",
    "backfill": "BOOLEAN",
}
"""The columns of every reading. `events` are texts like `begin:lampFailure`; `content` is the digest."""

FORM: Final = 1
"""Of the file that this release writes. Files of releases before had no such mark, and are read too."""
_FORM_TABLE: Final = "quanyan_form"

SQL_TYPES: Final = {
    ValueType.FLOAT: "DOUBLE",
    ValueType.INT: "BIGINT",
    ValueType.BOOL: "BOOLEAN",
    ValueType.TEXT: "VARCHAR",
}


def quoted(name: str) -> str:
    """Return a name as SQL takes it."""
    return '"' + name.replace('"', '""') + '"'


def columns(types: Mapping[str, ValueType]) -> dict[str, str]:
    """Return every column of a kind's tables with its SQL type."""
    return COMMON | {name: SQL_TYPES[type_] for name, type_ in types.items()}


def summary_columns(types: Mapping[str, ValueType]) -> dict[str, str]:
    """Return every column of a kind's tables of summaries with its SQL type."""
    told = {name: SQL_TYPES[type_] for name, type_ in summary_types(types).items()}
    return {"device": COMMON["device"], "at": COMMON["at"]} | told


def prepare(connection: duckdb.DuckDBPyConnection, path: Path, kinds: Mapping[str, Mapping[str, ValueType]]) -> None:
    """Make the tables that are missing, and add the columns of metrics that a kind has got since, in one transaction.

    Raises:
        ConfigError: a column has another type than its metric now has, or a newer release wrote the file.
    """
    found: dict[str, dict[str, str]] = {}
    rows = connection.execute("SELECT table_name, column_name, data_type FROM duckdb_columns()").fetchall()
    for table, column, type_ in rows:
        found.setdefault(table, {})[column] = type_
    connection.begin()
    _check_form(connection, path)
    for kind, types in kinds.items():
        for table in (kind, kind + SUPERSEDED):
            _prepare_table(connection, path, table, columns(types), found.get(table, {}))
        for suffix in SUFFIX.values():
            _prepare_table(connection, path, kind + suffix, summary_columns(types), found.get(kind + suffix, {}))
    connection.commit()


def _check_form(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Mark the file with the form that this release writes; refuse a newer one."""
    connection.execute(f"CREATE TABLE IF NOT EXISTS {_FORM_TABLE} (form INTEGER)")
    forms = connection.execute(f"SELECT max(form) FROM {_FORM_TABLE}").fetchone()  # noqa: S608 - a constant
    found = forms[0] if forms else None
    if found is None:
        connection.execute(f"INSERT INTO {_FORM_TABLE} VALUES ({FORM})")  # noqa: S608 - constants
    elif found > FORM:
        reason = f"a newer release wrote this file (form {found}, this release knows {FORM}): run that one"
        raise ConfigError([Problem(str(path), 0, "", reason)])


def _prepare_table(
    connection: duckdb.DuckDBPyConnection, path: Path, table: str, wanted: Mapping[str, str], found: Mapping[str, str]
) -> None:
    if not found:
        listed = ", ".join(f"{quoted(name)} {type_}" for name, type_ in wanted.items())
        connection.execute(f"CREATE TABLE {quoted(table)} ({listed})")
        return
    for name, type_ in wanted.items():
        if name not in found:
            connection.execute(f"ALTER TABLE {quoted(table)} ADD COLUMN {quoted(name)} {type_}")
        elif found[name] != type_:
            reason = f"the column has the type {found[name]}, the metric needs {type_}"
            raise ConfigError([Problem(str(path), 0, f"{table}.{name}", reason)])
