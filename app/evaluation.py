"""One tick: dirty scopes → measures → targets → events. Keeps the last verdict of each target."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from app.events import measure_changed, verdict_changed, warning_proposed
from domain.errors import NotFound
from domain.measure import Assessment, Measure, Target, TargetVerdict
from domain.record import NewEvent
from domain.scope import CITY, Scope
from rules.live import City
from rules.targets import assess

WARNING: Final = "air_warning"
NOTHING: Final = "keep:0"
_PROPOSED: Final = "/air_warning"
"""Where the last proposal stands among the verdicts of a snapshot; no target has a slash in its id."""


class Evaluation:
    """Assesses the targets. Pure but for its memory of what was said last, which is part of the snapshot."""

    def __init__(self, targets: Sequence[Target]) -> None:
        """Take the targets of the plan."""
        self.targets = tuple(targets)
        self._verdicts: dict[str, TargetVerdict] = {}
        self._values: dict[str, tuple[float | None, float, float]] = {}
        self._swept: datetime | None = None
        self._told: datetime | None = None
        self._proposed: str | None = None

    def tick(self, city: City, dirty: Collection[tuple[str, Scope]], at: datetime, calm: timedelta) -> list[NewEvent]:
        """Return what changed at `at`; `dirty` is what the city says may have changed.

        Measures are told at most once per `calm`; verdicts at once.

        Every `calm` all targets are looked at, since validity and schedules change without a reading.
        """
        sweep = self._swept is None or at - self._swept >= calm
        if sweep:
            self._swept = at
        events: list[NewEvent] = []
        for target in self.targets:
            if sweep or (target.indicator, Scope.parse(target.scope)) in dirty:
                events += self._look_at(city, target, at, tell=sweep)
        if sweep or (WARNING, CITY) in dirty:
            events += self._proposal(city, at)
        return events

    def _proposal(self, city: City, at: datetime) -> list[NewEvent]:
        """Tell that another warning is proposed than last time; that nothing is to be done is no news at first."""
        try:
            measure = city.measure(WARNING, CITY, at)
        except NotFound:
            return []
        said = f"{measure.detail['proposal']['action']}:{measure.detail['proposal']['level']}"
        previous, self._proposed = self._proposed or NOTHING, said
        return [] if said == previous else [warning_proposed(measure, previous)]

    def _look_at(self, city: City, target: Target, at: datetime, *, tell: bool) -> list[NewEvent]:
        assessment = assessed(city, target, at)
        previous = self._verdicts.get(target.id)
        events: list[NewEvent] = []
        if assessment.verdict is not previous:
            self._verdicts[target.id] = assessment.verdict
            events.append(verdict_changed(assessment, previous))
        if assessment.measure is not None and (tell or events):
            events += self._changed(target.id, assessment.measure)
        return events

    def _changed(self, target_id: str, measure: Measure) -> list[NewEvent]:
        figures = (measure.value, measure.denominator, measure.unknown)
        if self._values.get(target_id) == figures:
            return []
        self._values[target_id] = figures
        return [measure_changed(measure)]

    def dump(self) -> dict[str, str]:
        """Return the last verdicts and the last proposal, plain JSON."""
        verdicts = {k: v.value for k, v in self._verdicts.items()}
        return verdicts | ({_PROPOSED: self._proposed} if self._proposed is not None else {})

    def restore(self, verdicts: Mapping[str, str]) -> None:
        """Take back what `dump` gave."""
        self._verdicts = {k: TargetVerdict(v) for k, v in verdicts.items() if k != _PROPOSED}
        self._proposed = verdicts.get(_PROPOSED)


def assessed(city: City, target: Target, at: datetime) -> Assessment:
    """Hold one target against its measure at `at`; a scope without devices has no measure."""
    measure = None
    if target.indicator is not None:
        try:
            measure = city.measure(target.indicator, Scope.parse(target.scope), at)
        except NotFound:
            measure = None
    return assess(target, measure, at)
