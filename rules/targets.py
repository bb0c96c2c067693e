"""The targets of the city's plan held against measures: met, missed, or why neither can be said (invariant 5)."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from domain.measure import Assessment, Direction, Measure, Target, TargetVerdict

PERCENT: Final = 100


def assess(target: Target, measure: Measure | None, now: datetime) -> Assessment:
    """Hold a target against a measure of its indicator and scope at `now` (aware, UTC).

    `measure` is None when the scope has no device. For a monthly target the measure's last closed month counts, and
    is the measure of the assessment.
    """
    if target.indicator is None:
        return Assessment(target, TargetVerdict.NOT_MEASURED, target.not_measured_because, now, None)
    judged = _closed_month(measure) if measure is not None and target.period == "month" else measure
    verdict, reason = _verdict(target, judged, now)
    return Assessment(target, verdict, "; ".join(filter(None, (reason, _remarks(target, judged)))), now, judged)


def _verdict(target: Target, measure: Measure | None, now: datetime) -> tuple[TargetVerdict, str]:
    if target.valid_to is not None and now >= target.valid_to:
        return TargetVerdict.EXPIRED, f"ended {target.valid_to.isoformat()}"
    if target.limit is None or target.direction is None:
        return TargetVerdict.NO_LIMIT, "the plan sets no figure"
    if target.valid_from is not None and now < target.valid_from:
        return TargetVerdict.UNKNOWN, f"begins {target.valid_from.isoformat()}"
    if measure is None:
        return TargetVerdict.UNKNOWN, f"nothing was measured for {target.scope}"
    return _judge(target.limit, target.direction, measure)


def _judge(limit: float, direction: Direction, measure: Measure) -> tuple[TargetVerdict, str]:
    """Compare exactly: 98 % of 1,000 lamps are 980 lamps."""
    if not measure.verdict_allowed:
        return TargetVerdict.UNKNOWN, measure.reason
    if not measure.denominator:
        return TargetVerdict.UNKNOWN, "nothing takes part in the rate"
    asked = _asked(limit, measure)
    least = _exact(measure.numerator)
    most = least + _exact(measure.unknown)
    if direction is Direction.AT_LEAST:
        met, missed = least >= asked, most < asked
    else:
        met, missed = most <= asked, least > asked
    if met:
        return TargetVerdict.MET, ""
    if missed:
        return TargetVerdict.MISSED, ""
    return TargetVerdict.UNKNOWN, f"depends on {measure.unknown:g} of {measure.denominator:g} that are unknown"


def _asked(limit: float, measure: Measure) -> Fraction:
    """Return what the numerator is held against: a count (a unit such as `{lamp}`) is not relative to anything."""
    if measure.unit.startswith("{"):
        return _exact(limit)
    scale = PERCENT if measure.unit == "%" else 1
    return _exact(limit) * _exact(measure.denominator) / scale


def _exact(value: float) -> Fraction:
    return Fraction(Decimal(repr(value)))


def _remarks(target: Target, measure: Measure | None) -> str:
    """Say what else must be known about a verdict: a figure that was assumed, a measure that is not official."""
    remarks = [f"assumed: {target.assumed}"] if target.assumed else []
    if measure is not None and not measure.official:
        remarks.append(f"not official: {measure.reason}" if measure.reason else "not official")
    return "; ".join(remarks)


def _closed_month(measure: Measure) -> Measure | None:
    """Return the measure of the last closed month that a measure carries; None if its indicator knows no months."""
    month: Mapping[str, Any] | None = measure.detail.get("month_closed")
    if month is None:
        return None
    return replace(
        measure,
        at=datetime.fromisoformat(month["until"]),
        value=month["value"],
        numerator=month["numerator"],
        denominator=month["denominator"],
        unknown=month["unknown"],
        coverage=month["coverage"],
        span=None,
        official=month["official"],
        verdict_allowed=True,
        reason=month["reason"],
        detail=month,
    )
