"""The missing sequence numbers of one device as a few ranges. Pure; times are seconds since 1970 UTC."""

from dataclasses import dataclass, replace
from typing import Final

MAX_RANGES: Final = 16
"""Ranges kept of one device; beyond, the oldest is given up (our choice: a device that loses every other reading)."""


@dataclass(slots=True)
class Gap:
    """Numbers `first` to `last`, inclusive."""

    first: int
    last: int
    noticed: float
    asked: int = 0
    asked_at: float = 0.0

    @property
    def size(self) -> int:
        """How many numbers."""
        return self.last - self.first + 1


def opened(gaps: list[Gap], first: int, last: int, now: float) -> int:
    """Note that numbers are missing, newest last; return how many older ones are given up for that."""
    gaps.append(Gap(first, last, now))
    return gaps.pop(0).size if len(gaps) > MAX_RANGES else 0


def filled(gaps: list[Gap], seq: int) -> tuple[bool, int]:
    """Take a number that came after all out of the ranges; return whether it was missing, and how many are given up."""
    for index, gap in enumerate(gaps):
        if gap.first <= seq <= gap.last:
            parts = [replace(gap, last=seq - 1), replace(gap, first=seq + 1)]
            gaps[index : index + 1] = [part for part in parts if part.size]
            return True, gaps.pop(0).size if len(gaps) > MAX_RANGES else 0
    return False, 0
