"""Issued forecasts of the daily AQI: what each issue says of which day, and the newest word on a day."""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from domain.kinds import KINDS
from domain.kinds.air_forecast import DAYS
from domain.reading import Reading
from rules.standards.hj633 import Pollutant

KIND: Final = KINDS["air_forecast"].name
_SEPARATORS: Final = re.compile(r"[\s,;+，、；]+")
_NAMES: Final = {
    **{p.label.lower(): p for p in Pollutant},
    **{p.value: p for p in Pollutant},
    "细颗粒物": Pollutant.PM25,
    "可吸入颗粒物": Pollutant.PM10,
    "臭氧": Pollutant.O3,
    "臭氧8小时": Pollutant.O3,
    "o3-8h": Pollutant.O3,
    "o3_8h": Pollutant.O3,
    "二氧化氮": Pollutant.NO2,
    "二氧化硫": Pollutant.SO2,
    "一氧化碳": Pollutant.CO,
}


class Said(NamedTuple):
    """What one issue says of one day. `primary` is empty where the issue names no pollutant that is known here."""

    aqi: int
    primary: tuple[Pollutant, ...] = ()

    @property
    def pm25(self) -> bool:
        """Whether the day counts as one of PM2.5: it is named, or nothing is (our choice: a person decides)."""
        return not self.primary or Pollutant.PM25 in self.primary


class Issue(NamedTuple):
    """One issue of one forecaster: `at` is when (aware, UTC), `days` what it says by the number of the day."""

    at: datetime
    revision: int
    days: Mapping[int, Said]


def primary_of(text: str) -> tuple[Pollutant, ...]:
    """Return the pollutants that a text names, as in `PM2.5;O3` or 细颗粒物、臭氧; what is not known is left out."""
    found = {_NAMES[word.lower()] for word in _SEPARATORS.split(text) if word.lower() in _NAMES}
    return tuple(p for p in Pollutant if p in found)


def issue_of(reading: Reading) -> Issue:
    """Return what a reading of a forecaster says."""
    days = {}
    for n in DAYS:
        aqi = reading.values.get(f"aqi_d{n}")
        if aqi is not None:
            days[n] = Said(int(aqi), primary_of(str(reading.values.get(f"primary_d{n}", ""))))
    return Issue(reading.at, reading.revision, days)


class Word(NamedTuple):
    """The newest word on a day: who said it and when."""

    day: date
    said: Said
    issued: datetime
    device: str


def newest(issues: Iterable[tuple[str, Issue]], until: datetime, tz: ZoneInfo) -> dict[date, Word]:
    """Return the newest word on each day, in order, of what was issued up to `until`; equal instants by device id."""
    known: dict[date, Word] = {}
    for device, issue in sorted(issues, key=lambda pair: (pair[1].at, pair[0])):
        if issue.at <= until:
            first = issue.at.astimezone(tz).date()
            words = ((first + timedelta(days=n), said) for n, said in issue.days.items())
            known |= {day: Word(day, said, issue.at, device) for day, said in words}
    return dict(sorted(known.items()))


class Issues:
    """The issues of all forecasters, each the highest revision, back to a limit that the state sets."""

    __slots__ = ("_by_device",)

    def __init__(self) -> None:
        """Start without issues."""
        self._by_device: dict[str, dict[datetime, Issue]] = {}

    def put(self, device: str, issue: Issue) -> bool:
        """Keep an issue; return whether it is news, not a duplicate or an older revision."""
        known = self._by_device.setdefault(device, {})
        if issue.at in known and known[issue.at].revision >= issue.revision:
            return False
        known[issue.at] = issue
        return True

    def drop_before(self, instant: datetime) -> None:
        """Let go of what was issued before `instant`."""
        for issues in self._by_device.values():
            for at in [at for at in issues if at < instant]:
                del issues[at]

    def of(self, devices: Iterable[str]) -> Iterator[tuple[str, Issue]]:
        """Yield the issues of these forecasters."""
        for device in devices:
            for issue in self._by_device.get(device, {}).values():
                yield device, issue

    def rows(self, device: str) -> list[Any]:
        """Return the issues of a forecaster in order, as plain JSON: [at, revision, [[day, aqi, primary …] …]]."""
        ordered = sorted(self._by_device.get(device, {}).items())
        return [[at.isoformat(), issue.revision, _days(issue)] for at, issue in ordered]

    def dump(self) -> list[Any]:
        """Return the issues as plain JSON values: the rows of each forecaster, its id before them."""
        return [[device, *row] for device in self._by_device for row in self.rows(device)]

    def restore(self, rows: Iterable[Any]) -> None:
        """Take over the issues of a dump."""
        for device, at, revision, days in rows:
            said = {n: Said(aqi, tuple(Pollutant(p) for p in primary)) for n, aqi, *primary in days}
            self.put(device, Issue(datetime.fromisoformat(at), revision, said))


def _days(issue: Issue) -> list[Any]:
    return [[n, said.aqi, *(p.value for p in said.primary)] for n, said in issue.days.items()]
