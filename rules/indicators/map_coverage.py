"""一张图覆盖率: components of the unified grid's database that stand on the map ÷ all of them (plan item 27).

The denominator is the imported database (kind `grid_component`, manhole covers too). Until it is imported the figure is
unknown: no other list stands in for it.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from functools import reduce
from typing import Any, Final

from domain.device import AssetState
from domain.explanation import Explanation, Input, Step
from domain.measure import Measure
from domain.period import PeriodKind
from domain.scope import CITY, Scope, ScopeKind
from rules.city.components import ComponentTally, tally_of, why_not_placed
from rules.indicator import Indicator, Intake, Kept, Latest, World

_KIND: Final = "grid_component"
NOT_IMPORTED: Final = "the component database of the unified grid is not imported"


class MapCoverage:
    """Counts of components by district. No component is held here: they are counted when the register changes."""

    def __init__(self, world: World, latest: Latest, now: datetime) -> None:  # noqa: ARG002 - they do not report
        """Count the components of a world as of `now`."""
        self.world = world
        self.now = now
        self._districts: dict[str, ComponentTally] = {}
        self._dirty: set[Scope] = set()
        self._count()

    def intakes(self, kind: str) -> Sequence[Intake]:  # noqa: ARG002 - whatever the kind
        """Return nothing: what an inspection says does not move a component on the map."""
        return ()

    def advance(self, now: datetime) -> None:
        """Let time pass; `moved` says when the register says something else."""
        self.now = now

    def set_world(self, world: World) -> None:
        """Take over another register, as of the last `now`."""
        changed = world.register is not self.world.register
        self.world = world
        if changed:
            self._count()

    def moved(self, devices: Collection[str]) -> None:
        """Count again if one of these is a component."""
        if any(self.world.register.kind_of(device) == _KIND for device in devices):
            self._count()

    def scopes(self) -> Sequence[Scope]:
        """Return the city, which always asks for the figure, and the districts that have a component."""
        return [CITY, *(Scope(ScopeKind.DISTRICT, district) for district in sorted(self._districts) if district)]

    def has(self, scope: Scope) -> bool:
        """Return whether a scope can be measured now."""
        return scope == CITY or scope.id in self._districts

    def tally(self, scope: Scope) -> ComponentTally:
        """Return the counts of a scope."""
        if scope == CITY:
            return reduce(ComponentTally.merged, self._districts.values(), ComponentTally())
        return self._districts.get(scope.id, ComponentTally())

    def measure(self, scope: Scope) -> Measure:
        """Return the share of a scope. A component without a position is known not to be on the map."""
        tally = self.tally(scope)
        made_up = f"{tally.synthetic} of the components are made up" if tally.synthetic else ""
        return Measure(
            indicator=INDICATOR.name,
            scope=str(scope),
            at=self.now,
            unit=INDICATOR.unit,
            value=100 * tally.on_map / tally.registered if tally.registered else None,
            numerator=tally.on_map,
            denominator=tally.registered,
            unknown=0,
            coverage=1.0 if tally.registered else None,
            official=bool(tally.registered) and not made_up,
            verdict_allowed=bool(tally.registered),
            reason=made_up or ("" if tally.registered else NOT_IMPORTED),
            register_version=self.world.register.version,
            detail={
                "not_placed": dict(sorted(tally.missing.items())),
                "classes": {
                    name: {"placed": tally.placed.get(name, 0), "registered": count}
                    for name, count in sorted(tally.all.items())
                },
                "synthetic": tally.synthetic,
            },
        )

    def explain(self, scope: Scope) -> Explanation:
        """Return the share with the components that are *not* on the map: the others are too many to be listed."""
        found = self.measure(scope)
        share = "no component" if found.value is None else f"{found.value:.2f} %"
        steps = [
            Step("components in the imported database, but scrapped ones", f"{found.denominator:g}", "plan item 27"),
            Step("of them with a position within 150 km of the city's centre", f"{found.numerator:g}"),
            Step("share = on the map ÷ in the database", share),
        ]
        return Explanation(found, INDICATOR.source, self._left_out(scope), steps)

    def take_dirty(self) -> set[Scope]:
        """Return the scopes that may have changed since the last call, and forget them."""
        taken, self._dirty = self._dirty, set()
        return taken

    def dump(self) -> None:
        """Return nothing: everything follows from the register."""

    def restore(self, dumped: Any) -> None:
        """Nothing is to be taken over."""

    def _count(self) -> None:
        before = self._districts
        components = self.world.register.devices(self.now, _KIND)
        self._districts = tally_of(components, self.world.place)
        if self._districts != before:
            self._dirty.add(CITY)
            self._dirty.update(Scope(ScopeKind.DISTRICT, d) for d in {*before, *self._districts} if d)

    def _left_out(self, scope: Scope) -> list[Input]:
        found = []
        for component in self.world.register.devices(self.now, _KIND):
            if scope not in {CITY, Scope(ScopeKind.DISTRICT, component.district)}:
                continue
            scrapped = component.state is AssetState.SCRAPPED
            why = component.state.value if scrapped else why_not_placed(component, self.world.place)
            if why:
                says = {"category": component.text("category")}
                found.append(Input(component.id, component.name, used=False, why=why, says=says))
        return sorted(found, key=lambda i: i.device)


INDICATOR: Final = Indicator(
    name="map_coverage",
    title="一张图覆盖率",
    title_en="Components shown on one map",
    unit="%",
    kinds=(_KIND,),
    scopes=(ScopeKind.CITY, ScopeKind.DISTRICT),
    source="plan of 2019, item 27: components placed on the map ÷ components of the unified grid's database",
    lookback={"instant": timedelta(0)},
    kept=Kept(PeriodKind.DAY, (ScopeKind.CITY, ScopeKind.DISTRICT)),
    state=MapCoverage,
)
