"""Closed periods computed again: one city, fed with what was stored, taken through the instants in order.

By invariant 4 that gives what was measured live, and what `rules.live.at_instant` gives for each instant alone.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.history import Published
from domain.reading import Reading
from rules.indicator import Indicator, World
from rules.kept import Due, kept_scopes, take
from rules.live import City

Window = Callable[[str, datetime, datetime], Iterable[Reading]]
"""Kind, first instant (inclusive) and end (exclusive) → every stored reading, in any order."""


@dataclass(frozen=True, slots=True)
class Replayed:
    """What the kept scopes of an indicator measured at one due instant."""

    due: Due
    found: Sequence[Published]


Prepare = Callable[[City, datetime], None]
"""Gives a city that hears nothing yet what it need not hear; its time will begin at the instant."""


def replay(
    indicator: Indicator, dues: Sequence[Due], window: Window, world: World, prepare: Prepare | None = None
) -> Iterator[Replayed]:
    """Yield the measures of one indicator at due instants, which must be in order."""
    reach = max(indicator.lookback.values())
    city: City | None = None
    before: datetime | None = None
    for due in dues:
        if city is None or before is None or due.at - before > reach:
            city = City(world.register, world.lighting, world.place, {indicator.name: indicator})
            before = due.at - reach
            if prepare is not None:
                prepare(city, before)
            city.advance(before)
        city.advance(due.at)
        following = due.at + datetime.resolution
        for kind in indicator.kinds:
            for reading in window(kind, before, following):
                city.apply(reading)
        before = following
        scopes = kept_scopes(city, indicator)
        taken = (take(city, indicator, due.period, scope, world.lighting.version) for scope in scopes)
        yield Replayed(due, [each for each in taken if each is not None])
