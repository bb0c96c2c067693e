"""Chance without hidden state: every draw is a function of a key and numbers, so a seed reproduces a whole city."""

from hashlib import blake2b
from math import pi, sin

_MASK = (1 << 64) - 1
_UNIT = 1.0 / (1 << 64)


def key_of(*parts: object) -> int:
    """Return a 64-bit key for `parts`; the same on every machine and in every process."""
    text = "\x1f".join(str(part) for part in parts)
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big")


def unit(key: int, n: int = 0) -> float:
    """Return the `n`-th draw of `key`, evenly spread over 0 ≤ x < 1 (SplitMix64 finaliser)."""
    z = (key + (n + 1) * 0x9E3779B97F4A7C15) & _MASK
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & _MASK
    return ((z ^ (z >> 31)) >> 11 << 11) * _UNIT


def spread(key: int, n: int, low: float, high: float) -> float:
    """Return the `n`-th draw of `key`, evenly spread over low ≤ x < high."""
    return low + (high - low) * unit(key, n)


def chance(key: int, n: int, probability: float) -> bool:
    """Return whether something of this probability happens in the `n`-th draw of `key`."""
    return unit(key, n) < probability


def smooth(key: int, x: float) -> float:
    """Return a value in -1 … 1 that wanders slowly with `x`: fixed at whole numbers, eased in between."""
    whole = int(x // 1)
    share = x - whole
    ease = share * share * (3 - 2 * share)
    return (unit(key, whole) * (1 - ease) + unit(key, whole + 1) * ease) * 2 - 1


def wave(hour: float, peak: float) -> float:
    """Return the daily wave of local `hour` (0 … 24): 1 at `peak`, -1 twelve hours away from it."""
    return sin((hour - peak + 6) / 12 * pi)
