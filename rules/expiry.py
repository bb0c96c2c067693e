"""When readings stop being fresh: a queue with one entry per device, so its cost per reading is a constant."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from heapq import heappop, heappush

from domain.reading import Reading


class Expiry:
    """Tells which devices' latest reading has become older than the freshness window of their kind.

    A device stands in the queue once, at the expiry that was known when it entered. Newer readings do not touch the
    queue; only when that instant comes is the device put back to its true expiry: one step per device and window.
    """

    __slots__ = ("_freshness", "_queue", "_queued")

    def __init__(self, freshness: timedelta) -> None:
        """Take the window: a reading exactly that old is still fresh."""
        self._freshness = freshness
        self._queue: list[tuple[datetime, str]] = []
        self._queued: set[str] = set()

    def is_fresh(self, reading: Reading, now: datetime) -> bool:
        """Return whether a reading still says something at `now`."""
        return reading.at + self._freshness >= now

    def watch(self, reading: Reading) -> None:
        """Watch the device of a fresh reading. Cheap when it is watched already."""
        if reading.device not in self._queued:
            self._queued.add(reading.device)
            heappush(self._queue, (reading.at + self._freshness, reading.device))

    def expired(self, now: datetime, latest: Mapping[str, Reading]) -> Iterator[str]:
        """Yield the devices that stopped being fresh until `now`; they are watched no more."""
        while self._queue and self._queue[0][0] < now:
            _, device = heappop(self._queue)
            self._queued.discard(device)
            reading = latest[device]
            if self.is_fresh(reading, now):
                self.watch(reading)
            else:
                yield device
