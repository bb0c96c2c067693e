"""What both backends say alike of summaries: where they lie, and how columns become a `Summary` again. Pure."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from domain.kind import ValueType
from domain.retention import READINGS, Resolution, Stats, Summary, column, parts
from store.telemetry.columns import typed

SUFFIX: Final[Mapping[Resolution, str]] = {Resolution.HOUR: "_by_hour", Resolution.DAY: "_by_day"}
"""What is appended to a kind's name to get the table or measurement of its summaries."""


def summary_of(
    kind: str, types: Mapping[str, ValueType], device: str, start: datetime, row: Mapping[str, Any]
) -> Summary:
    """Return the summary that a row says; a metric whose count is nothing or missing was not said."""
    metrics = {
        name: Stats(
            count=row[column(name, "count")],
            last=typed(row[column(name, "last")], type_),
            lowest=_part(row, name, type_, "min"),
            highest=_part(row, name, type_, "max"),
            mean=_part(row, name, type_, "mean"),
        )
        for name, type_ in types.items()
        if row.get(column(name, "count"))
    }
    return Summary(device, kind, start, row[READINGS], metrics)


def _part(row: Mapping[str, Any], metric: str, type_: ValueType, part: str) -> float | None:
    return float(row[column(metric, part)]) if part in parts(type_) else None
