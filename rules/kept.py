"""When measures are written down: at the end of each period of an indicator, and its settling time later."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from domain.errors import NotFound
from domain.history import Published, published
from domain.period import Period, following, period_of
from domain.scope import Scope
from rules.indicator import Indicator
from rules.live import City


@dataclass(frozen=True, slots=True)
class Due:
    """One indicator whose period is to be written down as of `at`."""

    at: datetime
    indicator: str
    period: Period


def due(indicator: Indicator, after: datetime, until: datetime, tz: ZoneInfo) -> Iterator[Due]:
    """Yield what is due of one indicator at instants in (after, until], in order."""
    settle = indicator.kept.settle
    period = period_of(indicator.kept.every, after - settle, tz)
    while (at := period.end + settle) <= until:
        if at > after:
            yield Due(at, indicator.name, period)
        period = following(period, tz)


class Calendar:
    """What is due next, over all indicators; asked at every tick, so the answer is remembered."""

    def __init__(self, indicators: Mapping[str, Indicator], tz: ZoneInfo) -> None:
        """Take the indicators and the city's zone."""
        self._indicators, self._tz = indicators, tz
        self._after: datetime | None = None
        self._next: datetime | None = None

    def next_after(self, instant: datetime) -> datetime:
        """Return the first instant after this one at which something is due."""
        known = self._after is not None and self._next is not None and self._after <= instant < self._next
        if not known or self._next is None:
            self._after, self._next = instant, min(_next(i, instant, self._tz) for i in self._indicators.values())
        return self._next

    def at(self, instant: datetime) -> list[Due]:
        """Return what is due exactly then."""
        before = instant - datetime.resolution
        return [d for i in self._indicators.values() for d in due(i, before, instant, self._tz)]

    def last_closed(self, kind: str, instant: datetime) -> datetime | None:
        """Return the newest instant, not after this one, at which something that listens to `kind` was due."""
        listening = [i for i in self._indicators.values() if kind in i.kinds]
        return max((_last(i, instant, self._tz) for i in listening), default=None)


def _next(indicator: Indicator, instant: datetime, tz: ZoneInfo) -> datetime:
    return period_of(indicator.kept.every, instant - indicator.kept.settle, tz).end + indicator.kept.settle


def _last(indicator: Indicator, instant: datetime, tz: ZoneInfo) -> datetime:
    return period_of(indicator.kept.every, instant - indicator.kept.settle, tz).start + indicator.kept.settle


def kept_scopes(city: City, indicator: Indicator) -> list[Scope]:
    """Return the scopes whose measures are written down, as the city has them now, in order."""
    return [scope for scope in city.scopes(indicator.name) if scope.kind in indicator.kept.scopes]


def take(city: City, indicator: Indicator, period: Period, scope: Scope, lighting_version: int) -> Published | None:
    """Return a measure at the city's present instant as that of a period; None when the scope has gone."""
    if city.now is None:
        return None
    try:
        measure = city.measure(indicator.name, scope, city.now)
    except NotFound:
        return None
    return published(measure, period, lighting_version)
