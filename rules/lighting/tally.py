"""Counts of lamps, additive over disjoint lamps: what a measure of the light-on rate is made of."""

from dataclasses import dataclass, fields
from datetime import datetime

from domain.measure import Span


@dataclass(slots=True)
class LampTally:
    """Lamps of a scope at one instant. Merging is associative and commutative; an empty tally is neutral."""

    expected: int = 0
    """Functional lamps in service that are scheduled to be on."""
    lit: int = 0
    dark: int = 0
    unsettled: int = 0
    """Expected lamps within 30 minutes of being switched on or off."""
    timetabled: int = 0
    """Functional lamps in service that are no 24-hour underpass lamps."""
    timetabled_on: int = 0
    """Those of them that are scheduled to be on."""
    scheduled_off: int = 0
    no_judgement: int = 0
    """Kept out by an override: maintenance of a circuit, a test."""
    synthetic: int = 0
    """Expected lamps that are made up."""
    maintenance: int = 0
    not_handed_over: int = 0
    scrapped: int = 0
    landscape_expected: int = 0
    landscape_lit: int = 0
    landscape_dark: int = 0
    first: datetime | None = None
    last: datetime | None = None

    @property
    def unknown(self) -> int:
        """Expected lamps without a fresh report."""
        return self.expected - self.lit - self.dark

    @property
    def span(self) -> Span | None:
        """The event times of the oldest and newest reading among lit and dark lamps."""
        return Span(self.first, self.last) if self.first is not None and self.last is not None else None

    def seen(self, span: Span | None) -> None:
        """Widen the span by another."""
        if span is not None:
            self.first = span.first if self.first is None else min(self.first, span.first)
            self.last = span.last if self.last is None else max(self.last, span.last)

    def merged(self, other: "LampTally") -> "LampTally":
        """Return the tally of both sets of lamps, which must be disjoint."""
        both = LampTally(**{name: getattr(self, name) + getattr(other, name) for name in _COUNTS})
        both.seen(self.span)
        both.seen(other.span)
        return both


_COUNTS = tuple(f.name for f in fields(LampTally) if f.name not in {"first", "last"})
