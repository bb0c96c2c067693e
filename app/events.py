"""What the event log says of measures and verdicts, as plain JSON."""

from datetime import UTC, datetime
from typing import Any

from domain.measure import Assessment, Measure, TargetVerdict
from domain.record import EventType, NewEvent


def instant(at: datetime) -> str:
    """Return RFC 3339 in UTC with `Z`."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def measure_data(measure: Measure) -> dict[str, Any]:
    """Return the figures of a measure; never a bare percentage."""
    return {
        "indicator": measure.indicator,
        "scope": measure.scope,
        "at": instant(measure.at),
        "value": measure.value,
        "unit": measure.unit,
        "numerator": measure.numerator,
        "denominator": measure.denominator,
        "unknown": measure.unknown,
        "coverage": measure.coverage,
        "official": measure.official,
        "reason": measure.reason,
    }


def verdict_changed(assessment: Assessment, previous: TargetVerdict | None) -> NewEvent:
    """Return the event that a target's verdict changed."""
    data = {
        "target": assessment.target.id,
        "verdict": assessment.verdict.value,
        "previous": previous.value if previous else None,
        "reason": assessment.reason,
        "limit": assessment.target.limit,
        "measure": measure_data(assessment.measure) if assessment.measure else None,
    }
    return NewEvent(EventType.VERDICT_CHANGED, assessment.at, data)


def measure_changed(measure: Measure) -> NewEvent:
    """Return the event that a measure changed."""
    return NewEvent(EventType.MEASURE_CHANGED, measure.at, measure_data(measure))
