"""Hours of dust above the mark on the last closed day, with the ranking of the places: what sites and roads share."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import timedelta
from typing import Any, ClassVar, Final

from typing_extensions import override

from domain.device import AssetState, Device
from domain.explanation import Explanation, Input, Step
from domain.measure import Measure, Span
from domain.period import PeriodKind
from domain.scope import Scope, ScopeKind
from rules.dust.board import DustBoard
from rules.dust.tally import DustTally, MonitorDay
from rules.indicator import Kept
from rules.shared_board import View

NO_SHARE: Final = "hours above a mark of our choice; no source has an hourly limit, and the plan sets no figure"
SOURCE: Final = (
    "GB 3095: an hour counts when its mean of PM10 lies above the limit of a day, class 2 (our choice: there is no "
    "hourly limit of PM10); 45 minutes make an hour, table 4"
)
UNIT: Final = "{hour}"
AREAS: Final = (ScopeKind.CITY, ScopeKind.DISTRICT, ScopeKind.MANAGEMENT_AREA)
KEPT: Final = Kept(PeriodKind.DAY, (ScopeKind.CITY, ScopeKind.DISTRICT), settle=timedelta(hours=1))


class DustView(View[DustBoard]):
    """The monitors of one type of place."""

    name: ClassVar[str]
    site_type: ClassVar[str]
    noun: ClassVar[str]

    @override
    def scopes(self) -> Sequence[Scope]:
        return [scope for scope in self.board.scopes() if self.has(scope)]

    @override
    def has(self, scope: Scope) -> bool:
        return any(device.text("site_type") == self.site_type for device in self.board.devices(scope))

    def tally(self, scope: Scope) -> DustTally:
        """Return the closed day of a scope."""
        return self.board.tally(scope, self.site_type)

    def measure(self, scope: Scope) -> Measure:
        """Return the monitor-hours above the mark; those without a mean are unknown."""
        tally, board = self.tally(scope), self.board
        valid = 0 if board.uncovered else tally.valid
        made_up = f"{tally.made_up} of the monitors are made up" if tally.made_up else ""
        return Measure(
            indicator=self.name,
            scope=str(scope),
            at=board.now,
            unit=UNIT,
            value=float(tally.over) if valid else None,
            numerator=tally.over if valid else 0,
            denominator=tally.owed,
            unknown=tally.owed - valid,
            coverage=valid / tally.owed if tally.owed else None,
            covers=Span(board.closed.start, board.closed.end),
            official=bool(valid) and not made_up,
            verdict_allowed=False,
            reason=board.uncovered or made_up or NO_SHARE,
            register_version=board.world.register.version,
            detail={
                "day": board.closed.name,
                "mark_pm10": board.mark,
                "limits": board.limits,
                **_ranking(tally),
            },
        )

    def explain(self, scope: Scope) -> Explanation:
        """Return the hours with the day of every monitor."""
        found, tally = self.measure(scope), self.tally(scope)
        now = {device.id: device for device in self.board.now_there(scope, self.site_type)}
        then = {device.id: device for device in self.board.then_there(scope, self.site_type)}
        inputs = [_input(device, tally.monitors.get(device.id)) for _, device in sorted({**now, **then}.items())]
        value = "no hour is known" if found.value is None else f"{found.value:g}"
        steps = [
            Step(f"hours of the day x monitors of {self.noun} in service at its end", f"{found.denominator:g}"),
            Step("of them without a mean: fewer than nine of twelve five minutes", f"{found.unknown:g}", "table 4"),
            Step("mark: limit of a day's mean of PM10, class 2", f"{self.board.mark} µg/m³", self.board.limits),
            Step("hours with a mean above it", value, "our choice"),
            Step("places ranked: 20 hours a monitor are known", f"{len(found.detail['ranking'])}", "table 4"),
        ]
        return Explanation(found, SOURCE, inputs, steps)


def _ranking(tally: DustTally) -> dict[str, Any]:
    """Return the places in order of rank, and those of which too little is known, as plain JSON."""
    places = tally.places()
    return {
        "ranking": [{"rank": n, **asdict(p)} for n, p in enumerate((p for p in places if p.ranked), 1)],
        "not_ranked": [asdict(p) for p in places if not p.ranked],
    }


def _input(device: Device, day: MonitorDay | None) -> Input:
    if day is None:
        serving = device.state is AssetState.IN_SERVICE
        return Input(
            device.id, device.name, used=False, why="not_in_service_that_day" if serving else device.state.value
        )
    says = {"place": day.place, "hours_known": day.valid, "hours_above": day.over, "hours_owed": day.owed}
    return Input(device.id, device.name, used=day.valid > 0, why="" if day.valid else "no_hour_known", says=says)
