"""A bounded cache in two generations: what is asked for again stays, and it is never empty once it was full.

A cache that is cleared whole when it is full knows nothing at that moment, and with one key too many it is cleared
over and over. Here the full generation becomes the old one; what is asked for again moves to the new one. The last
`most` different keys are always known, and never more than twice as many are held.
"""

from collections.abc import Callable, Hashable, Sized
from typing import Generic, Protocol, TypeVar


class _Key(Sized, Hashable, Protocol):
    """What can be looked up and has a length."""


K = TypeVar("K", bound=_Key)
V = TypeVar("V")


class Remembered(dict[K, V], Generic[K, V]):
    """What `make` says of keys. A key that is longer than `longest` is not kept: strangers choose some of them."""

    def __init__(self, make: Callable[[K], V], most: int, longest: int = 256) -> None:
        """`most` may be changed at any time; it holds from the next key on."""
        super().__init__()
        self._make, self.most, self._longest = make, most, longest
        self._old: dict[K, V] = {}

    def __missing__(self, key: K) -> V:
        if len(key) > self._longest:
            return self._make(key)
        value = self._old[key] if key in self._old else self._make(key)
        if len(self) >= self.most:
            self._old = dict(self)
            self.clear()
        self[key] = value
        return value

    @property
    def held(self) -> int:
        """How many entries are held, some of them twice."""
        return len(self) + len(self._old)
