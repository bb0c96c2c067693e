"""When a circuit was switched on and off, from the power of its cabinet alone.

On is the first instant above the floor, off the last one. An outage in between is no switching: it is told apart, and
so are values that are missing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

LIT_POWER: Final = 100.0
"""W. A cabinet above this feeds lamps; controllers, a modem and a stray lamp in daytime draw less (our choice)."""

Sample = tuple[int, float | None]
"""A position in time (minutes or seconds, ascending) and the power in W; None: the value is missing."""
Gap = tuple[int, int]
"""From the first to the last position of a run of samples."""


@dataclass(frozen=True, slots=True)
class Burning:
    """One night of a circuit, in the positions of its samples."""

    on: int
    """The first position above the floor."""
    off: int
    """The last position above the floor."""
    dark_before: int | None
    """The last position before `on` that is known to be dark; None when nothing is known before it."""
    dark_after: int | None
    """The first position after `off` that is known to be dark; None when nothing is known after it."""
    outages: tuple[Gap, ...]
    """Runs of known samples between on and off that are not above the floor."""
    missing: int
    """How many samples between on and off have no value."""


def burning(samples: Iterable[Sample], floor: float = LIT_POWER) -> Burning | None:
    """Return when the circuit burnt, or None if it never did. `samples` are in order of time, one per position."""
    on = off = dark_before = dark_after = None
    outages: list[Gap] = []
    dark: list[int] = []
    absent = missing = 0
    for position, power in samples:
        if power is None:
            absent += on is not None
        elif power > floor:
            if on is None:
                on, dark_before = position, dark[-1] if dark else None
            elif dark:
                outages.append((dark[0], dark[-1]))
            off, missing, dark, dark_after = position, absent, [], None
        else:
            dark = [*dark[:1], position]
            dark_after = position if dark_after is None and on is not None else dark_after
    if on is None or off is None:
        return None
    return Burning(on, off, dark_before, dark_after, tuple(outages), missing)
