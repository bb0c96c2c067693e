"""Occupancy by the quarter of an hour over a day: how many spaces were taken, and of how many that was known."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

QUARTER_US: Final = 15 * 60 * 1_000_000


@dataclass(frozen=True, slots=True)
class Mask:
    """One space over a day: a bit for each quarter, taken at its first instant."""

    occupied: int = 0
    known: int = 0


EMPTY: Final = Mask()


@dataclass(frozen=True, slots=True)
class Profile:
    """Spaces by quarter of the day. Profiles of disjoint spaces add up; an empty one is neutral."""

    occupied: tuple[int, ...] = ()
    known: tuple[int, ...] = ()

    def __add__(self, other: "Profile") -> "Profile":
        return Profile(_sum(self.occupied, other.occupied), _sum(self.known, other.known))

    def peak(self) -> int | None:
        """Return the number of the quarter with most spaces taken, the first of several; None without a known one."""
        if not any(self.known):
            return None
        return max(range(len(self.occupied)), key=lambda quarter: (self.occupied[quarter], -quarter))

    def dump(self) -> list[Any]:
        """Return the profile as plain JSON values."""
        return [list(self.occupied), list(self.known)]

    @classmethod
    def load(cls, dumped: Any) -> "Profile":
        """Return the profile of a dump."""
        return cls(tuple(dumped[0]), tuple(dumped[1]))


NOTHING: Final = Profile()


def profile_of(masks: Iterable[Mask], quarters: int) -> Profile:
    """Return the profile of many spaces."""
    occupied, known = _Planes(), _Planes()
    for mask in masks:
        occupied.add(mask.occupied)
        known.add(mask.known)
    return Profile(occupied.counts(quarters), known.counts(quarters))


class _Planes:
    """Counts of many bits at once: plane n holds bit n of every count, so that adding a mask costs two operations."""

    __slots__ = ("_planes",)

    def __init__(self) -> None:
        self._planes: list[int] = []

    def add(self, mask: int) -> None:
        carry = mask
        for n, plane in enumerate(self._planes):
            self._planes[n], carry = plane ^ carry, plane & carry
            if not carry:
                return
        if carry:
            self._planes.append(carry)

    def counts(self, size: int) -> tuple[int, ...]:
        return tuple(sum((plane >> bit & 1) << n for n, plane in enumerate(self._planes)) for bit in range(size))


def bits(first: int, after: int, quarters: int) -> int:
    """Return a mask with the quarters first ≤ n < after set, as far as they lie in the day."""
    first, after = max(first, 0), min(after, quarters)
    return (1 << after) - (1 << first) if after > first else 0


def first_quarter(at: int, start: int) -> int:
    """Return the number of the first quarter that begins at or after an instant; µs, `start` is the day's."""
    return -((start - at) // QUARTER_US)


def _sum(one: tuple[int, ...], other: tuple[int, ...]) -> tuple[int, ...]:
    if not one or not other:
        return one or other
    return tuple(a + b for a, b in zip(one, other, strict=True))
