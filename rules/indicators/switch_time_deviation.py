"""开关灯时间偏差: how far cabinets were switched from the timetable in the last closed night (city_operations 2.3).

On and off are seen in the cabinet's power; one that feeds lamps that burn day and night is never dark and takes no
part. The value is the mean of the absolute deviations in minutes; the numerator is how many switchings lay within five
minutes of their plan, of the two that each cabinet owes.
"""

from collections.abc import Iterable, Mapping
from statistics import median
from typing import Any, Final

from domain.device import Device
from domain.explanation import Explanation, Input, Step
from domain.measure import Measure, Span
from domain.period import PeriodKind
from domain.scope import Scope, ScopeKind
from rules.indicator import Indicator, Kept, OnBoard
from rules.lighting.cabinets import BOARD, CABINET_SCOPES, LOOKBACK, SETTLE, CabinetBoard, made_up
from rules.lighting.deviation import Deviation, DeviationTally, deviation
from rules.shared_board import View

TOLERANCE_S: Final = 300
"""As often as a cabinet reports (our choice)."""
NO_TARGET: Final = "a mean deviation is no share; no document sets a limit"
_WORST: Final = 10


class SwitchTimeDeviation(View[CabinetBoard]):
    """The deviation of each scope."""

    def prepare(self) -> bool:
        """Work out the closed night of some more cabinets; return whether more is left."""
        return self.board.work_out()

    def tally(self, scope: Scope) -> DeviationTally:
        """Return the deviation of each cabinet that is to be judged, by id."""
        found = ((c.id, self._of(c)) for c in self.board.expected(scope))
        return DeviationTally({cabinet: said for cabinet, said in found if said is not None})

    def measure(self, scope: Scope) -> Measure:
        """Return the mean deviation; a cabinet that was never lit, or said nothing around its switching, is unknown."""
        tally, night = self.tally(scope).rows, self.board.closed
        known = _known(tally.values())
        owed = 2 * len(tally)
        invented = made_up(c for c in self.board.expected(scope) if c.id in tally)
        return Measure(
            indicator=INDICATOR.name,
            scope=str(scope),
            at=self.board.now,
            unit=INDICATOR.unit,
            value=sum(map(abs, known)) / len(known) / 60 if known else None,
            numerator=sum(abs(seconds) <= TOLERANCE_S for seconds in known),
            denominator=owed,
            unknown=owed - len(known),
            coverage=len(known) / owed if owed else None,
            covers=Span(night.start, night.end),
            official=bool(known) and not invented,
            verdict_allowed=False,
            reason=invented or NO_TARGET if owed else "no cabinet is to be judged",
            register_version=self.board.world.register.version,
            detail={
                "evening_date": night.evening.isoformat(),
                "median_min": median(map(abs, known)) / 60 if known else None,
                "early": sum(seconds < -TOLERANCE_S for seconds in known),
                "late": sum(seconds > TOLERANCE_S for seconds in known),
                "unknown": {c: d.why for c, d in sorted(tally.items()) if d.why},
                "worst": _worst(tally),
                "never_dark": sum(map(self._never_dark, self.board.expected(scope))),
            },
        )

    def explain(self, scope: Scope) -> Explanation:
        """Return the mean with planned and seen switching of every cabinet."""
        found = self.measure(scope)
        tally = self.tally(scope).rows
        expected = {c.id for c in self.board.expected(scope)}
        inputs = []
        for cabinet in self.board.devices(scope):
            said = tally.get(cabinet.id)
            out = self._left_out(cabinet) if cabinet.id in expected else cabinet.state.value
            why = out if said is None else said.why
            says = {} if said is None else {"on_s": said.on, "off_s": said.off, **self._planned(cabinet)}
            inputs.append(Input(cabinet.id, cabinet.name, not why, why, None, says))
        value = "none known" if found.value is None else f"{found.value:.2f} min"
        steps = [
            Step("switchings owed: on and off of each cabinet", f"{found.denominator:g}", "2.3"),
            Step("of them unknown", f"{found.unknown:g}"),
            Step("of them within five minutes of the plan", f"{found.numerator:g}"),
            Step("mean of the absolute deviations", value),
        ]
        return Explanation(found, INDICATOR.source, inputs, steps)

    def _planned(self, cabinet: Device) -> dict[str, str | None]:
        plan = self.board.plan(cabinet, self.board.closed)
        return {
            "planned_on": None if plan.on is None else plan.on.isoformat(),
            "planned_off": None if plan.off is None else plan.off.isoformat(),
        }

    def _never_dark(self, cabinet: Device) -> bool:
        return cabinet.text("supply_point") in self.board.circuits.day_and_night

    def _left_out(self, cabinet: Device) -> str:
        return "feeds_lamps_that_burn_day_and_night" if self._never_dark(cabinet) else "not_judged_or_never_on"

    def _of(self, cabinet: Device) -> Deviation | None:
        """Return the deviation of a cabinet; None when it is not to be judged, or never to be on."""
        night = self.board.closed
        if self._never_dark(cabinet):
            return None
        plan = self.board.plan(cabinet, night)
        if not plan.judged or plan.on is None or plan.off is None:
            return None
        on, off = (int((at - night.start).total_seconds()) for at in (plan.on, plan.off))
        return deviation(self.board.night(cabinet, night).burning(), on, off)


def _known(tally: Iterable[Deviation]) -> list[int]:
    return [seconds for found in tally for seconds in (found.on, found.off) if seconds is not None]


def _worst(tally: Mapping[str, Deviation]) -> list[dict[str, Any]]:
    """Return the cabinets that were furthest from their plan, in seconds."""
    off_plan = [(max(abs(d.on or 0), abs(d.off or 0)), cabinet) for cabinet, d in tally.items()]
    ranked = sorted(((far, cabinet) for far, cabinet in off_plan if far), key=lambda row: (-row[0], row[1]))
    return [{"cabinet": c, "on_s": tally[c].on, "off_s": tally[c].off} for _, c in ranked[:_WORST]]


INDICATOR: Final = Indicator(
    name="switch_time_deviation",
    title="开关灯时间偏差",
    title_en="Deviation of switching times",
    unit="min",
    kinds=("lighting_cabinet",),
    scopes=CABINET_SCOPES,
    source="city_operations 2.1, 2.3: on and off by the timetable, seen in the power of cabinets (above 100 W)",
    lookback=LOOKBACK,
    kept=Kept(PeriodKind.DAY, (ScopeKind.CITY, ScopeKind.DISTRICT), SETTLE),
    state=OnBoard(BOARD, CabinetBoard, SwitchTimeDeviation),
    rests_on=("streetlight",),
)
