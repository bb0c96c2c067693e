"""Summaries in the DuckDB file, and the removal of what is too old."""
# ruff: noqa: S608 - names are those of our kinds and columns, and quoted; values are parameters

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

import pyarrow as pa
from typing_extensions import override

from domain.instants import instant_of, micros
from domain.period import midnight
from domain.ports import Page, SummaryStore
from domain.retention import Resolution, Summary, SummaryRows, summary_types
from store.telemetry.columns import SUPERSEDED
from store.telemetry.duckdb_file import DuckDbFile
from store.telemetry.duckdb_insert import ARROW, INSTANT
from store.telemetry.duckdb_schema import quoted, summary_columns
from store.telemetry.summary_rows import SUFFIX, summary_of

_OFFERED: Final = "offered_summaries"
_HOUR: Final = timedelta(hours=1)
_SPAN: Final = '"at" >= make_timestamp(?) AND "at" < make_timestamp(?)'


class DuckDbSummaries(SummaryStore):
    """One table a kind and resolution. Another thread may append readings meanwhile: the rows are never the same."""

    def __init__(self, file: DuckDbFile) -> None:
        self._file = file

    @override
    def put(self, kind: str, every: Resolution, start: datetime, rows: SummaryRows) -> None:
        table = quoted(kind + SUFFIX[every])
        with self._file.cursor() as cursor:
            cursor.begin()
            cursor.register(_OFFERED, self._offered(kind, start, rows))
            try:
                same = f't."at" = make_timestamp(?) AND t.device = {_OFFERED}.device'
                cursor.execute(f"DELETE FROM {table} AS t USING {_OFFERED} WHERE {same}", [micros(start)])
                cursor.execute(f"INSERT INTO {table} BY NAME SELECT * FROM {_OFFERED}")
            finally:
                cursor.unregister(_OFFERED)
            cursor.commit()

    def _offered(self, kind: str, start: datetime, rows: SummaryRows) -> pa.Table:
        types = summary_types(self._file.fitter.types[kind])
        at = pa.array([micros(start)] * len(rows.devices), pa.int64()).cast(INSTANT)
        told = {name: pa.array(values, ARROW[types[name]]) for name, values in rows.columns.items()}
        return pa.table({"device": pa.array(rows.devices, pa.string()), "at": at} | told)

    @override
    def of_device(self, device: str, kind: str, every: Resolution, page: Page) -> Sequence[Summary]:
        types = self._file.fitter.types[kind]
        names = list(summary_columns(types))[2:]
        listed = ", ".join(['epoch_us("at")', *map(quoted, names)])
        query = (
            f'SELECT {listed} FROM {quoted(kind + SUFFIX[every])} WHERE device = ? AND {_SPAN} ORDER BY "at" LIMIT ?'
        )
        with self._file.cursor() as cursor:
            parameters: list[Any] = [device, micros(page.start), micros(page.end), page.limit]
            rows = cursor.execute(query, parameters).fetchall()
        told = (dict(zip(names, row[1:], strict=True)) for row in rows)
        return [summary_of(kind, types, device, instant_of(row[0]), t) for row, t in zip(rows, told, strict=True)]

    @override
    def held(self, kind: str, every: Resolution, before: datetime) -> Mapping[date, int]:
        found: Counter[date] = Counter()
        query = 'SELECT "at"::DATE, count(*) FROM {} WHERE "at" < make_timestamp(?) GROUP BY 1'
        with self._file.cursor() as cursor:
            for table in _tables(kind, every):
                found.update(dict(cursor.execute(query.format(quoted(table)), [micros(before)]).fetchall()))
        return found

    @override
    def remove(self, kind: str, every: Resolution, day: date) -> None:
        """Go by the hour, so that a day of a large city is never in one transaction."""
        first = midnight(day, UTC)
        for table in _tables(kind, every):
            for hour in range(24):
                start = first + hour * _HOUR
                with self._file.cursor() as cursor:
                    span = [micros(start), micros(start + _HOUR)]
                    cursor.execute(f"DELETE FROM {quoted(table)} WHERE {_SPAN}", span)


def _tables(kind: str, every: Resolution) -> tuple[str, ...]:
    return (kind, kind + SUPERSEDED) if every is Resolution.RAW else (kind + SUFFIX[every],)
