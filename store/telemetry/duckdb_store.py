"""Telemetry in one DuckDB file: nothing to install, columnar, one process.

Rows go in as Arrow columns: `executemany` is about a thousand times slower. There is no primary key (it costs half of
the speed and ten times the file); `Identity` keeps (device, instant) unique, and this store has one writer.
"""
# ruff: noqa: S608 - names are those of our kinds and columns, and quoted; values are parameters

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
from typing_extensions import override

from domain.errors import StoreUnavailable
from domain.instants import instant_of, micros
from domain.kind import SensorKind
from domain.kinds import KINDS
from domain.native import COMPILED
from domain.ports import Page, TelemetryStore
from domain.reading import Appended, Fingerprint, Reading, ReadingKey
from store.arrow_buffers import maker
from store.telemetry.appender import Appender
from store.telemetry.backend import Backend, Offer
from store.telemetry.columns import SUPERSEDED, Fitter
from store.telemetry.duckdb_file import DuckDbFile
from store.telemetry.duckdb_insert import insert
from store.telemetry.duckdb_schema import columns, quoted
from store.telemetry.duckdb_summaries import DuckDbSummaries
from store.telemetry.identity import Identity, Known
from store.telemetry.plain import Plain, Templates

_OFFERED = '(SELECT unnest(?::VARCHAR[]) AS device, make_timestamp(unnest(?::BIGINT[])) AS "at") AS offered'
_SAME = 't.device = offered.device AND t."at" = offered."at" AND t."at" BETWEEN make_timestamp(?) AND make_timestamp(?)'


class DuckDbStore(TelemetryStore):
    """Readings in a DuckDB file. One thread appends; any number of threads read the last committed state meanwhile."""

    def __init__(self, path: Path, kinds: Mapping[str, SensorKind] = KINDS) -> None:
        """Open or make the file, and add columns for metrics it does not know yet.

        Raises:
            StoreUnavailable: the file cannot be opened, e.g. because another process has it.
            ConfigError: a column has another type than its metric.
        """
        self._file = DuckDbFile(path, Fitter(kinds))
        self._appender = Appender(_DuckDbBackend(self._file), Identity())
        self._summaries = DuckDbSummaries(self._file)

    @override
    def append(self, readings: Sequence[Reading]) -> Sequence[Appended]:
        return self._appender.append(readings)

    @override
    def begin(self, readings: Sequence[Reading]) -> Callable[[], Sequence[Appended]]:
        return self._appender.begin(readings)

    @override
    def readings(self, device: str, kind: str, page: Page) -> Sequence[Reading]:
        condition = 'device = ? AND "at" >= make_timestamp(?) AND "at" < make_timestamp(?) ORDER BY "at" LIMIT ?'
        parameters = [device, micros(page.start), micros(page.end), page.limit]
        return list(self._file.select(kind, "", condition, parameters))

    @override
    def window(self, kind: str, start: datetime, end: datetime) -> Iterable[Reading]:
        condition = '"at" >= make_timestamp(?) AND "at" < make_timestamp(?)'
        return self._file.select(kind, "", condition, [micros(start), micros(end)])

    @override
    def superseded(self, device: str, kind: str, at: datetime) -> Sequence[Reading]:
        condition = 'device = ? AND "at" = make_timestamp(?) ORDER BY revision'
        return list(self._file.select(kind, SUPERSEDED, condition, [device, micros(at)]))

    @override
    def find(self, keys: Collection[ReadingKey], kind: str) -> Mapping[ReadingKey, Reading]:
        if not keys:
            return {}
        found = self._file.select(kind, "", f"EXISTS (FROM {_OFFERED} WHERE {_SAME})", _key_parameters(keys))
        return {reading.key: reading for reading in found}

    @property
    @override
    def summaries(self) -> DuckDbSummaries:
        return self._summaries

    @override
    def healthy(self) -> bool:
        try:
            with self._file.cursor() as cursor:
                cursor.execute("SELECT 1").fetchall()
        except StoreUnavailable:
            return False
        return True

    @override
    def close(self) -> None:
        self._appender.close()
        self._file.close()


