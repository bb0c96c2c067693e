"""What the event log says of measures and verdicts, as plain JSON."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

from domain.history import FIGURES, Published, Revised
from domain.measure import Assessment, Measure, TargetVerdict
from domain.record import EventType, NewEvent

SCOPES_TOLD: Final = 20
"""Of a revised period so many scopes are told in the event; the history has them all."""


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


def warning_proposed(measure: Measure, previous: str | None) -> NewEvent:
    """Return the event that another warning is proposed. `previous` as in `start:1`."""
    detail = measure.detail
    data = {
        "proposal": detail["proposal"],
        "in_force": detail["in_force"],
        "previous": previous,
        "measure": measure_data(measure),
    }
    return NewEvent(EventType.WARNING_PROPOSED, measure.at, data)


def measure_changed(measure: Measure) -> NewEvent:
    """Return the event that a measure changed."""
    return NewEvent(EventType.MEASURE_CHANGED, measure.at, measure_data(measure))


def measure_revised(revised: Sequence[Revised], now: datetime) -> NewEvent:
    """Return the event that measures of one period of one indicator were revised at `now`."""
    new = revised[0].new
    data = {
        "indicator": new.measure.indicator,
        "every": new.every.value,
        "period": new.period,
        "start": instant(new.start),
        "end": instant(new.end),
        "why": new.why,
        "revised": len(revised),
        "scopes": [
            {"scope": r.new.measure.scope, "old": _figures(r.old), "new": _figures(r.new)}
            for r in revised[:SCOPES_TOLD]
        ],
    }
    return NewEvent(EventType.MEASURE_REVISED, now, data)


def _figures(found: Published | None) -> dict[str, Any] | None:
    return None if found is None else {name: getattr(found.measure, name) for name in FIGURES}
