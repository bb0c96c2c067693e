"""What measures of sections say in detail about periods, as plain JSON."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from domain.period import Period, PeriodKind
from rules.water.outcome import Outcome, lists, section_view
from rules.water.tally import Counts, SectionTally


def rate_view(outcomes: Mapping[str, Outcome], period: Period, until: datetime) -> dict[str, Any]:
    """Return a period's compliance rate with what a verdict on it needs; `until` is the end of its closed days."""
    counts = SectionTally.of(outcomes.values()).counts
    return {
        "until": until.isoformat(),
        "value": counts.value,
        "observed_rate": counts.observed,
        "numerator": counts.compliant,
        "denominator": counts.judged,
        "unknown": counts.unknown,
        "coverage": counts.coverage,
        "official": until == period.end and not counts.synthetic,
        "reason": unofficial(counts, closed=until == period.end, kind=period.kind),
        **lists(outcomes.values()),
    }


def unofficial(counts: Counts, *, closed: bool, kind: PeriodKind) -> str:
    """Return why the figure of a period is not official, or nothing."""
    if not closed:
        return f"the {kind.value} is still running"
    return f"{counts.synthetic} of the sections are made up" if counts.synthetic else ""


def period_view(outcome: Outcome | None, period: Period, until: datetime) -> dict[str, Any]:
    """Return one section over a period in full; without an outcome it was not registered at the end of the period."""
    said = {"reason": "not_registered"} if outcome is None else section_view(outcome)
    return {"period": period.name, "until": until.isoformat(), "closed": until == period.end, **said}
