"""Backup and restore of the operational database: one consistent state as plain files, for either database.

A backup is a folder: a gzipped file of JSON lines for each table, and `manifest.json` with the form of the tables, the
counts and a digest of each file. It is written beside and renamed when whole. A restore takes an empty database to the
form of the backup, fills it in one transaction, and then brings it to the newest form; so a backup of an older release
goes into a newer one, and one of SQLite into PostgreSQL.
"""

import base64
import gzip
import hashlib
import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import JSON, Connection, LargeBinary, MetaData, Table, delete, func, insert, inspect, select, text

from domain.errors import ConfigError, Problem
from store.operational.engine import Database, connect, migrate

MANIFEST: Final = "manifest.json"
FORMAT: Final = 1
_VERSION: Final = "alembic_version"
_CHUNK: Final = 1000
_SEEDED: Final = frozenset({"counter"})
"""Tables that a migration fills: their rows are those of the backup after a restore."""


def back_up(url: str, folder: Path, now: datetime) -> Mapping[str, int]:
    """Write the database at `url` into a new `folder` and return how many rows of each table.

    The service may go on: one state is read, and nobody is held up.

    Raises:
        ConfigError: the folder is there already or cannot be written, or the database was never made ready.
        StoreUnavailable: the database is away.
    """
    part = folder.with_name(f"{folder.name}.part")
    if folder.exists():
        raise _wrong(folder, "is there already; a backup never replaces another one")
    database = Database(connect(url))
    try:
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True)
        with database.read() as connection:
            manifest = _write(connection, part, now)
        (part / MANIFEST).write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")
        part.rename(folder)
    except OSError as error:
        raise _wrong(folder, error.strerror or str(error)) from error
    finally:
        database.close()
        shutil.rmtree(part, ignore_errors=True)
    return {name: table["rows"] for name, table in manifest["tables"].items()}


def restore(url: str, folder: Path) -> Mapping[str, int]:
    """Fill the empty database at `url` from a backup, and return how many rows of each table.

    Raises:
        ConfigError: the backup is none, is damaged or is of a newer release, or the database is not empty; it is as
            it was then (a database without tables may have got empty ones).
        StoreUnavailable: the database is away.
    """
    manifest = _checked(folder)
    database = Database(connect(url))
    try:
        migrate(database, manifest["version"])
        with database.write() as connection:
            tables = _tables(connection)
            _refuse_unless_empty(connection, tables, url)
            missing = manifest["tables"].keys() - tables.keys()
            if missing:
                raise _wrong(folder, f"holds tables that the database has not: {', '.join(sorted(missing))}")
            for name in (t.name for t in _ordered(tables)):
                _fill(connection, tables[name], folder, manifest["tables"].get(name))
        migrate(database)
    finally:
        database.close()
    return {name: table["rows"] for name, table in manifest["tables"].items()}


# -- writing ----------------------------------------------------------------------------------------------------------


def _write(connection: Connection, folder: Path, now: datetime) -> dict[str, Any]:
    version = _version(connection)
    if version is None:
        raise _wrong(folder, "the database has no tables; `quanyan init` makes them")
    tables: dict[str, Any] = {}
    for table in _ordered(_tables(connection)):
        path = folder / f"{table.name}.jsonl.gz"
        rows = _write_table(connection, table, path)
        tables[table.name] = {"rows": rows, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}
    return {"format": FORMAT, "at": now.isoformat(), "version": version, "tables": tables}


def _write_table(connection: Connection, table: Table, path: Path) -> int:
    keys = list(table.primary_key.columns)
    query = select(table).order_by(*keys).execution_options(yield_per=_CHUNK)
    rows = 0
    with path.open("wb") as raw, gzip.GzipFile("", "wb", 6, raw, mtime=0) as file:  # the same rows, the same bytes
        for row in connection.execute(query).mappings():
            file.write(json.dumps(_plain(table, row), ensure_ascii=True, allow_nan=False).encode() + b"\n")
            rows += 1
    return rows


