"""What the cases of a month add up to: counts and sums of seconds, additive over disjoint systems."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from rules.cases.ledger import Ledger, Record

Wanted = Callable[[Record], bool]
"""Which cases are looked at."""


@dataclass(frozen=True, slots=True)
class CaseTally:
    """The cases of some systems in a month. Merging is associative and commutative; an empty tally is neutral."""

    systems: int = 0
    heard: int = 0
    """Systems that told of a case, of whatever kind, in the month."""
    synthetic: int = 0
    closed: int = 0
    """Cases with a limit that were closed in the month."""
    on_time: int = 0
    """Those of them of which every part was done within its limit."""
    overdue: int = 0
    """Cases that were open at the end of the month with a limit that was over: counted against."""
    open: int = 0
    """Cases that were open then within their limits: not counted."""
    mistaken: int = 0
    without_part: int = 0
    """Cases that were closed without having been dispatched to anybody: not counted, no limit ran."""
    parts: int = 0
    returned: int = 0
    accepted: int = 0
    handover: int = 0
    """Seconds from dispatch to acceptance, of the closed cases' accepted parts together."""
    handling: int = 0
    """Seconds from opening to closing, of the closed cases together."""

    @property
    def owed(self) -> int:
        """Cases that had to be done: closed, or overdue."""
        return self.closed + self.overdue

    def merged(self, other: "CaseTally") -> "CaseTally":
        """Return the tally of both sets of systems, which must be disjoint."""
        mine, theirs = asdict(self), asdict(other)
        return CaseTally(**{name: mine[name] + theirs[name] for name in mine})

    def dump(self) -> dict[str, int]:
        """Return the tally as plain JSON values."""
        return asdict(self)

    @classmethod
    def load(cls, dumped: dict[str, int]) -> "CaseTally":
        """Return the tally of a dump."""
        return cls(**dumped)


def tally_of(ledger: Ledger, start: int, end: int, wanted: Wanted, *, synthetic: bool) -> CaseTally:
    """Return the tally of one system from start to end, µs since 1970."""
    counts = dict.fromkeys(asdict(CaseTally()), 0)
    counts |= {"systems": 1, "heard": int(ledger.heard(start, end)), "synthetic": int(synthetic)}
    for case, before in ledger.cases(start, end):
        if not wanted(case) or (before is not None and before.over):
            continue
        for name, amount in _told(case, end).items():
            counts[name] += amount
    return CaseTally(**counts)


def _told(case: Record, end: int) -> dict[str, Any]:
    if case.mistaken:
        return {"mistaken": 1}
    if case.closed is None:
        overdue = case.due is not None and case.due * 10**6 < end
        return {"overdue" if overdue else "open": 1}
    if not case.parts:
        return {"without_part": 1}
    return {
        "closed": 1,
        "on_time": int(not case.late),
        "parts": case.parts,
        "returned": case.returned,
        "accepted": case.accepted,
        "handover": case.handover,
        "handling": max(0, case.closed - case.opened),
    }