class _DuckDbBackend(Backend):
    """What `Appender` needs of the file."""

    def __init__(self, file: DuckDbFile) -> None:
        self._file = file
        self._templates = Templates(file.fitter.types)
        self._compiled = maker(file.fitter.types) if COMPILED else None

    @override
    def fit(self, reading: Reading) -> Reading:
        return self._file.fitter.fit(reading)

    @override
    def newest(self, kind: str, since: datetime) -> Mapping[str, datetime]:
        query = 'SELECT device, epoch_us(max("at")) FROM {} WHERE "at" >= make_timestamp(?) GROUP BY device'
        with self._file.cursor() as cursor:
            rows = cursor.execute(query.format(quoted(kind)), [micros(since)]).fetchall()
        return {device: instant_of(at) for device, at in rows}

    @override
    def look_up(self, kind: str, keys: Collection[ReadingKey]) -> Mapping[ReadingKey, Known]:
        found: dict[ReadingKey, Known] = {}
        parameters = _key_parameters(keys)
        query = f'SELECT t.device, epoch_us(t."at"), content, revision FROM {{}} AS t JOIN {_OFFERED} ON {_SAME}'
        with self._file.cursor() as cursor:
            past = cursor.execute(query.format(quoted(kind + SUPERSEDED)) + " ORDER BY revision", parameters).fetchall()
            current = cursor.execute(query.format(quoted(kind)), parameters).fetchall()
        for device, at, content, revision in past:
            key = ReadingKey(device, instant_of(at))
            found[key] = Known(None, (*found.get(key, Known()).past, Fingerprint(content, revision)))
        for device, at, content, revision in current:
            key = ReadingKey(device, instant_of(at))
            found[key] = Known(Fingerprint(content, revision), found.get(key, Known()).past)
        return found

    @override
    def plains(self, readings: Sequence[Reading]) -> Sequence[Plain | None]:
        return self._templates.plains(readings)

    @override
    def write_plain(self, kind: str, readings: Sequence[Reading], plains: Sequence[Plain]) -> Mapping[ReadingKey, str]:
        with self._file.cursor() as cursor:
            cursor.begin()
            contents = [content for content, _ in plains]
            insert(cursor, kind, self._file.fitter.types[kind], readings, contents, self._compiled)
            cursor.commit()
        return {}

    @override
    def write(self, kind: str, new: Sequence[Offer], revised: Sequence[Offer]) -> Mapping[ReadingKey, str]:
        """One transaction for all: either every reading is in, or none."""
        with self._file.cursor() as cursor:
            cursor.begin()  # what is not committed goes with the cursor
            if revised:
                self._set_aside(cursor, kind, [offer.reading.key for offer in revised])
            offers = [*new, *revised]
            contents = [offer.fingerprint.content for offer in offers]
            insert(cursor, kind, self._file.fitter.types[kind], [offer.reading for offer in offers], contents)
            cursor.commit()
        return {}

    @override
    def repeat(self, kind: str, current: Sequence[Offer], past: Sequence[Offer]) -> Mapping[ReadingKey, str]:
        """Nothing to do: only what is committed is seen, and it is durable."""
        return {}

    def _set_aside(self, cursor: duckdb.DuckDBPyConnection, kind: str, keys: Sequence[ReadingKey]) -> None:
        listed = ", ".join(f"t.{quoted(name)}" for name in columns(self._file.fitter.types[kind]))
        names = ", ".join(quoted(name) for name in columns(self._file.fitter.types[kind]))
        table, record, parameters = quoted(kind), quoted(kind + SUPERSEDED), _key_parameters(keys)
        keep = f"INSERT INTO {record} ({names}) SELECT {listed} FROM {table} AS t JOIN {_OFFERED} ON {_SAME}"
        cursor.execute(keep, parameters)
        cursor.execute(f"DELETE FROM {table} AS t USING {_OFFERED} WHERE {_SAME}", parameters)


def _key_parameters(keys: Collection[ReadingKey]) -> list[Any]:
    """Return devices, instants, first and last instant. The span lets DuckDB pass over most of the table."""
    instants = [micros(key.at) for key in keys]
    return [[key.device for key in keys], instants, min(instants), max(instants)]
