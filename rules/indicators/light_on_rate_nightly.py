"""夜间亮灯率: the light-on rate of a whole night, over instants two hours apart (city_operations 2.1).

A night goes from local noon to local noon and is named by its evening date. The measure is that of the last closed
night (`covers`); the night that runs is in `detail`, provisional. Each lamp counts once for every instant at which it
must be on and has been for 30 minutes, with its latest report of the 40 minutes before; unknown counts against.
"""

from datetime import timedelta
from typing import Any, Final

from domain.explanation import Explanation, Input, Step
from domain.measure import Measure, Span
from domain.period import PeriodKind
from domain.scope import Scope, ScopeKind
from rules.indicator import Indicator, Kept
from rules.indicators.light_on_rate import OFFICIAL_COVERAGE
from rules.lighting.night_board import NightBoard
from rules.lighting.night_tally import InstantCount, NightTally
from rules.lighting.nights import LampNight
from rules.lighting.places import LAMP_SCOPES
from rules.lighting.view import made_up, percent

NOBODY: Final = "no lamp had to be on at an instant of the night"


class LightOnRateNightly(NightBoard):
    """The two nights of the city, and the measure of each scope."""

    def measure(self, scope: Scope) -> Measure:
        """Return the confirmed rate of the last closed night."""
        tally = self.tally(scope, self.closed)
        total = tally.total
        unofficial = made_up(total.made_up) or _thin(total)
        return Measure(
            indicator=INDICATOR.name,
            scope=str(scope),
            at=self.now,
            unit=INDICATOR.unit,
            value=percent(total.lit, total.expected),
            numerator=total.lit,
            denominator=total.expected,
            unknown=total.unknown,
            coverage=_coverage(total),
            covers=Span(self.closed.start, self.closed.end),
            official=bool(total.expected) and not unofficial,
            verdict_allowed=bool(total.expected),
            reason=unofficial if total.expected else NOBODY,
            register_version=self.world.register.version,
            detail={
                **_night(self.closed, tally),
                "running": {**_night(self.running, self.tally(scope, self.running)), "provisional": True},
            },
        )

    def explain(self, scope: Scope) -> Explanation:
        """Return the rate with what every lamp showed at each instant of the closed night."""
        found = self.measure(scope)
        inputs = []
        for device, said in sorted(self.shown(scope, self.closed)):
            there = self.world.register.at(device, self.closed.instants[-1])
            shows = {at.isoformat(): glow for at, glow in said.items()}
            known = any(glow != "unknown" for glow in said.values())
            why = "" if known else "no_report_at_any_instant" if said else "never_scheduled_on"
            inputs.append(Input(device, device if there is None else there.name, not why, why, None, shows))
        steps = [
            Step(f"at {row['at']}: lamps lit of those that had to be on", f"{row['lit']} of {row['expected']}", "2.1")
            for row in found.detail["instants"]
        ]
        value = "no lamp" if found.value is None else f"{found.value:.2f} %"
        steps.append(Step("rate = Σ lit ÷ Σ that had to be on, over the instants", value, "2.1"))
        return Explanation(found, INDICATOR.source, inputs, steps)


def _coverage(total: InstantCount) -> float | None:
    return (total.lit + total.dark) / total.expected if total.expected else None


def _thin(total: InstantCount) -> str:
    """Return why so few known lamps make no official figure, or nothing."""
    coverage = _coverage(total)
    if coverage is not None and coverage < OFFICIAL_COVERAGE:
        return f"coverage {coverage:.1%} is below {OFFICIAL_COVERAGE:.0%}"
    return ""


def _night(night: LampNight, tally: NightTally) -> dict[str, Any]:
    total = tally.total
    return {
        "evening_date": night.evening.isoformat(),
        "until": night.end.isoformat(),
        "value": percent(total.lit, total.expected),
        "observed_rate": percent(total.lit, total.lit + total.dark),
        "expected": total.expected,
        "lit": total.lit,
        "dark": total.dark,
        "unknown": total.unknown,
        "instants": tally.dump(),
    }


INDICATOR: Final = Indicator(
    name="light_on_rate_nightly",
    title="夜间亮灯率",
    title_en="Light-on rate of a night",
    unit="%",
    kinds=("streetlight",),
    scopes=LAMP_SCOPES,
    source="plan of 2019, item 10; lit ÷ scheduled to be on at fixed instants of the night, unknown counted against",
    # two nights from noon to noon, one of them of 25 hours, and a report of 40 minutes before
    lookback={"instant": timedelta(hours=50)},
    # a day's evening begins its night, which closes at noon of the next day
    kept=Kept(
        PeriodKind.DAY,
        (ScopeKind.CITY, ScopeKind.DISTRICT, ScopeKind.MANAGEMENT_AREA, ScopeKind.ROAD_CLASS, ScopeKind.ROAD),
        settle=timedelta(hours=13),
    ),
    state=LightOnRateNightly,
)
