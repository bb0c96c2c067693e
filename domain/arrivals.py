"""What was expected of a device or of a feed and what came, as the API tells it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime


def share_that_came(received: int, expected: int) -> float | None:
    """Return the share of what was expected that came, at most 1; None when nothing was expected."""
    return min(1.0, received / expected) if expected else None


@dataclass(frozen=True, slots=True)
class Missing:
    """Sequence numbers `first` to `last` of a device that have not come. `asked`: how often they were asked back."""

    first: int
    last: int
    noticed_at: datetime
    asked: int


@dataclass(frozen=True, slots=True)
class DeviceLedger:
    """The books of one device since `since` (its first reading that was counted; None = none yet).

    `received` counts each reading once, `late` are those of them that came later than the kind's freshness,
    `duplicates` came again. By `seq`: `missing` may still come, `given_up` were too many to be kept in mind,
    `recovered` came after they had been missing. `expected` follows from the kind's reporting period.
    """

    device: str
    kind: str
    since: datetime | None
    until: datetime
    expected: int
    received: int
    late: int
    duplicates: int
    missing: int
    given_up: int
    recovered: int
    restarts: int
    """How often it began to count `seq` anew."""
    last_seq: int | None
    newest: datetime | None
    gaps: Sequence[Missing]

    @property
    def completeness(self) -> float | None:
        """See `share_that_came`."""
        return share_that_came(self.received, self.expected)


@dataclass(frozen=True, slots=True)
class FeedDay:
    """A feed is the devices of one kind in one district; one local day of event time, up to now for today."""

    day: date
    kind: str
    district: str
    devices: int
    expected: int
    received: int

    @property
    def completeness(self) -> float | None:
        """See `share_that_came`."""
        return share_that_came(self.received, self.expected)


@dataclass(frozen=True, slots=True)
class ArrivalTotals:
    """Sums over all devices since the ledger began."""

    devices: int
    received: int
    late: int
    duplicates: int
    unnumbered: int
    """Readings without `seq`: of them nothing can be known to be missing."""
    missing: int
    given_up: int
    recovered: int
    restarts: int
    asked: int


@dataclass(frozen=True, slots=True)
class Ask:
    """A gap that is to be asked back, and where: `sender` is the gateway, or the device itself."""

    kind: str
    district: str
    sender: str
    device: str
    first: int
    last: int
