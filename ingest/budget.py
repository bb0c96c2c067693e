"""How much of what senders get wrong is kept whole: so much at once, and then a little at a time. Pure.

Two purses must hold something: the sender's own, and one for all registered senders or all strangers together. So
neither a device that babbles nor a client that goes by a thousand names takes the time of the others or fills the
quarantine; and what is kept of it goes on being a sample, since the purses fill again.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

_FORGET_EVERY: Final = timedelta(seconds=10)
_HOUR: Final = timedelta(hours=1)
BYTES_OF_ONE: Final = 4096
"""An entry costs one, and so does each 4 KiB of its delivery's bytes."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a purse holds when it is full, and how much comes back in an hour of arrival time."""

    at_once: int
    per_hour: int


OF_SENDER: Final = Allowance(at_once=10_000, per_hour=3600)
"""A gateway of 92 lamps that nobody registered is kept for ever, and a day that it sends late at once (our choice)."""
OF_ALL: Final = Allowance(at_once=50_000, per_hour=720_000)
"""A city of 130,000 lamps without its register is kept; 200 entries a second are some hundredths of a core."""


class _Purse:
    __slots__ = ("at", "held")

    def __init__(self, held: float, at: datetime) -> None:
        self.held, self.at = held, at


class Budget:
    """One thread takes; any thread may ask whether it is spent."""

    def __init__(
        self,
        registered: Callable[[str], bool],
        of_sender: Allowance = OF_SENDER,
        of_all: Allowance = OF_ALL,
        most: int = 100_000,
    ) -> None:
        """Begin with full purses. `registered` says whether a sender is in the register.

        Beyond `most` senders that have spent something, others pay from the common purses alone.
        """
        self._registered, self._of_sender, self._of_all, self._most = registered, of_sender, of_all, most
        self._own: dict[str, _Purse] = {}
        self._shared: dict[bool, _Purse] = {}
        self._forgot = datetime.min.replace(tzinfo=UTC)

    def spent(self, sender: str, now: datetime) -> bool:
        """Return whether nothing more is kept of this sender at `now`, an arrival (aware); changes nothing."""
        if _held(self._own.get(sender), self._of_sender, now) < 1:
            return True
        return _held(self._shared.get(self._registered(sender)), self._of_all, now) < 1

    def take(self, sender: str, now: datetime, entries: int, size: int) -> bool:
        """Take what so many entries of a delivery of `size` bytes cost; False, and nothing taken, when it is spent.

        A purse that holds something pays for the whole delivery, and may owe then.
        """
        if self.spent(sender, now):
            return False
        price = entries + size // BYTES_OF_ONE
        if sender not in self._own and len(self._own) >= self._most and abs(now - self._forgot) >= _FORGET_EVERY:
            self._forget(now)
        if sender in self._own or len(self._own) < self._most:
            self._own[sender] = _paid(self._own.get(sender), self._of_sender, now, price)
        group = self._registered(sender)
        self._shared[group] = _paid(self._shared.get(group), self._of_all, now, price)
        return True

    def _forget(self, now: datetime) -> None:
        """Let go of purses that are full again: they are as good as new ones."""
        self._forgot, full = now, self._of_sender.at_once
        self._own = {s: purse for s, purse in self._own.items() if _held(purse, self._of_sender, now) < full}

    @property
    def remembered(self) -> int:
        """How many senders have a purse that is not known to be full."""
        return len(self._own)


def _held(purse: _Purse | None, allowance: Allowance, now: datetime) -> float:
    if purse is None:
        return allowance.at_once
    came = max(timedelta(0), now - purse.at) / _HOUR * allowance.per_hour
    return min(allowance.at_once, purse.held + came)


def _paid(purse: _Purse | None, allowance: Allowance, now: datetime, price: int) -> _Purse:
    """Return the purse after it paid, of `now` even if the clock was set back."""
    return _Purse(_held(purse, allowance, now) - price, now)
