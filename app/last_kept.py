"""What is told of the present while the engine takes up the city's state: what was written down last. Never fresh."""

from dataclasses import replace
from typing import Final
from zoneinfo import ZoneInfo

from domain.errors import NotFound, Starting
from domain.history import HistoryQuery
from domain.measure import Assessment, Measure, Target, TargetVerdict
from domain.period import last_closed
from domain.ports import Clock, MeasureStore
from domain.scope import Scope
from rules.indicators import INDICATORS
from rules.targets import assess

PERIODS: Final = 3
"""So many periods back at most: what is older is no figure of the present. The last one may not be settled yet."""


class LastKept:
    """Answers from the history. Every measure says by its `at` of when it is."""

    def __init__(self, measures: MeasureStore, clock: Clock, tz: ZoneInfo) -> None:
        """Read from `measures`; `tz` is the city's zone."""
        self._measures, self._clock, self._tz = measures, clock, tz

    def measure(self, indicator: str, scope: Scope) -> Measure:
        """Return the newest measure that was written down.

        Raises:
            NotFound: no such indicator.
            ValueError: the indicator is not defined for this kind of scope.
            Starting: none was written down lately.
        """
        found = INDICATORS.get(indicator)
        if found is None:
            raise NotFound(f"no indicator {indicator!r}")
        if scope.kind not in found.scopes:
            raise ValueError(f"{indicator} is not defined for a {scope.kind.value}")
        now = start = self._clock.now()
        for _ in range(PERIODS - 1):  # the one that runs is the first of them
            start = last_closed(found.kept.every, start, self._tz).start
        asked = HistoryQuery(indicator, str(scope), found.kept.every, start, now, PERIODS)
        kept = self._measures.history(asked)
        if not kept:
            raise Starting("the service has just started, and nothing was written down lately")
        return kept[-1].measure

    def assess(self, target: Target) -> Assessment:
        """Hold a target against what was written down last, as of then; unknown, and why, when nothing was lately."""
        try:
            measure = self.measure(target.indicator, Scope.parse(target.scope)) if target.indicator else None
        except Starting as why:
            found = assess(target, None, self._clock.now())
            return replace(found, reason=str(why)) if found.verdict is TargetVerdict.UNKNOWN else found
        return assess(target, measure, self._clock.now() if measure is None else measure.at)
