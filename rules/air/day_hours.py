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
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from domain.period import midnight
from domain.reading import Reading
from rules.air.hours import CLOCK_ERROR, POLLUTANTS, sample

_HOUR: Final = timedelta(hours=1)
_DAY: Final = timedelta(days=1)
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


def hour_of(reading: Reading, label: datetime) -> Hour:
    """Return what counts of a reading that means the hour ending at `label`."""
    said = sample(reading)
    values = tuple(map(said.values.get, POLLUTANTS))
    return Hour(values, said.why, (reading.at - label) // timedelta(microseconds=1), reading.revision)


@lru_cache(maxsize=4096)
def bounds(day: date, tz: ZoneInfo) -> tuple[datetime, datetime]:
    """Return the first instant of a local day and that of the next, in UTC."""
    return midnight(day, tz), midnight(day + _DAY, tz)


def hours_in(day: date, tz: ZoneInfo) -> int:
    """Return how many hours a local day has: 24, or what its change of clocks makes of it."""
    start, end = bounds(day, tz)
    return round((end - start) / _HOUR)


def place_of(at: datetime, tz: ZoneInfo) -> tuple[date, int] | None:
    """Return the local day and the number (1 …) of the hour that ends at an instant; None when it is no full hour.

    The hour that ends at midnight is the last one of the day before. A clock may be off by `CLOCK_ERROR`.
    """
    day = at.astimezone(tz).date()
    start, _ = bounds(day, tz)
    number = (at - start + _HOUR / 2) // _HOUR
    if abs(at - start - number * _HOUR) > CLOCK_ERROR:
        return None
    if number:
        return day, number
    return day - _DAY, hours_in(day - _DAY, tz)


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

    def put(self, number: int, said: Hour) -> bool:
        """Keep an hour; return whether it is news, not a duplicate or an older revision."""
        hours = dict(self.hours())
        known = hours.get(number)
        if known is not None and known[2:] >= said[2:]:
            return False
        hours[number] = said
        self._hours, self._packed = hours, None
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
