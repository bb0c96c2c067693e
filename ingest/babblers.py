"""Who sent what was counted and not kept: by sender and reason, for a bounded number of senders. Pure."""

from collections import Counter
from collections.abc import Mapping
from typing import Final

from domain.delivery import Reason
from ingest.decoded import Brief

_MOST: Final = 1000
_TOLD: Final = 20
OTHERS: Final = "*"
"""Stands for the senders that are not told apart any more; no sender of the contract is called so."""


class Babblers:
    """Counts for each sender. When there are too many, those with the fewest are put together; nothing is lost."""

    def __init__(self) -> None:
        """Nobody yet."""
        self._counts: dict[str, Counter[Reason]] = {}

    def __len__(self) -> int:
        return len(self._counts)

    def add(self, what: Brief, count: int) -> None:
        """Count readings, or deliveries that held none."""
        self._counts.setdefault(what.sender, Counter())[what.reason] += count
        if len(self._counts) > _MOST:
            self._put_together()

    def _put_together(self) -> None:
        for sender in self._ranked()[_MOST // 2 :]:
            if sender != OTHERS:
                reasons = self._counts.pop(sender)
                self._counts.setdefault(OTHERS, Counter()).update(reasons)

    def _ranked(self) -> list[str]:
        return sorted(self._counts, key=lambda sender: (-self._counts[sender].total(), sender))

    def told(self) -> Mapping[str, Mapping[str, int]]:
        """Return counts by reason of the senders with the most, most first; "" stands for topics of no sender."""
        return {s: {r.value: n for r, n in self._counts[s].most_common()} for s in self._ranked()[:_TOLD]}
