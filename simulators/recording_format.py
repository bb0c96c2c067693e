"""What a recorded file's format is: the header that tells it, and how one row becomes a reading of one device."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from math import isfinite
from typing import Final, Literal
from zoneinfo import ZoneInfo

from domain.citytime import JINAN
from domain.device import Device
from domain.errors import ConfigError, Problem
from domain.kind import Value
from simulators.noise import key_of

NOWHERE: Final = "000000"
"""District of devices outside GB/T 2260, or whose place the file does not give as a code."""
_ILLEGAL: Final = re.compile(r"[^\w.:@]")
_LONGEST_ID: Final = 64


@dataclass(frozen=True, slots=True)
class ReplayOptions:
    """What a file does not say itself."""

    values: Literal["raw", "shown"] = "raw"
    """Water: the measured values, or the rounded ones that were displayed."""
    target_class: int | None = None
    """Water: the class (1 … 5) that every section is held to; None = no target."""
    section_set: str = "recorded"
    start_date: date | None = None
    """Files that count minutes from an unnamed day: that day."""
    zone: ZoneInfo | None = None
    """The zone of local times without offset; None = the one that the format's source used, or the city's."""
    backfill: bool = True
    """Mark the readings as back-fill: too old for live alarms."""

    def midnight(self) -> datetime:
        """Return when the first day begins.

        Raises:
            ConfigError: the day was not given.
        """
        if self.start_date is None:
            reason = "the file counts from a day that it does not name: give --start-date"
            raise ConfigError([Problem("arguments", 0, "start_date", reason)])
        return datetime.combine(self.start_date, time(), self.tz())

    def tz(self, usual: ZoneInfo = JINAN.tz) -> ZoneInfo:
        """Return the zone for times without offset."""
        return self.zone or usual


@dataclass(frozen=True, slots=True)
class Observation:
    """One row: which device said what when. `at` is aware. Without values and faults it tells only of the device."""

    device: Device
    at: datetime
    values: Mapping[str, Value]
    faults: tuple[str, ...] = ()


class UnusableRow(Exception):
    """A row that cannot become a reading: which column, and why."""

    def __init__(self, column: str, reason: str) -> None:
        """Keep both."""
        super().__init__(f"{column}: {reason}")
        self.column, self.reason = column, reason


@dataclass(frozen=True, slots=True)
class Format:
    """A format of recorded files. `observe` raises `UnusableRow`, or `ConfigError` for a missing option."""

    name: str
    title: str
    columns: tuple[str, ...]
    """The header, exactly."""
    observe: Callable[[Mapping[str, str], ReplayOptions], Observation]


def id_of(prefix: str, *parts: str) -> str:
    """Return a device id that is legal in a topic, the same each time, and different for different parts."""
    plain = "-".join([prefix, *(_ILLEGAL.sub("_", part) for part in parts)])
    if all(part and not _ILLEGAL.search(part) for part in parts) and len(plain) <= _LONGEST_ID:
        return plain
    mark = f"-{key_of(*parts):016x}"
    return plain[: _LONGEST_ID - len(mark)] + mark


def recorded_device(ident: str, kind: str, name: str, unit: str, attributes: Mapping[str, Value]) -> Device:
    """Return a device of a recording, without a place."""
    return Device(ident, kind, name, NOWHERE, NOWHERE, unit, attributes=attributes)


def placed(device: Device, district: str) -> Device:
    """Return the device in a district."""
    return replace(device, district=district, management_area=district)


def number(row: Mapping[str, str], column: str, absent: frozenset[str]) -> float | None:
    """Return the number in a column, or None if one of the `absent` marks stands there."""
    text = row[column].strip()
    if text in absent:
        return None
    try:
        value = float(text)
    except ValueError:
        raise UnusableRow(column, f"{text!r} is no number") from None
    if not isfinite(value):
        raise UnusableRow(column, f"{text!r} is not finite")
    return value


def whole(row: Mapping[str, str], column: str) -> int:
    """Return the whole number in a column."""
    try:
        return int(row[column].strip())
    except ValueError:
        raise UnusableRow(column, f"{row[column]!r} is no whole number") from None


def moment(row: Mapping[str, str], column: str, tz: ZoneInfo) -> datetime:
    """Return the instant in a column; `tz` is taken where it has no offset."""
    try:
        at = datetime.fromisoformat(row[column].strip())
    except ValueError:
        raise UnusableRow(column, f"{row[column]!r} is no time") from None
    return at if at.tzinfo is not None else at.replace(tzinfo=tz)


def choice(row: Mapping[str, str], column: str, meanings: Mapping[str, Value]) -> Value:
    """Return what the word in a column means."""
    word = row[column].strip()
    if word not in meanings:
        raise UnusableRow(column, f"{word!r} is none of {', '.join(meanings)}")
    return meanings[word]
