"""The days of all air stations of this year and the last, live: what daily, monthly and yearly figures are made of.

One of these is shared by every state of the city that stands for days. It is exact for the last `now` it was given.
"""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Any, Final

from domain.device import AssetState, Device, DeviceVersion
from domain.kinds import KINDS
from domain.local_day import LocalDays
from domain.reading import Reading
from domain.register import Timeline
from domain.scope import CITY, Scope, ScopeKind
from rules.air.day_hours import DayHours, Hour, bounds, hour_of, hours_in, label, place_of
from rules.air.day_tally import DayOutcome, DayTally, outcome_of, tally_of
from rules.air.day_value import StationDay, station_day
from rules.columnar.station_days import many_days
from rules.indicator import World

KIND: Final = KINDS["air_station"].name
_DAY: Final = timedelta(days=1)
NEVER: Final = StationDay()


class AirYears:
    """Stations and their days since the first of January of last year; older readings come too late to count.

    `generation` grows when a closed day may have changed, so results over closed days can be kept until then.
    """

    def __init__(self, world: World, now: datetime) -> None:
        """Start without hours, as of `now`."""
        self.now = now
        self.generation = 0
        self._world = world
        self._tz = world.place.tz
        self._days: dict[str, dict[date, DayHours]] = {}
        self._values: dict[str, dict[date, StationDay]] = {}
        self._outcomes: dict[tuple[Scope, date], DayOutcome] = {}
        self._hot: set[tuple[str, date]] = set()
        self._touched: set[str] = set()
        self._listeners: list[Callable[[str], None]] = []
        self._local = LocalDays(self._tz, now)
        self._told = now, place_of(now, self._local)
        """The instant of the last reading and its place: the stations of a city report at the same full hour."""
        self._timelines: dict[str, Timeline] = {}
        self._look_up()
        self._begin(now.astimezone(self._tz).date())

    def _begin(self, today: date) -> None:
        self.today = today
        """The running day, by the city's clock."""
        self._oldest = date(today.year - 1, 1, 1)
        """The first day that is kept."""

    def listen(self, listener: Callable[[str], None]) -> bool:
        """Have `tell` tell `listener` the stations with news. Returns whether it is the first to listen."""
        self._listeners.append(listener)
        return len(self._listeners) == 1

    def tell(self) -> None:
        """Tell every listener of which stations a reading was news since the last call."""
        for listener in self._listeners:
            for station in self._touched:
                listener(station)
        self._touched.clear()

    def apply(self, reading: Reading, *, newest: bool) -> None:  # noqa: ARG002 - the hour decides, not who came last
        """Take in a reading of a station, not later than `now`."""
        at, place = self._told
        if at != reading.at:
            place = place_of(reading.at, self._local)
            self._told = reading.at, place
        if place is None or place[0] < self._oldest:
            return
        day, number, off = place
        station = reading.device
        days = self._days.get(station)
        if days is None:
            days = self._days[station] = {}
        hours = days.get(day)
        if hours is None:
            hours = days[day] = DayHours()
            self._hot.add((station, day))
        elif hours.cold:
            self._hot.add((station, day))
        if hours.put(number, hour_of(reading, off)):
            self._touched.add(station)
            if station in self._values:
                self._values[station].pop(day, None)
            if day < self.today:
                self._forget(station, day)

    def advance(self, now: datetime) -> None:
        """Let days close and, with the new year, the year before the last go."""
        self.now = now
        today = now.astimezone(self._tz).date()
        if today == self.today:
            return
        self._begin(today)
        self.generation += 1
        self._outcomes = {key: found for key, found in self._outcomes.items() if key[1] >= self._oldest}
        for station, days in self._days.items():
            for day in [d for d in days if d < self._oldest]:
                del days[day]
                self._values.get(station, {}).pop(day, None)
        for station, day in [hot for hot in self._hot if hot[1] < today - _DAY]:
            self._hot.discard((station, day))
            if day in self._days[station]:
                self._days[station][day].cool()

    def set_world(self, world: World) -> None:
        """Take over another register."""
        changed = world.register is not self._world.register
        self._world = world
        if changed:
            self._look_up()

    def _look_up(self) -> None:
        """Look up which stations there ever were; what those that changed add up to is found anew."""
        before = self._timelines
        self._timelines = {t[0].device.id: t for t in self._world.register.timelines(KIND)}
        changed = {s for s in {*before, *self._timelines} if before.get(s) != self._timelines.get(s)}
        if not changed:
            return
        for station in changed:
            self._values.pop(station, None)
        gone = {CITY, *(Scope(ScopeKind.STATION, station) for station in changed)}
        self._outcomes = {key: found for key, found in self._outcomes.items() if key[0] not in gone}
        self.generation += 1

    def _forget(self, station: str, day: date) -> None:
        """Find anew what a closed day of a station and of the city came to."""
        for key in [(CITY, day), (Scope(ScopeKind.STATION, station), day)]:
            self._outcomes.pop(key, None)
        self.generation += 1

    def outcome(self, scope: Scope, day: date) -> DayOutcome:
        """Return how a day of a scope came out, as far as it is known; the running day is provisional."""
        found = self._outcomes.get((scope, day))
        if found is None:
            found = outcome_of(day, self.tally(scope, day))
            if day < self.today:
                self._outcomes[scope, day] = found
        return found

    def tally(self, scope: Scope, day: date) -> DayTally:
        """Return what the stations of a scope add up to over a day, as the register knew them at its end."""
        taking = [s for s in self.stations(scope, day) if not excluded(s, scope)]
        if not any(day in self._days.get(s.id, ()) for s in taking):
            return DayTally(len(taking))
        return tally_of((self.station_day(s.id, day), s.synthetic) for s in taking)

    def stations(self, scope: Scope, day: date) -> Iterator[Device]:
        """Yield the stations of a scope at the end of a day (now, while it runs), in any asset state, by id."""
        instant = min(self.now, bounds(day, self._tz)[1] - datetime.resolution)
        for station in self._timelines if scope == CITY else (scope.id,):
            version = _covering(self._timelines.get(station, ()), instant)
            if version is not None:
                yield version.device

    def station_day(self, station: str, day: date) -> StationDay:
        """Return the daily values of a station, from the hours at whose end it was in service."""
        known = self._values.setdefault(station, {})
        found = known.get(day)
        if found is None:
            hours = self.hours(station, day)
            found = known[day] = station_day(hours, hours_in(day, self._tz)) if hours else NEVER
        return found

    def hours(self, station: str, day: date) -> dict[int, Hour]:
        """Return the hours of a station's day that count, by number."""
        kept = self._days.get(station, {}).get(day)
        if kept is None:
            return {}
        timeline, (start, end) = self._timelines.get(station, ()), bounds(day, self._tz)
        if any(_serves(v) and v.valid_from <= start and (v.valid_to is None or v.valid_to >= end) for v in timeline):
            return dict(kept.hours())
        return {number: said for number, said in kept.hours().items() if self._counts(timeline, day, number)}

    def _counts(self, timeline: Timeline, day: date, number: int) -> bool:
        version = _covering(timeline, label(day, number, self._tz) - datetime.resolution)
        return version is not None and _serves(version)

    def dump(self) -> Any:
        """Return the hours by station and day, packed."""
        return {
            station: {day.isoformat(): hours.dump() for day, hours in days.items()}
            for station, days in self._days.items()
        }

    def restore(self, dumped: Any) -> None:
        """Take over the hours of a dump; the few that are there came with the latest readings, and are in it too."""
        for station, days in (dumped or {}).items():
            kept = self._days.setdefault(station, {})
            for text, packed in days.items():
                day = date.fromisoformat(text)
                if day >= self._oldest:
                    kept[day] = DayHours(packed)
        self._values.clear()
        self._outcomes.clear()
        self.generation += 1
        self._warm_up()

    def _warm_up(self) -> None:
        """Work out every closed day at once, while nobody waits for the lock: one by one takes three times as long."""
        days = [
            (station, day, self.hours(station, day))
            for station, by_day in self._days.items()
            for day in by_day
            if day < self.today
        ]
        found = many_days([(hours, hours_in(day, self._tz)) for _, day, hours in days])
        for (station, day, hours), value in zip(days, found, strict=True):
            self._values.setdefault(station, {})[day] = value if hours else NEVER
        for day in sorted({day for _, day, _ in days}):
            for scope in (
                CITY,
                *(Scope(ScopeKind.STATION, s) for s in self._timelines if day in self._days.get(s, ())),
            ):
                self.outcome(scope, day)


def excluded(station: Device, scope: Scope) -> str:
    """Return why a station takes no part in the value of a scope, or nothing. Of a city, the background is left out."""
    if station.state is not AssetState.IN_SERVICE:
        return station.state.value
    return "background" if scope == CITY and station.flag("background") else ""


def _covering(timeline: Timeline, instant: datetime) -> DeviceVersion | None:
    for version in timeline:
        if version.covers(instant):
            return version
    return None


def _serves(version: DeviceVersion) -> bool:
    return version.device.state is AssetState.IN_SERVICE
