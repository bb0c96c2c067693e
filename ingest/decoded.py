"""What a bundle of deliveries turns out to hold, as columns: no object for a delivery that is in order."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from domain.bundle import Bundle
from domain.delivery import Decoded, GatewayStatus, Journaled, Reason, Source
from domain.reading import Reading
from ingest.quarantine import positions


class Brief(NamedTuple):
    """Something that cannot be accepted and is only counted: who sent it, why, and whether it is a whole delivery."""

    sender: str
    reason: Reason
    whole: bool


@dataclass(slots=True)
class DecodedBundle:
    """A bundle taken apart and graded. `offsets` and `indexes` say where each reading stood: delivery and position."""

    first: int
    """The offset of the first delivery."""
    bundle: Bundle
    readings: list[Reading] = field(default_factory=list)
    offsets: list[int] = field(default_factory=list)
    indexes: list[int] = field(default_factory=list)
    alone: list[Decoded] = field(default_factory=list)
    """Deliveries that were decoded one by one, with their rejects; their readings stand in the columns too."""
    brief: Counter[Brief] = field(default_factory=Counter)
    """What was told apart on the short way, of senders of whom nothing more is kept."""

    @property
    def end(self) -> int:
        """The offset after the last delivery."""
        return self.first + len(self.bundle)

    @property
    def weight(self) -> int:
        """How much it is to hold: deliveries, readings and rejects."""
        return len(self.bundle) + len(self.readings) + self.rejected

    @property
    def rejected(self) -> int:
        """How many readings were not accepted."""
        briefly = sum(count for what, count in self.brief.items() if not what.whole)
        return briefly + sum(len(decoded.rejects) for decoded in self.alone)

    def add(self, decoded: Decoded) -> None:
        """Take over a delivery that was decoded alone."""
        self.alone.append(decoded)
        self.readings += decoded.readings
        self.offsets += [decoded.offset] * len(decoded.readings)
        self.indexes += positions(decoded)

    def statuses(self) -> Iterator[GatewayStatus]:
        """Yield what gateways said of themselves, in order."""
        for decoded in self.alone:
            yield from decoded.statuses

    def journaled(self, offset: int) -> Journaled:
        """Return a delivery of the bundle."""
        return Journaled(offset, self.bundle[offset - self.first])


def place(chunk: Iterable[DecodedBundle], position: int) -> tuple[DecodedBundle, int, int]:
    """Return where a reading of several bundles stood: bundle, offset of its delivery, and its position there."""
    for part in chunk:
        if position < len(part.readings):
            return part, part.offsets[position], part.indexes[position]
        position -= len(part.readings)
    raise IndexError(position)


def by_source(chunk: Iterable[DecodedBundle]) -> Counter[Source]:
    """Return how many readings several bundles held, accepted or not, by how they came in."""
    counts: Counter[Source] = Counter()
    for part in chunk:
        counts[part.bundle.source] += len(part.readings) + part.rejected
    return counts
