"""One quantity of watched points as a value: the deepest water, the lowest spring. Information, never a share."""

from collections.abc import Callable
from typing import Any, ClassVar

from domain.device import Device
from domain.explanation import Explanation, Input, Step
from domain.measure import Measure
from domain.reading import Reading
from domain.scope import Scope
from rules.watch.board import WatchBoard, number
from rules.watch.tally import LevelTally, Seen

NO_VALUE = "no_value"
"""Why a reading without the quantity says nothing."""


class WatchLevel(WatchBoard):
    """The points of one kind, and the extreme of each scope."""

    name: ClassVar[str]
    source: ClassVar[str]
    unit: ClassVar[str]
    metric: ClassVar[str]
    word: ClassVar[str]
    """As in `deepest`."""
    no_verdict: ClassVar[str]

    pick: ClassVar[Callable[[list[float]], float]] = max

    def view(self, device: Device, value: float, reading: Reading) -> dict[str, Any]:
        """Return what one point says in full, as plain JSON: its lines, which of them it has crossed."""
        raise NotImplementedError

    def said(self, device: Device) -> tuple[Reading | None, float | None, str]:
        """Return the fresh reading of a point and what it says; None and why when it says nothing."""
        reading, why = self.fresh(device)
        if reading is None:
            return None, None, why
        value = number(reading, self.metric)
        return reading, value, "" if value is not None else NO_VALUE

    def tally(self, scope: Scope) -> LevelTally:
        """Return what the expected points of a scope say."""
        expected = [d for d in self.devices(scope) if not self.expected(d)]
        values: dict[str, float] = {}
        seen = Seen()
        for device in expected:
            reading, value, _ = self.said(device)
            if reading is not None and value is not None:
                values[device.id] = value
                seen = seen.merged(Seen(reading.at, reading.at))
        return LevelTally(len(expected), sum(d.synthetic for d in expected), values, seen)

    def measure(self, scope: Scope) -> Measure:
        """Return the extreme of a scope; numerator and denominator are the points that say something and all."""
        tally = self.tally(scope)
        made_up = f"{tally.synthetic} of the points are made up" if tally.synthetic else ""
        return Measure(
            indicator=self.name,
            scope=str(scope),
            at=self.now,
            unit=self.unit,
            value=tally.extreme(type(self).pick),
            numerator=len(tally.said),
            denominator=tally.expected,
            unknown=tally.unknown,
            coverage=len(tally.said) / tally.expected if tally.expected else None,
            span=tally.seen.span,
            official=bool(tally.said) and not made_up,
            verdict_allowed=False,
            reason=made_up or self.no_verdict,
            register_version=self.world.register.version,
            detail=self._detail(scope),
        )

    def explain(self, scope: Scope) -> Explanation:
        """Return the extreme with what every point says."""
        found = self.measure(scope)
        inputs = []
        for device in self.devices(scope):
            why = self.expected(device)
            reading, value, silent = self.said(device)
            says = {} if reading is None or value is None else self.view(device, value, reading)
            at = None if reading is None else reading.at
            inputs.append(Input(device.id, device.name, not (why or silent), why or silent, at, says))
        value_text = "none" if found.value is None else f"{found.value:g} {self.unit}"
        steps = [
            Step("points in service", f"{found.denominator:g}"),
            Step("of them with a fresh valid value", f"{found.numerator:g}"),
            Step(f"the {self.word} of them", value_text, self.source),
        ]
        return Explanation(found, self.source, inputs, steps)

    def _detail(self, scope: Scope) -> dict[str, Any]:
        points, silent = [], []
        for device in self.devices(scope):
            if self.expected(device):
                continue
            reading, value, why = self.said(device)
            if reading is None or value is None:
                silent.append({"device": device.id, "reason": why})
            else:
                points.append({"device": device.id, "name": device.name, **self.view(device, value, reading)})
        return {"points": points, "unknown_devices": silent}
