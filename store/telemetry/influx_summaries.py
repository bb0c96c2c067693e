"""Summaries in the bucket, as measurements of their own, and the removal of what is too old.

The bucket itself keeps everything: a retention of the server's would take what is not summarised or archived yet.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Final

from typing_extensions import override

from domain.errors import StoreUnavailable
from domain.instants import instant_of
from domain.kind import ValueType
from domain.period import midnight
from domain.ports import Page, SummaryStore
from domain.retention import READINGS, Resolution, Summary, SummaryRows
from store.telemetry import influxql
from store.telemetry.columns import SUPERSEDED
from store.telemetry.influx_client import InfluxClient
from store.telemetry.line_protocol import summary_lines
from store.telemetry.summary_rows import SUFFIX, summary_of

_LINES: Final = 5000
_DAY: Final = timedelta(days=1)


class InfluxSummaries(SummaryStore):
    """One measurement a kind and resolution."""

    def __init__(self, client: InfluxClient, types: Mapping[str, Mapping[str, ValueType]]) -> None:
        """`types`: the metrics of each kind."""
        self._client, self._types = client, types

    @override
    def put(self, kind: str, every: Resolution, start: datetime, rows: SummaryRows) -> None:
        """A point is overwritten field by field: every count is written, so that what a metric once said is seen."""
        lines = summary_lines(kind + SUFFIX[every], start, rows)
        for first in range(0, len(lines), _LINES):
            refusal = self._client.write(lines[first : first + _LINES])
            if refusal is not None:  # raw readings were written with the same names, so this is not about the data
                raise StoreUnavailable(f"InfluxDB refuses summaries of {kind}: {refusal.message}")

    @override
    def of_device(self, device: str, kind: str, every: Resolution, page: Page) -> Sequence[Summary]:
        types, found = self._types[kind], []
        statement = influxql.of_device(kind + SUFFIX[every], device, page.start, page.end, page.limit)
        for series in self._client.query([statement]):
            for row in series.rows:
                said = dict(zip(series.columns, row, strict=True))
                found.append(summary_of(kind, types, device, instant_of(said["time"]), said))
        return found

    @override
    def held(self, kind: str, every: Resolution, before: datetime) -> Mapping[date, int]:
        raw = every is Resolution.RAW
        field = "content" if raw else READINGS
        found: Counter[date] = Counter()
        for series in self._client.query([influxql.by_day(_measurements(kind, every), field, before)]):
            for at, count in series.rows:
                if count:
                    found[instant_of(at).date()] += count
        return found

    @override
    def remove(self, kind: str, every: Resolution, day: date) -> None:
        start = midnight(day, UTC)
        for measurement in _measurements(kind, every):
            self._client.delete_span(measurement, start, start + _DAY)


def _measurements(kind: str, every: Resolution) -> tuple[str, ...]:
    return (kind, kind + SUPERSEDED) if every is Resolution.RAW else (kind + SUFFIX[every],)
