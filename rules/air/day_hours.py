"""The hours of one station's day: hour 1 ends an hour after midnight, the last one ends at 24:00 (HJ 633, GB 3095).

Days that nobody touches any more are kept packed: two years of a city's stations take a few megabytes, in memory and
in a snapshot alike.
"""

import json
import zlib
from base64 import b64decode, b64encode
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Final, NamedTuple, cast
from zoneinfo import ZoneInfo

from domain.local_day import LocalDays
from domain.period import midnight
from domain.reading import Reading
from rules.air.hours import CLOCK_ERROR, NO_VALUE, POLLUTANTS, invalidated

_HOUR: Final = timedelta(hours=1)
_DAY: Final = timedelta(days=1)
_DAY_S: Final = 86_400
_HOUR_S: Final = 3_600
_HALF_HOUR_S: Final = 1_800
_HALF_HOUR: Final = timedelta(seconds=_HALF_HOUR_S)
_SECOND_US: Final = 1_000_000
_CLOCK_ERROR_US: Final = CLOCK_ERROR // timedelta(microseconds=1)
_Values = tuple[float | None, ...]
_NONE: Final[_Values] = (None,) * len(POLLUTANTS)
_PLAIN: Final = 3
"""A packed hour is [number, values, why]; what follows is left out where it is nothing."""


class Hour(NamedTuple):
    """What counts of one hour of a station: µg/m³, CO mg/m³, in the order of `Pollutant`; None is not valid."""

    values: tuple[float | None, ...]
    why: str
    """Why there are no values."""
    off: int = 0
    """Microseconds that the reading's instant lies after the full hour."""
    revision: int = 0


def hour_of(reading: Reading, off: int) -> Hour:
    """Return what counts of a reading whose instant lies `off` µs after the full hour that it means."""
    if reading.faults and (why := invalidated(reading)):
        return Hour(_NONE, why, off, reading.revision)
    values = cast(_Values, tuple(map(reading.values.get, POLLUTANTS)))
    return Hour(values, NO_VALUE if values == _NONE else "", off, reading.revision)


@lru_cache(maxsize=4096)
def bounds(day: date, tz: ZoneInfo) -> tuple[datetime, datetime]:
    """Return the first instant of a local day and that of the next, in UTC."""
    return midnight(day, tz), midnight(day + _DAY, tz)


def hours_in(day: date, tz: ZoneInfo) -> int:
    """Return how many hours a local day has: 24, or what its change of clocks makes of it."""
    start, end = bounds(day, tz)
    return round((end - start) / _HOUR)


def place_of(at: datetime, days: LocalDays) -> tuple[date, int, int] | None:
    """Return local day and number (1 …) of the hour that ends at an instant, and the µs since; None: no full hour.

    The hour that ends at midnight is the last one of the day before. A clock may be off by `CLOCK_ERROR`.
    """
    local = days.of(at - _HALF_HOUR)
    since = at - local.start
    number, past = divmod(since.days * _DAY_S + since.seconds + _HALF_HOUR_S, _HOUR_S)
    off = (past - _HALF_HOUR_S) * _SECOND_US + since.microseconds
    return None if abs(off) > _CLOCK_ERROR_US else (local.day, number, off)


def label(day: date, number: int, tz: ZoneInfo) -> datetime:
    """Return the end of an hour of a day, in UTC."""
    return bounds(day, tz)[0] + number * _HOUR


class DayHours:
    """The hours of one station and day, by number; each the latest reading and of the highest revision."""

    __slots__ = ("_hours", "_packed")

    def __init__(self, packed: str | None = None) -> None:
        """Start without hours, or with those that `dump` packed."""
        self._packed = packed
        self._hours: dict[int, Hour] | None = {} if packed is None else None

    @property
    def cold(self) -> bool:
        """Whether the hours are kept packed only."""
        return self._hours is None

    def put(self, number: int, said: Hour) -> bool:
        """Keep an hour; return whether it is news, not a duplicate or an older revision."""
        if self._hours is None:
            self._hours = _unpacked(self._packed or "")
        known = self._hours.get(number)
        if known is not None and known[2:] >= said[2:]:
            return False
        self._hours[number] = said
        self._packed = None
        return True

    def hours(self) -> Mapping[int, Hour]:
        """Return the hours that have a reading, by number."""
        return _unpacked(self._packed or "") if self._hours is None else self._hours

    def dump(self) -> str:
        """Return the hours, packed."""
        if self._packed is None:
            self._packed = _packed(self.hours())
        return self._packed

    def cool(self) -> None:
        """Keep the hours packed only."""
        self.dump()
        self._hours = None


def _packed(hours: Mapping[int, Hour]) -> str:
    rows = [_row(number, hours[number]) for number in sorted(hours)]
    text = json.dumps(rows, separators=(",", ":"))
    return b64encode(zlib.compress(text.encode(), 9)).decode()


def _row(number: int, said: Hour) -> list[object]:
    row = [number, said.values, said.why, said.off, said.revision]
    while len(row) > _PLAIN and not row[-1]:
        row.pop()
    return row


def _unpacked(packed: str) -> dict[int, Hour]:
    rows = json.loads(zlib.decompress(b64decode(packed)))
    return {number: Hour(tuple(values), why, *rest) for number, values, why, *rest in rows}
