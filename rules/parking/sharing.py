"""Car parks of offices that are open to all off-hours (错时共享): when they are open, and what is in them then."""

from dataclasses import dataclass
from datetime import datetime, time
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from domain.device import Device
from rules.parking.counts import ParkingTally


class Sharing(StrEnum):
    """Whether a car park is shared at an instant."""

    NOT_SHARED = "not_shared"
    UNREADABLE = "unreadable_hours"
    """One end of the hours is missing, or is no HH:MM."""
    CLOSED = "closed_now"
    OPEN = "open"


def sharing(lot: Device, instant: datetime, tz: ZoneInfo) -> Sharing:
    """Return whether a car park is open to all at an instant: from `shared_from` (included) to `shared_until`, local.

    Hours may pass midnight. They are the same every day (our choice: the rule of 2021 names no days).
    """
    texts = lot.text("shared_from"), lot.text("shared_until")
    if texts == ("", ""):
        return Sharing.NOT_SHARED
    try:
        since, until = time.fromisoformat(texts[0]), time.fromisoformat(texts[1])
    except ValueError:
        return Sharing.UNREADABLE
    if since.tzinfo is not None or until.tzinfo is not None:
        return Sharing.UNREADABLE
    now = instant.astimezone(tz).time()
    inside = since <= now < until if since <= until else now >= since or now < until
    return Sharing.OPEN if inside else Sharing.CLOSED


@dataclass(frozen=True, slots=True)
class SharedTally:
    """Shared car parks at an instant; tallies of disjoint ones merge."""

    open: ParkingTally
    closed_lots: int = 0
    closed_spaces: int = 0

    def merged(self, other: "SharedTally") -> "SharedTally":
        """Return the tally of both sets of car parks, which must be disjoint."""
        return SharedTally(
            self.open.merged(other.open),
            self.closed_lots + other.closed_lots,
            self.closed_spaces + other.closed_spaces,
        )

    def dump(self) -> dict[str, Any]:
        """Return the tally as plain JSON values."""
        return {"open": self.open.dump(), "closed": [self.closed_lots, self.closed_spaces]}

    @classmethod
    def load(cls, dumped: Any) -> "SharedTally":
        """Return the tally of a dump."""
        return cls(ParkingTally.load(dumped["open"]), *dumped["closed"])
