"""When a lamp's own controller has it on: the nights of a timetable, and the hours lit since the fleet's epoch.

Instants are seconds since 1970 UTC: this is the innermost loop of a fleet of 128,000 lamps.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from domain.citytime import Place, evening_date, local_noon
from domain.lighting import Timetable
from rules.lighting import night as rules_night

EPOCH: Final = date(2026, 1, 1)
"""The evening date from which energy and hours are counted; an earlier one would cost start-up time for every night."""
DIM_LEVEL: Final = 60
"""What dimmed LED lamps fall to from midnight to five, in %."""
_DIM_HOURS: Final = (0, 5)

Span = tuple[float, float, int]
"""Lit from, lit until, level in %."""
PATTERNS: Final = ("all_night", "alternate", "dimmed")


@dataclass(frozen=True, slots=True)
class Night:
    """One night: switch-on, switch-off, and the lit spans of each pattern, in order."""

    on: float
    off: float
    spans: dict[str, tuple[Span, ...]]

    def edges(self) -> list[float]:
        """Return every instant at which some lamp changes its level, in order."""
        return sorted({edge for spans in self.spans.values() for start, end, _ in spans for edge in (start, end)})


class Nights:
    """The nights of one place by one timetable. A pure function of time; what it keeps are results."""

    def __init__(self, place: Place, timetable: Timetable) -> None:
        """Take the city's place and the timetable that its controllers hold."""
        self._tz = place.tz
        self._rule = rules_night.Nights(timetable, place)
        self._nights: dict[date, Night] = {}
        self._last = (float("nan"), EPOCH)
        self._sums: dict[str, list[tuple[float, float]]] = {name: [(0.0, 0.0)] for name in PATTERNS}

    @property
    def counted_from(self) -> float:
        """The instant from which hours are counted: local noon of `EPOCH`."""
        return local_noon(EPOCH, self._tz).timestamp()

    def of(self, t: float) -> Night:
        """Return the night that `t` is booked under: from local noon to local noon."""
        return self.night(self._evening(t))

    def night(self, evening: date) -> Night:
        """Return the night of an evening date."""
        found = self._nights.get(evening)
        if found is None:
            found = self._nights[evening] = self._make(evening)
        return found

    def next_edge(self, t: float) -> float:
        """Return the first instant after `t` at which some lamp changes its level."""
        evening = self._evening(t)
        while True:
            for edge in self.night(evening).edges():
                if edge > t:
                    return edge
            evening += timedelta(days=1)

    def level(self, pattern: str, t: float) -> int:
        """Return the level of a pattern at `t` in %, 0 = off."""
        span = self.span(pattern, t)
        return span[2] if span else 0

    def span(self, pattern: str, t: float) -> Span | None:
        """Return the lit span around `t` (start inclusive, end exclusive), or None when off."""
        return next((s for s in self.of(t).spans[pattern] if s[0] <= t < s[1]), None)

    def lit(self, pattern: str, t: float) -> tuple[float, float]:
        """Return the hours lit since `EPOCH`, and the same weighted by level (0 … 1). Zero before."""
        evening = self._evening(t)
        index = (evening - EPOCH).days
        if index < 0:
            return 0.0, 0.0
        sums = self._sums[pattern]
        while len(sums) <= index:  # sums[i]: everything before the night EPOCH + i
            hours, weighted = _added(self.night(EPOCH + timedelta(days=len(sums) - 1)).spans[pattern])
            sums.append((sums[-1][0] + hours, sums[-1][1] + weighted))
        hours, weighted = _added(self.night(evening).spans[pattern], until=t)
        return sums[index][0] + hours, sums[index][1] + weighted

    def _evening(self, t: float) -> date:
        if self._last[0] != t:  # the lamps of a gateway ask for the same instant, one after the other
            self._last = t, evening_date(datetime.fromtimestamp(t, UTC), self._tz)
        return self._last[1]

    def _make(self, evening: date) -> Night:
        rule = self._rule.of(evening)
        on, off = _instant(rule.full.start), _instant(rule.full.end)
        alternate = ((_instant(part.start), _instant(part.end), 100) for part in rule.alternate)
        spans = {
            "all_night": ((on, off, 100),),
            "alternate": tuple(span for span in alternate if span[1] > span[0]),
            "dimmed": self._dimmed(evening, on, off),
        }
        return Night(on, off, spans)

    def _dimmed(self, evening: date, on: float, off: float) -> tuple[Span, ...]:
        midnight = datetime.combine(evening + timedelta(days=1), time(), self._tz).timestamp()
        down, up = (min(max(midnight + hour * 3600, on), off) for hour in _DIM_HOURS)
        spans = ((on, down, 100), (down, up, DIM_LEVEL), (up, off, 100))
        return tuple(span for span in spans if span[1] > span[0])


def _instant(moment: datetime) -> float:
    """Return whole seconds: a controller's clock ticks no finer."""
    return float(round(moment.timestamp()))


def _added(spans: tuple[Span, ...], until: float = float("inf")) -> tuple[float, float]:
    hours = weighted = 0.0
    for start, end, level in spans:
        passed = max(0.0, min(end, until) - start) / 3600
        hours += passed
        weighted += passed * level / 100
    return hours, weighted
