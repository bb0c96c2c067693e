"""环境空气质量综合指数: the sum over the six pollutants of a period's value ÷ its limit; the smaller the better.

The limit is the annual one, for CO and ozone the daily one, of class 2 areas and of the edition that covers the
period's last day. All six are needed.
"""

from datetime import timedelta
from fractions import Fraction
from typing import Any, Final

from domain.explanation import Explanation, Step
from domain.measure import Measure, Span
from domain.period import PeriodKind
from domain.scope import Scope, ScopeKind
from rules.air.day_board import Stretch
from rules.air.period_board import PeriodBoard, limits_of, printed, value_step
from rules.indicator import Indicator, Kept
from rules.standards.gb3095_limits import Limits
from rules.standards.hj633 import Pollutant
from rules.standards.hj663 import CompositeIndex, PeriodValue, composite_index, reference
from rules.standards.hj663 import printed as index_printed

RUNNING: Final = "the period is still running"
NO_SHARE: Final = "an index is no share of days; it compares periods and cities"


class AirCompositeIndex(PeriodBoard):
    """The air stations of the city, and the composite index of each scope's periods."""

    def measure(self, scope: Scope) -> Measure:
        """Return the index of the last closed month; numerator and denominator are days, complete ones and all."""
        month = self.month()
        index = self.index(scope, month)
        complete, all_days = self.complete_days(scope, month), len(month.days)
        made_up, value = self.made_up(scope, month), _value(index)
        return Measure(
            indicator=INDICATOR.name,
            scope=str(scope),
            at=self.now,
            unit=INDICATOR.unit,
            value=value,
            numerator=complete,
            denominator=all_days,
            unknown=all_days - complete,
            coverage=complete / all_days,
            covers=Span(month.period.start, month.period.end),
            official=value is not None and not made_up,
            verdict_allowed=False,
            reason=_why_none(index) or made_up or NO_SHARE,
            register_version=self.world.register.version,
            detail={name: self._view(scope, stretch) for name, stretch in self.stretches()},
        )

    def explain(self, scope: Scope) -> Explanation:
        """Return the month's index with its days, the value of each pollutant and its part."""
        month = self.month()
        values, index, limits = self.values(scope, month), self.index(scope, month), limits_of(month)
        steps = [value_step(value, month) for value in values.values()]
        if limits is not None:
            steps += [_part_step(values[p], part, limits) for p, part in index.parts.items()]
        result = _why_none(index) or f"{_value(index):.2f}"
        steps.append(Step("index = sum of the parts, rounded to two decimals", result, "HJ 663"))
        return Explanation(self.measure(scope), INDICATOR.source, self.day_inputs(scope, month), steps)

    def index(self, scope: Scope, stretch: Stretch) -> CompositeIndex:
        """Return the index of a period."""
        limits = limits_of(stretch)
        if limits is None:
            return CompositeIndex(None, {}, tuple(Pollutant))
        standing = ((p, value.standing) for p, value in self.values(scope, stretch).items())
        return composite_index({p: value for p, value in standing if value is not None}, limits)

    def _view(self, scope: Scope, stretch: Stretch) -> dict[str, Any]:
        index, limits, made_up = self.index(scope, stretch), limits_of(stretch), self.made_up(scope, stretch)
        return {
            "period": stretch.name,
            "until": stretch.period.end.isoformat(),
            "value": _value(index),
            "parts": {p.value: float(index_printed(part)) for p, part in index.parts.items()},
            "primary_pollutants": [p.label for p in index.largest],
            "missing": [p.label for p in index.missing],
            "limits": None if limits is None else limits.value,
            "official": stretch.closed and index.value is not None and not made_up,
            "reason": _why_none(index) or (made_up if stretch.closed else RUNNING),
        }


def _part_step(value: PeriodValue, part: Fraction, limits: Limits) -> Step:
    pollutant = value.pollutant
    held = f"{printed(pollutant, value.standing):g} ÷ {reference(pollutant, limits)}"
    return Step(f"part of {pollutant.label}: {held}", f"{index_printed(part)}", f"{limits.value} table 1")


def _value(index: CompositeIndex) -> float | None:
    return None if index.value is None else float(index_printed(index.value))


def _why_none(index: CompositeIndex) -> str:
    return f"too few valid days of {', '.join(p.label for p in index.missing)}" if index.missing else ""


INDICATOR: Final = Indicator(
    name="air_composite_index",
    title="环境空气质量综合指数",
    title_en="Composite air quality index",
    unit="1",
    kinds=("air_station",),
    scopes=(ScopeKind.CITY, ScopeKind.STATION),
    source="HJ 663-2013: sum of concentrations ÷ limits of GB 3095 (class 2), unweighted",
    lookback={"instant": timedelta(days=733)},
    kept=Kept(PeriodKind.MONTH, (ScopeKind.CITY, ScopeKind.STATION), settle=timedelta(hours=2)),
    state=AirCompositeIndex,
)