def _plain(table: Table, row: Mapping[Any, Any]) -> dict[str, Any]:
    return {c.name: _encoded(row[c.name]) if isinstance(c.type, LargeBinary) else row[c.name] for c in table.columns}


def _encoded(value: bytes | None) -> str | None:
    return None if value is None else base64.b64encode(value).decode("ascii")


# -- reading ----------------------------------------------------------------------------------------------------------


def _checked(folder: Path) -> Mapping[str, Any]:
    """Return the manifest of a backup whose files are whole."""
    path = folder / MANIFEST
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise _wrong(path, f"is no manifest of a backup: {error}") from None
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise _wrong(path, f"is not of format {FORMAT}")
    damaged = [name for name, table in manifest["tables"].items() if _digest(folder, name) != table["sha256"]]
    if damaged:
        problems = [Problem(str(folder / f"{name}.jsonl.gz"), 0, "", "is missing or damaged") for name in damaged]
        raise ConfigError(problems)
    return manifest


def _digest(folder: Path, name: str) -> str:
    try:
        return hashlib.sha256((folder / f"{name}.jsonl.gz").read_bytes()).hexdigest()
    except OSError:
        return ""


def _fill(connection: Connection, table: Table, folder: Path, expected: Mapping[str, Any] | None) -> None:
    if table.name in _SEEDED:
        connection.execute(delete(table))
    if expected is None:
        return
    path, rows = folder / f"{table.name}.jsonl.gz", 0
    for chunk in _chunks(path):
        connection.execute(insert(table), [_decoded(table, row) for row in chunk])
        rows += len(chunk)
    if rows != expected["rows"]:
        raise _wrong(path, f"holds {rows} rows, the manifest says {expected['rows']}")


def _chunks(path: Path) -> Iterator[list[dict[str, Any]]]:
    chunk: list[dict[str, Any]] = []
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            chunk.append(json.loads(line))
            if len(chunk) == _CHUNK:
                yield chunk
                chunk = []
    if chunk:
        yield chunk


def _decoded(table: Table, row: Mapping[str, Any]) -> dict[str, Any]:
    binary = {c.name for c in table.columns if isinstance(c.type, LargeBinary)}
    return {k: base64.b64decode(v) if k in binary and v is not None else v for k, v in row.items()}


def _refuse_unless_empty(connection: Connection, tables: Mapping[str, Table], url: str) -> None:
    full = [n for n, t in tables.items() if n not in _SEEDED and connection.scalar(select(func.count()).select_from(t))]
    if full:
        place = url.rpartition("@")[2]
        raise ConfigError([Problem(place, 0, "", f"is not empty ({', '.join(sorted(full))}); restore into a new one")])


# -- tables -----------------------------------------------------------------------------------------------------------


def _tables(connection: Connection) -> Mapping[str, Table]:
    """Return the tables as they are in this database, whatever its form; values are those that it holds."""
    found = MetaData()
    found.reflect(connection)
    for kind in (c.type for table in found.tables.values() for c in table.columns):
        if isinstance(kind, JSON):
            kind.none_as_null = True  # a NULL comes back as NULL, not as the JSON null
    return {name: table for name, table in found.tables.items() if name != _VERSION}


def _ordered(tables: Mapping[str, Table]) -> Sequence[Table]:
    metadata = next(iter(tables.values())).metadata if tables else MetaData()
    return [table for table in metadata.sorted_tables if table.name in tables]


def _version(connection: Connection) -> str | None:
    if _VERSION not in _names(connection):
        return None
    version: str | None = connection.scalar(text(f"SELECT version_num FROM {_VERSION}"))  # noqa: S608 - a constant
    return version


def _names(connection: Connection) -> set[str]:
    return set(inspect(connection).get_table_names())


def _wrong(path: Path, reason: str) -> ConfigError:
    return ConfigError([Problem(str(path), 0, "", reason)])
