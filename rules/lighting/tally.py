"""Counts of lamps, additive over disjoint lamps: what a measure of the light-on rate is made of."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

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
    off_judged: int = 0
    """Those of them of which every fresh report is one of a lamp that must be off."""
    off_lit: int = 0
    off_dark: int = 0
    off_synthetic: int = 0
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

    def dump(self) -> dict[str, Any]:
        """Return the counts and the span as plain JSON."""
        counts = {name: getattr(self, name) for name in _COUNTS}
        return {**counts, **{name: at.isoformat() for name in _SPAN if (at := getattr(self, name)) is not None}}

    @classmethod
    def load(cls, dumped: Mapping[str, Any]) -> "LampTally":
        """Return the tally of a dump."""
        counts = {name: dumped[name] for name in _COUNTS}
        first, last = (datetime.fromisoformat(dumped[name]) if name in dumped else None for name in _SPAN)
        return cls(**counts, first=first, last=last)

    def merged(self, other: "LampTally") -> "LampTally":
        """Return the tally of both sets of lamps, which must be disjoint."""
        both = LampTally(**{name: getattr(self, name) + getattr(other, name) for name in _COUNTS})
        both.seen(self.span)
        both.seen(other.span)
        return both


@dataclass(slots=True)
class StockTally:
    """Lamps of a scope in the register. Merging is associative and commutative; an empty tally is neutral."""

    led: int = 0
    """Functional lamps in service or under maintenance, by light source."""
    other_source: int = 0
    source_unknown: int = 0
    made_up: int = 0
    """How many of these are made up."""
    installed: int = 0
    """Functional lamps that stand, whoever has them: all but those that were scrapped."""
    in_service: int = 0
    """Lamps in service, functional or landscape."""
    reporting: int = 0
    """Those of them whose controller has reported within 24 hours."""
    uncontrolled: int = 0
    """Those that have no controller by the register, and have not reported."""
    in_service_made_up: int = 0

    def merged(self, other: "StockTally") -> "StockTally":
        """Return the tally of both sets of lamps, which must be disjoint."""
        return StockTally(**{f.name: getattr(self, f.name) + getattr(other, f.name) for f in fields(StockTally)})

    def dump(self) -> dict[str, int]:
        """Return the counts as plain JSON."""
        return {f.name: getattr(self, f.name) for f in fields(StockTally)}

    @classmethod
    def load(cls, dumped: dict[str, int]) -> "StockTally":
        """Return the tally of a dump."""
        return cls(**dumped)


_SPAN = ("first", "last")
_COUNTS = tuple(f.name for f in fields(LampTally) if f.name not in _SPAN)
