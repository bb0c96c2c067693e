"""设施完好率: sound facilities ÷ all facilities, from inspection records (city_operations 2.1).

Each inspected unit counts with its latest record of the last 92 days (our choice). What the register holds beyond what
was checked, and every unit without such a record, is unknown.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, ClassVar, Final

from typing_extensions import override

from domain.device import AssetState, Device
from domain.explanation import Explanation, Input, Step
from domain.kinds import KINDS
from domain.measure import Measure
from domain.period import PeriodKind
from domain.reading import Reading
from domain.scope import CITY, Scope, ScopeKind
from rules.board import DeviceBoard
from rules.expiry import Expiry
from rules.indicator import Indicator, Kept, Latest, World
from rules.lighting.inspection import Soundness, soundness
from rules.lighting.view import percent

_KIND = KINDS["lighting_inspection"]


class LightingSoundness(DeviceBoard):
    """The inspected units of the city, and the measure of each scope."""

    kinds: ClassVar[tuple[str, ...]] = (_KIND.name,)

    def __init__(self, world: World, latest: Latest, now: datetime) -> None:
        """Look the units of a world up as of `now`."""
        super().__init__(world, latest, now)
        self._expiry = Expiry(_KIND.freshness)
        for record in latest.values():
            if record.kind == _KIND.name:
                self._expiry.watch(record)

    @override
    def scopes_of(self, device: Device) -> Iterable[Scope]:
        parts = (
            (ScopeKind.DISTRICT, device.district),
            (ScopeKind.ROAD_CLASS, device.text("road_class")),
            (ScopeKind.ROAD, device.text("road")),
        )
        return CITY, *(Scope(kind, ident) for kind, ident in parts if ident)

    @override
    def apply(self, reading: Reading, *, newest: bool) -> None:
        """A newer record takes the place of the one before."""
        if newest:
            self._expiry.watch(reading)
            self.touch(reading.device)

    def advance(self, now: datetime) -> None:
        """Let records grow old until `now`."""
        self.now = now
        for device in self._expiry.expired(now, self.latest):
            self.touch(device)

    def tally(self, scope: Scope) -> Soundness:
        """Return the facilities of a scope."""
        total = Soundness()
        for unit in self.devices(scope):
            if unit.state is AssetState.IN_SERVICE:
                total = total.merged(soundness(unit, self._record(unit))[0])
        return total

    def measure(self, scope: Scope) -> Measure:
        """Return the share of sound facilities; those that nobody has looked at count against it."""
        tally = self.tally(scope)
        known = tally.sound + tally.faulty
        reason = f"{tally.made_up} of the inspected units are made up" if tally.made_up else ""
        return Measure(
            indicator=INDICATOR.name,
            scope=str(scope),
            at=self.now,
            unit=INDICATOR.unit,
            value=percent(tally.sound, tally.facilities),
            numerator=tally.sound,
            denominator=tally.facilities,
            unknown=tally.unseen,
            coverage=known / tally.facilities if tally.facilities else None,
            official=not tally.made_up,
            verdict_allowed=bool(tally.facilities),
            reason=reason if tally.facilities else "no facility is registered or was checked",
            register_version=self.world.register.version,
            detail={
                "observed_rate": percent(tally.sound, known),
                "faulty": tally.faulty,
                "units": tally.units,
                "units_without_record": tally.units_unseen,
            },
        )

    def explain(self, scope: Scope) -> Explanation:
        """Return the share with the latest record of every unit."""
        found = self.measure(scope)
        steps = [
            Step("facilities: registered, or checked if these are more", f"{found.denominator:g}", "2.1"),
            Step("of them sound by the latest record of 92 days", f"{found.numerator:g}"),
            Step("of them checked by nobody, counted against", f"{found.unknown:g}"),
            Step("rate = sound ÷ all", "no facility" if found.value is None else f"{found.value:.2f} %"),
        ]
        return Explanation(found, INDICATOR.source, [self._input(unit) for unit in self.devices(scope)], steps)

    def dump(self) -> None:
        """Return nothing: everything follows from the latest records."""

    def restore(self, dumped: Any) -> None:
        """Nothing is to be taken over."""

    def _record(self, unit: Device) -> Reading | None:
        record = self.latest.get(unit.id)
        return record if record is not None and self._expiry.is_fresh(record, self.now) else None

    def _input(self, unit: Device) -> Input:
        record = self._record(unit)
        counts, why = soundness(unit, record)
        why = unit.state.value if unit.state is not AssetState.IN_SERVICE else why
        at, says = (None, {}) if record is None else (record.at, counts.dump())
        return Input(unit.id, unit.name, not why, why, at, says)


INDICATOR: Final = Indicator(
    name="lighting_soundness",
    title="照明设施完好率",
    title_en="Soundness of lighting facilities",
    unit="%",
    kinds=(_KIND.name,),
    scopes=(ScopeKind.CITY, ScopeKind.DISTRICT, ScopeKind.ROAD_CLASS, ScopeKind.ROAD),
    source="city_operations 2.1: sound ÷ all poles, luminaires, cabinets, doors and cables, by inspection records",
    lookback={"instant": _KIND.freshness},
    kept=Kept(PeriodKind.MONTH, (ScopeKind.CITY, ScopeKind.DISTRICT, ScopeKind.ROAD_CLASS)),
    state=LightingSoundness,
)
