"""Past instants of the city, computed again from the telemetry store."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from itertools import chain

from domain.errors import StoreUnavailable
from domain.ports import Clock, IndicatorInfo, ReadableJournal, TelemetryStore
from domain.scope import Scope
from rules.indicator import World
from rules.live import City, at_instant, lookback

STORE_CONSUMER = "store"


class PastView:
    """Makes a city as it was, with one indicator."""

    def __init__(
        self,
        world: Callable[[], World],
        store: TelemetryStore,
        oldest_unstored: Callable[[], datetime | None],
        clock: Clock,
    ) -> None:
        """`oldest_unstored`: when the first delivery arrived whose readings are not in `store` yet, if there is one."""
        self._world, self._store, self._oldest_unstored, self._clock = world, store, oldest_unstored, clock

    def city(self, catalogue: Sequence[IndicatorInfo], indicator: str, scope: Scope, at: datetime) -> City:
        """Return the city with one indicator as it was at a past instant.

        Raises:
            ValueError: `at` lies in the future.
            StoreUnavailable: the store is away, or has not caught up with that instant: the answer would be wrong.
        """
        world = self._world()
        if at > self._clock.now():
            raise ValueError(f"at: {at.isoformat()} lies in the future of the city clock")
        waiting = self._oldest_unstored()
        if waiting is not None and waiting <= at:
            raise StoreUnavailable("the telemetry store has not caught up with that instant yet")
        start = at - lookback(indicator, scope, "instant")
        kinds = next(i.kinds for i in catalogue if i.name == indicator)
        end = at + timedelta(microseconds=1)
        readings = chain.from_iterable(self._store.window(kind, start, end) for kind in kinds)
        return at_instant(indicator, at, readings, world.register, world.lighting, world.place)


def oldest_unstored(journal: ReadableJournal) -> datetime | None:
    """Return when the first delivery arrived that the store's writer has not passed; None = it has passed all."""
    waiting = journal.read(journal.committed(STORE_CONSUMER), 1)
    return waiting[0].delivery.arrival if waiting else None
