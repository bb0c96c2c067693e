"""A published measure as a row and back."""

from typing import Any

from sqlalchemy import Row

from domain.history import Published
from domain.measure import Measure, Span
from domain.period import PeriodKind

_PLAIN = (
    *("indicator", "scope", "at", "unit", "value", "numerator", "denominator", "unknown", "coverage"),
    *("official", "verdict_allowed", "reason", "register_version"),
)


def to_row(found: Published) -> dict[str, Any]:
    """Return the cells of a published measure, without its id, revision and time of recording."""
    said = found.measure
    return {
        **{name: getattr(said, name) for name in _PLAIN},
        "detail": dict(said.detail),
        "span_first": said.span.first if said.span else None,
        "span_last": said.span.last if said.span else None,
        "covers_first": said.covers.first if said.covers else None,
        "covers_last": said.covers.last if said.covers else None,
        "every": found.every.value,
        "period": found.period,
        "start": found.start,
        "end": found.end,
        "lighting_version": found.lighting_version,
        "why": found.why,
    }


def from_row(row: Row[Any]) -> Published:
    """Return the published measure of a row."""
    cells = row._mapping  # noqa: SLF001 - SQLAlchemy's public name for it
    span = Span(row.span_first, row.span_last) if row.span_first is not None else None
    covers = Span(row.covers_first, row.covers_last) if row.covers_first is not None else None
    said = Measure(**{name: cells[name] for name in _PLAIN}, span=span, covers=covers, detail=row.detail)
    return Published(
        measure=said,
        every=PeriodKind(row.every),
        period=row.period,
        start=row.start,
        end=row.end,
        lighting_version=row.lighting_version,
        revision=row.revision,
        recorded_at=row.recorded_at,
        why=row.why,
    )
