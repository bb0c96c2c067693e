"""优良天数比例: days with a daily AQI up to 100 (优, 良) ÷ days, of the last closed month and of the year so far.

Days without an index are unknown and counted apart; so are days up to 100 on which a pollutant is missing, because the
missing one could have been the bad one (HJ 633-2026; for days of 2012 our choice).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final

from typing_extensions import override

from domain.explanation import Explanation, Input, Step
from domain.measure import Measure, Span
from domain.period import PeriodKind
from domain.scope import Scope, ScopeKind
from rules.air.day_board import DayBoard, Stretch, closed_stretch, running_stretch
from rules.air.day_tally import DayOutcome
from rules.indicator import Indicator, Kept

RUNNING: Final = "the period is still running"


@dataclass(frozen=True, slots=True)
class Days:
    """How the days of a period came out."""

    good: int = 0
    polluted: int = 0
    unknown: int = 0
    made_up: int = 0
    """Days on which a made-up station took part."""
    by_level: Mapping[str, int] = field(default_factory=dict)

    @property
    def all(self) -> int:
        """Every day of the period that is over."""
        return self.good + self.polluted + self.unknown

    @property
    def value(self) -> float | None:
        """The confirmed share of good days, %: every unknown day counts against it."""
        return 100 * self.good / self.all if self.all else None

    @property
    def observed(self) -> float | None:
        """The share among the days with an index, %, as bulletins print it."""
        known = self.good + self.polluted
        return 100 * self.good / known if known else None

    @property
    def coverage(self) -> float | None:
        """The share of the days that is known, 0…1."""
        return (self.good + self.polluted) / self.all if self.all else None


class GoodAirDays(DayBoard):
    """The air stations of the city, and the good days of each scope."""

    @override
    def rests_on(self) -> Iterable[date]:
        return closed_stretch(PeriodKind.MONTH, self.now, self.tz).days

    def measure(self, scope: Scope) -> Measure:
        """Return the confirmed share of good days of the last closed month."""
        month = closed_stretch(PeriodKind.MONTH, self.now, self.tz)
        days = self.days(scope, month)
        made_up = _made_up(days)
        return Measure(
            indicator=INDICATOR.name,
            scope=str(scope),
            at=self.now,
            unit=INDICATOR.unit,
            value=days.value,
            numerator=days.good,
            denominator=days.all,
            unknown=days.unknown,
            coverage=days.coverage,
            covers=Span(month.period.start, month.period.end),
            official=not made_up,
            reason=made_up,
            register_version=self.world.register.version,
            detail={
                "month_closed": self._view(scope, month),
                "month_to_date": self._view(scope, running_stretch(PeriodKind.MONTH, self.now, self.tz)),
                "year_to_date": self._view(scope, running_stretch(PeriodKind.YEAR, self.now, self.tz)),
                "year_closed": self._view(scope, closed_stretch(PeriodKind.YEAR, self.now, self.tz)),
            },
        )

    def explain(self, scope: Scope) -> Explanation:
        """Return that share with every day of the month."""
        month = closed_stretch(PeriodKind.MONTH, self.now, self.tz)
        days, found = self.days(scope, month), self.measure(scope)
        outcomes = self.outcomes(scope, month)
        inputs = [
            Input(o.day.isoformat(), o.day.isoformat(), used=o.good is not None, why=_why(o), says=_says(o))
            for o in outcomes
        ]
        share = "no day" if found.value is None else f"{found.value:.1f} %"
        steps = [
            Step(f"days of {month.name}", str(days.all)),
            Step("of them with a daily AQI up to 100 and no pollutant missing", str(days.good), "HJ 633 table 1"),
            Step("of them above 100", str(days.polluted), "HJ 633 table 1"),
            Step("of them unknown, counted against", str(days.unknown), "GB 3095 table 4"),
            Step("share = good days ÷ days", share),
        ]
        return Explanation(found, INDICATOR.source, inputs, steps)

    def days(self, scope: Scope, stretch: Stretch) -> Days:
        """Return how the closed days of a period came out."""
        return self.once((scope, stretch), lambda: self._count(scope, stretch))

    def _count(self, scope: Scope, stretch: Stretch) -> Days:
        outcomes = self.outcomes(scope, stretch)
        grades = [o.report.grade for o in outcomes if o.report is not None and o.good is not None]
        levels = [grade.category for grade in grades if grade is not None]
        return Days(
            good=sum(o.good is True for o in outcomes),
            polluted=sum(o.good is False for o in outcomes),
            unknown=sum(o.good is None for o in outcomes),
            made_up=sum(bool(o.tally.made_up) for o in outcomes),
            by_level={level: levels.count(level) for level in dict.fromkeys(levels)},
        )

    def _view(self, scope: Scope, stretch: Stretch) -> dict[str, Any]:
        """Return a period's days with what a verdict on it needs, as plain JSON."""
        days = self.days(scope, stretch)
        made_up = _made_up(days)
        return {
            stretch.period.kind.value: stretch.name,
            "until": stretch.period.end.isoformat(),
            "value": days.value,
            "observed_rate": days.observed,
            "numerator": days.good,
            "denominator": days.all,
            "unknown": days.unknown,
            "coverage": days.coverage,
            "days_by_level": dict(sorted(days.by_level.items())),
            "official": stretch.closed and not made_up,
            "reason": made_up if stretch.closed else RUNNING,
        }


def _made_up(days: Days) -> str:
    return f"on {days.made_up} days made-up stations took part" if days.made_up else ""


def _why(outcome: DayOutcome) -> str:
    if outcome.good is not None or outcome.report is None:
        return outcome.why_none
    return outcome.why_none or f"up to 100 while {', '.join(p.label for p in outcome.report.missing)} missing"


def _says(outcome: DayOutcome) -> dict[str, Any]:
    report = outcome.report
    grade = None if report is None else report.grade
    return {
        "aqi": outcome.aqi,
        "level": None if grade is None else grade.category,
        "primary_pollutants": [] if report is None else [p.label for p in report.primary],
        "stations": outcome.tally.stations,
        "expected": outcome.tally.expected,
    }


INDICATOR: Final = Indicator(
    name="good_air_days",
    title="优良天数比例",
    title_en="Days with good air",
    unit="%",
    kinds=("air_station",),
    scopes=(ScopeKind.CITY, ScopeKind.STATION),
    source="HJ 633-2012, HJ 633-2026 by the day's date (AQI up to 100: 优, 良); GB 3095 table 4; HJ 663",
    # the last closed year began two years ago at most
    lookback={"instant": timedelta(days=733), "month": timedelta(days=733)},
    kept=Kept(PeriodKind.MONTH, (ScopeKind.CITY, ScopeKind.STATION), settle=timedelta(hours=2)),
    state=GoodAirDays,
)
