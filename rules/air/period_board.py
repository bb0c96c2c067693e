"""Months, quarters and years of air: what they say of each pollutant, closed ones and the running ones so far."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from fractions import Fraction
from typing import Any, Final

from typing_extensions import override

from domain.explanation import Input, Step
from domain.period import PeriodKind
from domain.scope import Scope
from rules.air.day_board import DayBoard, Stretch, closed_stretch, running_stretch
from rules.standards.gb3095_limits import Limits, limits_of_day
from rules.standards.hj633 import Pollutant, rounded
from rules.standards.hj663 import (
    BY_PERCENTILE,
    DAILY_VALUE,
    PERCENTILE,
    PeriodValue,
    period_value,
    reference,
)

_ALL_SIX: Final = frozenset(DAILY_VALUE.values())
KINDS: Final = (PeriodKind.MONTH, PeriodKind.QUARTER, PeriodKind.YEAR)


class PeriodBoard(DayBoard):
    """Stations, and the values of their periods."""

    def month(self) -> Stretch:
        """Return the last closed month, which the measures stand for."""
        return closed_stretch(PeriodKind.MONTH, self.now, self.tz)

    @override
    def rests_on(self) -> Iterable[date]:
        return self.month().days

    def stretches(self) -> Iterator[tuple[str, Stretch]]:
        """Yield every period that measures tell of, by its name in the detail."""
        for kind in KINDS:
            yield f"{kind.value}_closed", closed_stretch(kind, self.now, self.tz)
            yield f"{kind.value}_to_date", running_stretch(kind, self.now, self.tz)

    def values(self, scope: Scope, stretch: Stretch) -> Mapping[Pollutant, PeriodValue]:
        """Return what a period says of each pollutant."""
        return self.once((scope, stretch), lambda: self._values(scope, stretch))

    def complete_days(self, scope: Scope, stretch: Stretch) -> int:
        """Return on how many days all six pollutants have a valid daily value."""
        return sum(outcome.means.keys() >= _ALL_SIX for outcome in self.outcomes(scope, stretch))

    def made_up(self, scope: Scope, stretch: Stretch) -> str:
        """Return on how many days made-up stations took part, or nothing."""
        days = sum(bool(outcome.tally.made_up) for outcome in self.outcomes(scope, stretch))
        return f"on {days} days made-up stations took part" if days else ""

    def day_inputs(self, scope: Scope, stretch: Stretch) -> list[Input]:
        """Return each day of a period with its daily values, or why it has none."""
        found = []
        for outcome in self.outcomes(scope, stretch):
            day = outcome.day.isoformat()
            says = {p.value: printed(p, outcome.means.get(scale)) for p, scale in DAILY_VALUE.items()}
            known = {name: value for name, value in says.items() if value is not None}
            why = "" if known else outcome.why_none or "no valid daily value"
            found.append(Input(day, day, used=bool(known), why=why, says=known))
        return found

    def _values(self, scope: Scope, stretch: Stretch) -> dict[Pollutant, PeriodValue]:
        found = {}
        spoken = [outcome for outcome in self.outcomes(scope, stretch) if outcome.means]
        for pollutant, scale in DAILY_VALUE.items():
            days = {outcome.day: outcome.means[scale] for outcome in spoken if scale in outcome.means}
            kind = stretch.period.kind
            found[pollutant] = period_value(pollutant, kind, stretch.days, days, closed=stretch.closed)
        return found


def limits_of(stretch: Stretch) -> Limits | None:
    """Return the limits that a period is held against: those of its last day (our choice); None before 2012."""
    try:
        return limits_of_day(stretch.period.days()[-1])
    except ValueError:
        return None


def printed(pollutant: Pollutant, value: Fraction | None) -> float | None:
    """Return a concentration as it is published."""
    return None if value is None else float(rounded(pollutant, value))


def pollutant_view(value: PeriodValue, limits: Limits | None) -> dict[str, Any]:
    """Return one pollutant of a period, as plain JSON."""
    pollutant = value.pollutant
    standing = printed(pollutant, value.standing)
    limit = None if limits is None else reference(pollutant, limits)
    return {
        "value": standing,
        "statistic": statistic(pollutant),
        "unit": pollutant.unit,
        "mean": printed(pollutant, value.mean),
        f"percentile_{int(100 * PERCENTILE[pollutant])}": printed(pollutant, value.percentile),
        "days": value.days,
        "limit": limit,
        "over_limit": None if standing is None or limit is None else standing > limit,
        "reason": value.why,
    }


def statistic(pollutant: Pollutant) -> str:
    """Return which statistic stands for a pollutant's period."""
    return f"percentile_{int(100 * PERCENTILE[pollutant])}" if pollutant in BY_PERCENTILE else "mean"


def value_step(value: PeriodValue, stretch: Stretch) -> Step:
    """Return how a pollutant's value of a period came about."""
    pollutant = value.pollutant
    standing = printed(pollutant, value.standing)
    of = "largest 8 h means" if pollutant is Pollutant.O3 else "daily means"
    what = statistic(pollutant).replace("_", " ")
    text = f"{pollutant.label}, {stretch.name}: {what} of {value.days} valid {of}"
    result = value.why if standing is None else f"{standing:g} {pollutant.unit}"
    return Step(text, result, "GB 3095 table 4; HJ 663")
