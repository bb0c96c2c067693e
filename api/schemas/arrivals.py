"""The ledger of arrivals as answers."""

from datetime import date
from typing import Self

from api.schemas.common import Answer, Instant
from domain.arrivals import ArrivalTotals, DeviceLedger, FeedDay


class MissingOut(Answer):
    """Sequence numbers that have not come, `first` to `last`. `asked`: how often they were asked back."""

    first: int
    last: int
    noticed_at: Instant
    asked: int


class DeviceLedgerOut(Answer):
    """What was expected of a device since its first reading that was counted, and what came.

    `expected` follows from the kind's reporting period; `completeness` = `received` / `expected`, at most 1, null when
    nothing was expected. By `seq`: `missing` may still come, `given_up` is no longer waited for, `recovered` came after
    it had been missing.
    """

    device: str
    kind: str
    since: Instant | None
    until: Instant
    expected: int
    received: int
    late: int
    duplicates: int
    missing: int
    given_up: int
    recovered: int
    restarts: int
    last_seq: int | None
    newest: Instant | None
    completeness: float | None
    gaps: list[MissingOut]

    @classmethod
    def of(cls, ledger: DeviceLedger) -> Self:
        """Make it from the domain's ledger."""
        told = {name: getattr(ledger, name) for name in DeviceLedgerOut.model_fields if name != "gaps"}
        gaps = [MissingOut(first=g.first, last=g.last, noticed_at=g.noticed_at, asked=g.asked) for g in ledger.gaps]
        return cls(**told, gaps=gaps)


class FeedDayOut(Answer):
    """A feed (the devices of one kind in one district) on one local day of event time, up to now for today."""

    kind: str
    district: str
    devices: int
    expected: int
    received: int
    completeness: float | None

    @classmethod
    def of(cls, feed: FeedDay) -> Self:
        """Make it from the domain's feed."""
        return cls(**{name: getattr(feed, name) for name in FeedDayOut.model_fields})


class TotalsOut(Answer):
    """Sums over all devices since the ledger began; `unnumbered`: readings without `seq`."""

    devices: int
    received: int
    late: int
    duplicates: int
    unnumbered: int
    missing: int
    given_up: int
    recovered: int
    restarts: int
    asked: int

    @classmethod
    def of(cls, totals: ArrivalTotals) -> Self:
        """Make it from the domain's sums."""
        return cls(**{name: getattr(totals, name) for name in TotalsOut.model_fields})


class CompletenessOut(Answer):
    """The completeness of every feed on one local day, and the sums of all days."""

    day: date
    totals: TotalsOut
    feeds: list[FeedDayOut]
