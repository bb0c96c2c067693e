"""照明用电量: kWh of the last closed night by the meters of the cabinets, and what was saved (plan of 2019, item 10).

The baseline is what the circuit drew before its lamps were changed: `baseline_power` (W, its mean while lit, from the
bureau's books) times the hours it had to be on. Cabinets without one have no saving. A meter that begins anew is
counted on; a step that no cabinet could have drawn is left out, and both are told.

Lamps behind no cabinet in service are left out, for what one lamp's controller says of its power stands for no meter;
so are those whose cabinet was not read. Both are counted: coverage is the share of lamps in service behind a meter that
was read, and below 95 % of them the sum is not official.
"""

from collections.abc import Mapping
from typing import Any, Final

from domain.device import Device
from domain.explanation import Explanation, Input, Step
from domain.measure import Measure, Span
from domain.period import PeriodKind
from domain.scope import Scope, ScopeKind
from rules.indicator import Indicator, Kept, OnBoard
from rules.indicators.light_on_rate import OFFICIAL_COVERAGE
from rules.lighting.cabinet_night import Energy, EnergyTally
from rules.lighting.cabinets import BOARD, CABINET_SCOPES, LOOKBACK, SETTLE, Bounds, CabinetBoard, made_up
from rules.lighting.circuits import Behind
from rules.lighting.view import percent
from rules.shared_board import View

NO_SHARE: Final = "a sum of energy is no share of the cabinets that took part"


class LightingEnergy(View[CabinetBoard]):
    """The energy of each scope."""

    def prepare(self) -> bool:
        """Work out the closed night of some more cabinets; return whether more is left."""
        return self.board.work_out()

    def tally(self, scope: Scope, night: Bounds | None = None) -> EnergyTally:
        """Return what the meter of each cabinet counted in a night (the closed one by default), by id.

        Those without two samples are left out.
        """
        found = {c.id: self.board.night(c, night or self.board.closed).energy() for c in self.board.expected(scope)}
        return EnergyTally({cabinet: energy for cabinet, energy in found.items() if energy is not None})

    def measure(self, scope: Scope) -> Measure:
        """Return the sum over the cabinets that are known; numerator and denominator count cabinets."""
        night, expected = self.board.closed, self.board.expected(scope)
        tally = self.tally(scope, night).rows
        behind = self.board.behind(scope, night)
        invented = made_up(c for c in expected if c.id in tally)
        unofficial = invented or (_thin(behind) if tally else "")
        running = self.tally(scope, self.board.running).rows
        return Measure(
            indicator=INDICATOR.name,
            scope=str(scope),
            at=self.board.now,
            unit=INDICATOR.unit,
            value=_kwh(tally) if tally else None,
            numerator=len(tally),
            denominator=len(expected),
            unknown=len(expected) - len(tally),
            coverage=_coverage(behind, len(tally), len(expected)),
            covers=Span(night.start, night.end),
            official=bool(tally) and not unofficial,
            verdict_allowed=False,
            reason=unofficial or (NO_SHARE if tally else "no meter was read twice in the night"),
            register_version=self.board.world.register.version,
            detail={
                "evening_date": night.evening.isoformat(),
                "resets": {c: e.resets for c, e in sorted(tally.items()) if e.resets},
                "jumps_left_out": {c: e.jumps for c, e in sorted(tally.items()) if e.jumps},
                **self._saving(expected, tally, night),
                "lamps": {
                    "in_service": behind.all,
                    "behind_a_meter_read": behind.read,
                    "meter_not_read": behind.not_read,
                    "without_cabinet": sum(behind.without.values()),
                },
                "running": {"kwh": _kwh(running), "cabinets": len(running), "provisional": True},
            },
        )

    def explain(self, scope: Scope) -> Explanation:
        """Return the sum with the energy of every cabinet, and the supply points that have none."""
        found = self.measure(scope)
        tally = self.tally(scope).rows
        expected = {c.id for c in self.board.expected(scope)}
        inputs = []
        for cabinet in self.board.devices(scope):
            energy = tally.get(cabinet.id)
            why = "" if cabinet.id in expected else cabinet.state.value
            why = why or ("" if energy else "meter_not_read_twice")
            says = {} if energy is None else {"kwh": energy.kwh, "resets": energy.resets, "jumps": energy.jumps}
            inputs.append(Input(cabinet.id, cabinet.name, not why, why, None, says))
        behind = self.board.behind(scope, self.board.closed)
        for point, lamps in behind.without.items():
            inputs.append(Input(point, point, used=False, why="no_cabinet", says={"lamps": lamps}))
        detail = found.detail
        saved = "no baseline" if detail["saving_percent"] is None else f"{detail['saving_percent']:.2f} %"
        steps = [
            Step("Σ of the steps of the meters from noon to noon", f"{_kwh(tally):g} kWh", "plan item 10"),
            Step("lamps in service", f"{behind.all}"),
            Step("of them behind a meter that was read, so in the sum", f"{behind.read}"),
            Step("of them behind no cabinet in service, left out", f"{sum(behind.without.values())}"),
            Step("baseline: power before the change x hours to be on", f"{detail['baseline_kwh']:g} kWh"),
            Step("saving = (baseline - energy) ÷ baseline, of cabinets that have one", saved),
        ]
        return Explanation(found, INDICATOR.source, inputs, steps)

    def _saving(self, expected: list[Device], tally: Mapping[str, Energy], night: Bounds) -> dict[str, Any]:
        """Return baseline and saving over the cabinets that have both energy and a baseline."""
        baseline = used = 0.0
        count = 0
        for cabinet in expected:
            before = cabinet.attributes.get("baseline_power")
            if cabinet.id in tally and isinstance(before, int | float):
                hours = self.board.plan(cabinet, night).lit.total_seconds() / 3600
                baseline += before / 1000 * hours
                used += tally[cabinet.id].kwh
                count += 1
        share = 100 * (baseline - used) / baseline if baseline else None
        return {
            "baseline_kwh": round(baseline, 6),
            "saving_kwh": round(baseline - used, 6) if count else None,
            "saving_percent": None if share is None else round(share, 6),
            "cabinets_with_baseline": count,
            "share_with_baseline": percent(count, len(expected)),
        }


def _coverage(behind: Behind, read: int, expected: int) -> float | None:
    """Return the share of lamps behind a meter that was read; of cabinets, where the register has no lamps."""
    return behind.coverage if behind.all else read / expected if expected else None


def _thin(behind: Behind) -> str:
    """Return why the sum stands for too few lamps to be official, or nothing."""
    coverage = behind.coverage
    if coverage is not None and coverage < OFFICIAL_COVERAGE:
        return f"{behind.all - behind.read} of {behind.all} lamps are behind no meter that was read"
    return ""


def _kwh(tally: Mapping[str, Energy]) -> float:
    return round(sum(energy.kwh for energy in tally.values()), 2)


INDICATOR: Final = Indicator(
    name="lighting_energy",
    title="照明用电量",
    title_en="Energy of street lighting",
    unit="kWh",
    kinds=("lighting_cabinet",),
    scopes=CABINET_SCOPES,
    source="plan of 2019, item 10: LED instead of sodium to save energy; meters of cabinets, before and after",
    lookback=LOOKBACK,
    kept=Kept(PeriodKind.DAY, (ScopeKind.CITY, ScopeKind.DISTRICT, ScopeKind.SUPPLY_POINT), SETTLE),
    state=OnBoard(BOARD, CabinetBoard, LightingEnergy),
    rests_on=("streetlight",),
)
