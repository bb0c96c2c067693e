"""The city's sections, live: who there is, how they stand now and how they stood over closed periods."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar, Final
from zoneinfo import ZoneInfo

from typing_extensions import override

from domain.device import Device
from domain.measure import Span
from domain.period import Period, PeriodKind, last_closed, midnight, period_of
from domain.scope import Scope, ScopeKind
from rules.board import DeviceBoard
from rules.indicator import Intake, Latest, World
from rules.standards.gb3838 import AUTO5, REQUIRED, Body, section_class
from rules.water.month import PeriodValue, outcome_over
from rules.water.outcome import Outcome
from rules.water.roster import scopes_of
from rules.water.samples import INVALIDATING, valid_values
from rules.water.years import LABORATORY, SECTION, WaterYears

SILENT: Final = "silent"
"""Why a section without a fresh sample has no class."""
KINDS_HEARD: Final = (SECTION, LABORATORY)
"""The kinds whose readings the indicators of sections take in."""


class WaterBoard(DeviceBoard):
    """Sections and their closed periods. A subclass says which scopes it measures; it holds nothing of its own."""

    kinds: ClassVar[tuple[str, ...]] = (SECTION,)
    measured: ClassVar[tuple[ScopeKind, ...]]

    def __init__(self, world: World, latest: Latest, now: datetime) -> None:
        """Look the sections of a world up as of `now`; their samples are those that the city's states keep together."""
        super().__init__(world, latest, now)
        self.tz: ZoneInfo = world.place.tz
        self.years = latest.together(WaterYears, lambda: WaterYears(world, latest, now))
        self._keeps = self.years.listen(self.touch)
        self._left: list[str] = []
        self._rosters: dict[datetime, dict[Scope, list[Device]]] = {}
        """The sections of each scope at the ends of closed periods, looked up once a day."""
        self._outcomes: dict[tuple[str, Period], tuple[PeriodValue, Outcome]] = {}
        """How a section stands over a period, and the value that this was found from."""
        for reading in latest.values():
            if reading.kind in KINDS_HEARD:
                self.years.apply(reading, newest=True)

    def prepare(self) -> bool:
        """Work out the periods of one more section, which are remembered; return whether more is left."""
        self._left = self._left or list(self.known)
        if self._left:
            section = self._left.pop()
            for kind in (PeriodKind.MONTH, PeriodKind.QUARTER, PeriodKind.YEAR):
                self.years.value(section, self.closed(kind))
            self.years.value(section, self.running(PeriodKind.YEAR))
        return bool(self._left)

    @override
    def scopes_of(self, device: Device) -> Iterable[Scope]:
        return (scope for scope in scopes_of(device) if scope.kind in self.measured)

    @override
    def intakes(self, kind: str) -> Sequence[Intake]:
        return (self.years,)

    @override
    def take_dirty(self) -> set[Scope]:
        self.years.tell()
        return super().take_dirty()

    def advance(self, now: datetime) -> None:
        """Let days and periods close until `now`."""
        day = self.now.astimezone(self.tz).date()
        self.now = now
        self.years.advance(now)
        if day != self.years.today:
            self._rosters.clear()
            self._outcomes.clear()
            self.touch_all()

    @override
    def set_world(self, world: World) -> None:
        self._rosters.clear()
        self.years.set_world(world)
        super().set_world(world)

    def closed(self, kind: PeriodKind) -> Period:
        """Return the last closed period of a kind."""
        return last_closed(kind, self.now, self.tz)

    def running(self, kind: PeriodKind) -> Period:
        """Return the running period of a kind, of which the closed days or months count."""
        return period_of(kind, self.now, self.tz)

    def sections(self, scope: Scope, period: Period) -> Sequence[Device]:
        """Return the sections of a scope as the register knew them at the end of a period (now, while it runs)."""
        if period.end > self.now:
            return self.devices(scope)
        return self._roster(period.end - datetime.resolution).get(scope, ())

    def _roster(self, instant: datetime) -> Mapping[Scope, Sequence[Device]]:
        known = self._rosters.get(instant)
        if known is None:
            known = self._rosters[instant] = {}
            for section in self.world.register.devices(instant, SECTION):
                for scope in scopes_of(section):
                    known.setdefault(scope, []).append(section)
        return known

    def outcomes(self, scope: Scope, period: Period) -> dict[str, Outcome]:
        """Return how the sections of a scope stand over the closed part of a period."""
        return {section.id: self._outcome(section, period) for section in self.sections(scope, period)}

    def _outcome(self, section: Device, period: Period) -> Outcome:
        """Return how a section stands, found once for all its scopes: until its value or the register changes."""
        value = self.years.value(section.id, period)
        known = self._outcomes.get((section.id, period))
        if known is None or known[0] is not value or known[1].device is not section:
            known = self._outcomes[section.id, period] = value, outcome_over(section, value, period.kind)
        return known[1]

    def until(self, period: Period) -> datetime:
        """Return the end of a period, or of its last closed day."""
        return period.end if period.end <= self.now else midnight(self.years.today, self.tz)

    def dump(self) -> Any:
        """Return the samples, once for all the states that share them."""
        return self.years.dump() if self._keeps else None

    def restore(self, dumped: Any) -> None:
        """Take over the samples of a dump; of a dump from before there was this indicator there are none."""
        if dumped is not None:
            self.years.restore(dumped)
            self.touch_all()


class SectionBoard(WaterBoard):
    """Sections, with how they stand by their latest fresh reading too."""

    def outcomes_now(self, scope: Scope) -> dict[str, Outcome]:
        """Return how the sections of a scope stand by their latest fresh readings."""
        return {section.id: self._now(section) for section in self.devices(scope)}

    def _now(self, section: Device) -> Outcome:
        reading = self.years.fresh(section.id)
        if reading is None:
            return Outcome(section, None, SILENT)
        values = valid_values(reading)
        if values is None:
            return Outcome(section, None, min(INVALIDATING.intersection(reading.faults)), at=reading.at)
        found = section_class(values, Body(section.text("body_type", Body.RIVER.value)), AUTO5)
        missing = [item for item in REQUIRED if item not in values]
        return Outcome(section, found, f"not_measured: {', '.join(missing)}" if missing else "", values, reading.at)


def covered(period: Period) -> Span:
    """Return the span that a measure of a period stands for."""
    return Span(period.start, period.end)
