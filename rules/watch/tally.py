"""What watched points add up to: counts of good and bad ones, or the extreme of what they say. Additive values."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from domain.measure import Span


@dataclass(frozen=True, slots=True)
class Seen:
    """Event times of the oldest and newest reading that took part; both None while none did."""

    first: datetime | None = None
    last: datetime | None = None

    def merged(self, other: "Seen") -> "Seen":
        """Return the span over both."""
        return Seen(_pick(min, self.first, other.first), _pick(max, self.last, other.last))

    @property
    def span(self) -> Span | None:
        """The span as a measure carries it."""
        return Span(self.first, self.last) if self.first is not None and self.last is not None else None

    def dump(self) -> list[str | None]:
        """Return it as plain JSON values."""
        return [None if at is None else at.isoformat() for at in (self.first, self.last)]

    @classmethod
    def load(cls, dumped: list[str | None]) -> "Seen":
        """Return what `dump` returned."""
        return cls(*(None if at is None else datetime.fromisoformat(at) for at in dumped))


@dataclass(frozen=True, slots=True)
class ShareTally:
    """Points of a scope now. `good` + `bad` + unknown = `expected`; an empty tally is neutral."""

    expected: int = 0
    good: int = 0
    bad: int = 0
    synthetic: int = 0
    """How many of the expected are made up."""
    seen: Seen = Seen()

    @property
    def unknown(self) -> int:
        """Points of which it is not known."""
        return self.expected - self.good - self.bad

    def merged(self, other: "ShareTally") -> "ShareTally":
        """Return the tally of both sets of points, which must be disjoint."""
        return ShareTally(
            self.expected + other.expected,
            self.good + other.good,
            self.bad + other.bad,
            self.synthetic + other.synthetic,
            self.seen.merged(other.seen),
        )

    def dump(self) -> list[Any]:
        """Return the tally as plain JSON values."""
        return [self.expected, self.good, self.bad, self.synthetic, self.seen.dump()]

    @classmethod
    def load(cls, dumped: list[Any]) -> "ShareTally":
        """Return the tally of a dump."""
        expected, good, bad, synthetic, seen = dumped
        return cls(expected, good, bad, synthetic, Seen.load(seen))


@dataclass(frozen=True, slots=True)
class LevelTally:
    """What the points of a scope say of one quantity: the extreme is taken when it is asked for."""

    expected: int = 0
    synthetic: int = 0
    said: Mapping[str, float] = field(default_factory=dict)
    """What each point says, by device id."""
    seen: Seen = Seen()

    @property
    def unknown(self) -> int:
        """Points that say nothing now."""
        return self.expected - len(self.said)

    def extreme(self, pick: Callable[[list[float]], float]) -> float | None:
        """Return the highest or lowest (`pick` = max or min) of what is said; None if nothing is."""
        return pick(list(self.said.values())) if self.said else None

    def merged(self, other: "LevelTally") -> "LevelTally":
        """Return the tally of both sets of points, which must be disjoint."""
        return LevelTally(
            self.expected + other.expected,
            self.synthetic + other.synthetic,
            {**self.said, **other.said},
            self.seen.merged(other.seen),
        )

    def dump(self) -> list[Any]:
        """Return the tally as plain JSON values."""
        return [self.expected, self.synthetic, dict(self.said), self.seen.dump()]

    @classmethod
    def load(cls, dumped: list[Any]) -> "LevelTally":
        """Return the tally of a dump."""
        expected, synthetic, said, seen = dumped
        return cls(expected, synthetic, said, Seen.load(seen))


def _pick(
    choose: Callable[[datetime, datetime], datetime], one: datetime | None, other: datetime | None
) -> datetime | None:
    if one is None or other is None:
        return other if one is None else one
    return choose(one, other)
