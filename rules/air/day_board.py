"""What the states that stand for days share: the stations' days, and the scopes of the city."""

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, ClassVar, TypeVar
from zoneinfo import ZoneInfo

from typing_extensions import override

from domain.device import Device
from domain.period import Period, PeriodKind, last_closed, period_of
from domain.scope import CITY, Scope, ScopeKind
from rules.air.day_tally import DayOutcome, DaysTally, DayTally
from rules.air.years import KIND, AirYears
from rules.board import DeviceBoard
from rules.indicator import Intake, Latest, World
from rules.tally import Tally

T = TypeVar("T")


class DayBoard(DeviceBoard):
    """Stations and their days. A subclass says what it measures; it holds nothing of its own but results."""

    kinds: ClassVar[tuple[str, ...]] = (KIND,)

    def __init__(self, world: World, latest: Latest, now: datetime) -> None:
        """Look the stations of a world up as of `now`; their days are those that the city's states keep together."""
        super().__init__(world, latest, now)
        self.tz: ZoneInfo = world.place.tz
        self.years = latest.together(AirYears, lambda: AirYears(world, now))
        self._keeps = self.years.listen(self.touch)
        self._found: dict[Any, Any] = {}
        self._as_of = self.years.generation
        for reading in latest.values():
            if reading.kind == KIND:
                self.years.apply(reading, newest=True)

    @override
    def scopes_of(self, device: Device) -> Iterable[Scope]:
        return CITY, Scope(ScopeKind.STATION, device.id)

    @override
    def intakes(self, kind: str) -> Sequence[Intake]:
        return (self.years,) if kind == KIND else (self,)

    @override
    def take_dirty(self) -> set[Scope]:
        self.years.tell()
        return super().take_dirty()

    def advance(self, now: datetime) -> None:
        """Let days close until `now`."""
        day = self.now.astimezone(self.tz).date()
        self.now = now
        self.years.advance(now)
        if day != self.years.today:
            self.touch_all()

    def once(self, key: Hashable, find: Callable[[], T]) -> T:
        """Return a result over closed days, found once until one of them may have changed."""
        if self._as_of != self.years.generation:
            self._found, self._as_of = {}, self.years.generation
        if key not in self._found:
            self._found[key] = find()
        found: T = self._found[key]
        return found

    def outcomes(self, scope: Scope, stretch: "Stretch") -> Sequence[DayOutcome]:
        """Return how the closed days of a period came out, in order."""
        return self.once(("days", scope, stretch), lambda: [self.years.outcome(scope, day) for day in stretch.days])

    @override
    def set_world(self, world: World) -> None:
        self.years.set_world(world)
        super().set_world(world)

    def rests_on(self) -> Iterable[date]:
        """Return the days that the measures rest on: the last closed one, if a subclass does not say otherwise."""
        return (self.years.today - timedelta(days=1),)

    def tally(self, scope: Scope) -> Tally:
        """Return what the stations of a scope add up to over each of these days; silent days of nobody are left out."""
        return self.days_tally(scope)

    def days_tally(self, scope: Scope) -> DaysTally:
        """Return that tally of days."""
        days = {day.isoformat(): self.years.tally(scope, day) for day in self.rests_on()}
        return DaysTally({day: tally for day, tally in days.items() if tally != DayTally()})

    def dump(self) -> Any:
        """Return the days, once for all the states that share them."""
        return self.years.dump() if self._keeps else None

    def restore(self, dumped: Any) -> None:
        """Take over the days of a dump; of a dump from before there was this indicator there are none."""
        if dumped is not None:
            self.years.restore(dumped)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A calendar period as far as its days are closed."""

    period: Period
    days: tuple[date, ...]
    closed: bool

    @property
    def name(self) -> str:
        """How the period is written."""
        return self.period.name


def closed_stretch(kind: PeriodKind, now: datetime, tz: ZoneInfo) -> Stretch:
    """Return the last closed month, quarter or year."""
    period = last_closed(kind, now, tz)
    return Stretch(period, period.days(), closed=True)


def running_stretch(kind: PeriodKind, now: datetime, tz: ZoneInfo) -> Stretch:
    """Return the running month, quarter or year with its closed days."""
    period, today = period_of(kind, now, tz), now.astimezone(tz).date()
    return Stretch(period, tuple(day for day in period.days() if day < today), closed=False)
