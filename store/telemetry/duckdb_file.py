"""The open DuckDB file, shared by what appends, what reads and what summarises, and how rows become readings again."""
# ruff: noqa: S608 - names are those of our kinds and columns, and quoted; values are parameters

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import duckdb

from domain.errors import StoreUnavailable
from domain.instants import instant_of
from domain.reading import Reading
from store.telemetry.columns import Fitter, event_of, typed
from store.telemetry.duckdb_schema import COMMON, columns, prepare, quoted

_ROWS: Final = 10_000


class DuckDbFile:
    """The open file, and how rows become readings again."""

    def __init__(self, path: Path, fitter: Fitter) -> None:
        self.fitter = fitter
        self._path = path
        self._guard = threading.Lock()
        self._closed = False
        self._connection: duckdb.DuckDBPyConnection | None = None
        with self.cursor():
            pass

    @contextmanager
    def cursor(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Yield a cursor of one's own (a reader sees the last commit); DuckDB's errors become ours.

        After a fatal error (a full disk while committing) DuckDB refuses everything until the file is opened anew.
        """
        try:
            with self._opened().cursor() as cursor:
                yield cursor
        except duckdb.FatalException as error:
            self._let_go()
            raise StoreUnavailable(f"{self._path}: {error}") from error
        except duckdb.Error as error:
            raise StoreUnavailable(f"{self._path}: {error}") from error

    def _opened(self) -> duckdb.DuckDBPyConnection:
        with self._guard:
            if self._closed:
                raise StoreUnavailable(f"{self._path} is closed")
            if self._connection is None:
                connection = duckdb.connect(str(self._path))
                try:
                    prepare(connection, self._path, self.fitter.types)
                except BaseException:
                    connection.close()
                    raise
                self._connection = connection
            return self._connection

    def _let_go(self) -> None:
        with self._guard:
            connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def close(self) -> None:
        """Let go of the file; idempotent."""
        with self._guard:
            self._closed = True
        self._let_go()

    def select(self, kind: str, suffix: str, condition: str, parameters: Sequence[Any]) -> Iterator[Reading]:
        """Yield the readings of a table that meet a condition."""
        types = self.fitter.types[kind]
        instants = {"at": 'epoch_us("at")', "received": "epoch_us(received)"}
        listed = ", ".join(instants.get(name) or quoted(name) for name in columns(types))
        with self.cursor() as cursor:
            cursor.execute(f"SELECT {listed} FROM {quoted(kind + suffix)} AS t WHERE {condition}", parameters)
            while rows := cursor.fetchmany(_ROWS):
                for row in rows:
                    device, at, received, seq, revision, _, faults, events, backfill = row[: len(COMMON)]
                    said = zip(types.items(), row[len(COMMON) :], strict=True)
                    yield Reading(
                        device=device,
                        kind=kind,
                        at=instant_of(at),
                        received=instant_of(received),
                        values={name: typed(value, type_) for (name, type_), value in said if value is not None},
                        faults=tuple(faults or ()),
                        events=tuple(event_of(text) for text in events or ()),
                        seq=seq,
                        revision=revision,
                        backfill=backfill,
                    )
