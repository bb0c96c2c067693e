"""The city's points of black-odorous bodies, live: their samples of three weeks and what the newest ones say."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, ClassVar, Final

from typing_extensions import override

from domain.device import AssetState, Device
from domain.explanation import Input
from domain.instants import instant_of, micros
from domain.measure import Span
from domain.reading import Reading
from domain.scope import CITY, Scope, ScopeKind
from rules.bodies.samples import DAYS, INVALIDATING, PointSamples, Sample, decode, dumped, first_day, sample_of
from rules.bodies.tally import BodyState, BodyTally, PointState
from rules.indicator import Latest, World
from rules.shared_board import SharedBoard
from rules.standards.black_odorous import TITLES
from rules.watch.board import WatchBoard, number

LOOKBACK: Final = timedelta(days=DAYS)
"""How far back samples can matter."""
_LAST: Final = 1_000_000
"""The position of a point that has none: after all others."""


class BodyBoard(WatchBoard, SharedBoard):
    """Points and their samples. It is exact for the last `now` it was given."""

    kinds: ClassVar[tuple[str, ...]] = ("black_odorous_point",)
    invalidating: ClassVar[frozenset[str]] = INVALIDATING

    def __init__(self, world: World, latest: Latest, now: datetime) -> None:
        """Look the points of a world up as of `now`, with what their latest readings say."""
        super().__init__(world, latest, now)
        self._tz = world.place.tz
        self._first = first_day(now, self._tz)
        self._samples: dict[str, PointSamples] = {}
        for reading in latest.values():
            if reading.kind in self.kinds:
                self._keep(reading.device, micros(reading.at), sample_of(reading))

    @override
    def scopes_of(self, device: Device) -> Iterable[Scope]:
        body = Scope(ScopeKind.WATER_BODY, device.text("body"))
        return CITY, Scope(ScopeKind.DISTRICT, device.district), body

    @override
    def apply(self, reading: Reading, *, newest: bool) -> None:
        super().apply(reading, newest=newest)
        if self._keep(reading.device, micros(reading.at), sample_of(reading)):
            self.touch(reading.device)

    @override
    def advance(self, now: datetime) -> None:
        super().advance(now)
        first = first_day(now, self._tz)
        if first != self._first:
            self._first = first
            for point, samples in self._samples.items():
                if samples.drop_before(first):
                    self.touch(point)

    def tally(self, scope: Scope) -> BodyTally:
        """Return the bodies of a scope with their points in service there; scrapped points found no body."""
        points: dict[str, dict[str, PointState]] = {}
        for device in self.devices(scope):
            if device.state is AssetState.SCRAPPED:
                continue
            body = points.setdefault(device.text("body"), {})
            if not self.expected(device):
                body[device.id] = self._state(device)
        return BodyTally({body: BodyState(states) for body, states in points.items()})

    def names(self, scope: Scope) -> dict[str, str]:
        """Return the display name of each body of a scope."""
        return {d.text("body"): d.text("body_name") or d.text("body") for d in self.devices(scope)}

    def view(self, body: str, name: str, state: BodyState) -> dict[str, Any]:
        """Return one body in full, as plain JSON."""
        found, ordered = state.grade, state.ordered()
        return {
            "body": body,
            "name": name,
            "grade": None if found.grade is None else found.grade.name.lower(),
            "grade_zh": None if found.grade is None else found.grade.title,
            "clear": state.clear,
            "reason": state.why,
            "whole": found.whole,
            "heavy_stretches": [[ordered[first][0], ordered[last][0]] for first, last in found.stretches],
            "suspected": state.suspected,
            "points": len(ordered),
        }

    def inputs(self, scope: Scope) -> list[Input]:
        """Return each point with its data and its newest sample."""
        found = []
        for device in self.devices(scope):
            why = self.expected(device)
            state = self._state(device)
            if not why and state.grade is None:
                why = self.fresh(device)[1] or "fewer than 3 samples"
            says = {
                "body": device.text("body"),
                "grade": None if state.grade is None else state.grade.title,
                "data": {
                    item: {"title": TITLES[item], "values": c.data, "light": c.light, "heavy": c.heavy}
                    for item, c in state.counts.items()
                },
                "newest": self._newest(device),
            }
            reading = self.latest.get(device.id)
            at = None if reading is None else reading.at
            found.append(Input(device.id, device.name, not why, why, at, says))
        return found

    def span(self, scope: Scope) -> Span | None:
        """Return the event times of the oldest and newest fresh sample of a scope."""
        fresh = (self.fresh(d)[0] for d in self.devices(scope) if not self.expected(d))
        instants = [reading.at for reading in fresh if reading is not None]
        return Span(min(instants), max(instants)) if instants else None

    @override
    def dump(self) -> Any:
        return {point: samples.dump() for point, samples in self._samples.items()}

    @override
    def restore(self, dumped_samples: Any) -> None:
        for point, texts in (dumped_samples or {}).items():
            for at, sample in dumped(texts):
                self._keep(point, at, sample)

    def _state(self, device: Device) -> PointState:
        samples = self._samples.get(device.id) or PointSamples()
        reading = self.fresh(device)[0]
        position = device.attributes.get("position")
        return PointState(
            position if isinstance(position, int) else _LAST,
            samples.counts(),
            None if reading is None else decode(sample_of(reading).code),
            device.synthetic,
        )

    def _newest(self, device: Device) -> dict[str, float]:
        reading = self.fresh(device)[0]
        said = {} if reading is None else {item: number(reading, item) for item in (*TITLES, "depth")}
        return {item: value for item, value in said.items() if value is not None}

    def _keep(self, point: str, at: int, sample: Sample) -> bool:
        day = instant_of(at).astimezone(self._tz).date()
        return day >= self._first and self._samples.setdefault(point, PointSamples()).put(day, at, sample)
