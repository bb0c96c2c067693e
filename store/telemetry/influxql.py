"""InfluxQL statements for look-ups and reading back. Pure.

Not Flux: measured on 160,000 readings of 20,000 devices, Flux took 7.5 s (24 s with `pivot`) for the last reading of
each, InfluxQL 0.9 s; and Flux refuses a filter that names more than about 170 devices.
"""
# ruff: noqa: S608 - names are those of our kinds and columns, and quoted; values are quoted too

from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from domain.instants import micros
from domain.reading import ReadingKey
from store.telemetry.columns import SUPERSEDED

KEYS_PER_STATEMENT: Final = 50
"""The server's work grows with the square of the devices named: 13 ms for 50, 66 ms for 200, 470 ms for 500."""

_GAP = timedelta(hours=1)
"""Where the keys leave a gap longer than this a new statement begins, so that none scans much besides its keys."""

_FIRST = micros(datetime(1678, 1, 1, tzinfo=UTC))
_END = micros(datetime(2262, 1, 1, tzinfo=UTC))
_IN_TEXT = str.maketrans({"'": r"\'", "\\": r"\\", "\n": r"\n"})
_IN_NAME = str.maketrans({'"': r"\"", "\\": r"\\", "\n": r"\n"})


def name(text: str) -> str:
    """Return a measurement's or field's name, quoted."""
    return f'"{text.translate(_IN_NAME)}"'


def text(value: str) -> str:
    """Return a text value, quoted."""
    return f"'{value.translate(_IN_TEXT)}'"


def span(start: datetime, end: datetime) -> str:
    """Return the condition start ≤ time < end, within what 64-bit nanoseconds can say."""
    return f"time >= {max(micros(start), _FIRST) * 1000} AND time < {min(micros(end), _END) * 1000}"


def of_device(kind: str, device: str, start: datetime, end: datetime, limit: int) -> str:
    """Return the statement for a device's readings, oldest first."""
    return f"SELECT * FROM {name(kind)} WHERE device = {text(device)} AND {span(start, end)} LIMIT {limit}"


def of_kind(kind: str, start: datetime, end: datetime) -> str:
    """Return the statement for all readings of a kind."""
    return f"SELECT * FROM {name(kind)} WHERE {span(start, end)}"


def by_day(measurements: Sequence[str], field: str, before: datetime) -> str:
    """Return the statement for how many values of a field lie before an instant, by day (UTC); empty days are left out.

    Without a lower bound it would make a bucket for every day since 1677.
    """
    tables = ", ".join(map(name, measurements))
    where = span(datetime(1970, 1, 1, tzinfo=UTC), before)
    return f"SELECT count({name(field)}) FROM {tables} WHERE {where} GROUP BY time(1d) fill(none)"


def newest(kind: str, since: datetime) -> str:
    """Return the statement for the newest instant of each device, and of each in the record of what was superseded.

    The record counts: a crash may have removed an old point and not yet written the revision in its place.
    """
    end = datetime.max.replace(tzinfo=UTC)
    return f"SELECT last(content) FROM {name(kind)}, {name(kind + SUPERSEDED)} WHERE {span(since, end)} GROUP BY device"


def fingerprints(kind: str, keys: Collection[ReadingKey]) -> Iterator[str]:
    """Yield statements for what tells versions apart, at `keys` (and at some instants between), with the record's."""
    tables = f"{name(kind)}, {name(kind + SUPERSEDED)}"
    for condition in _conditions(keys):
        yield f"SELECT content, revision, received, device, rev FROM {tables} WHERE {condition}"


def whole(measurement: str, keys: Collection[ReadingKey]) -> Iterator[str]:
    """Yield statements for the whole readings at `keys` (and at some instants between them)."""
    for condition in _conditions(keys):
        yield f"SELECT * FROM {name(measurement)} WHERE {condition}"


def _conditions(keys: Collection[ReadingKey]) -> Iterator[str]:
    """Yield conditions that together cover all keys, each with few devices and a narrow span of time."""
    run: list[ReadingKey] = []
    for key in sorted(keys, key=lambda key: key.at):
        if run and (len(run) == KEYS_PER_STATEMENT or key.at - run[-1].at > _GAP):
            yield _condition(run)
            run = []
        run.append(key)
    if run:
        yield _condition(run)


def _condition(run: Sequence[ReadingKey]) -> str:
    devices = " OR ".join(f"device = {text(device)}" for device in sorted({key.device for key in run}))
    return f"{span(run[0].at, run[-1].at + timedelta(microseconds=1))} AND ({devices})"
