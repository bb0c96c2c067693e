"""A share of watched points that are well now: flowing, dry, free of ice. Unknown ones count against it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from domain.device import Device
from domain.explanation import Explanation, Input, Step
from domain.measure import Measure
from domain.reading import Reading
from domain.scope import Scope
from rules.watch.board import WatchBoard
from rules.watch.tally import Seen, ShareTally


@dataclass(frozen=True, slots=True)
class Judged:
    """Whether a point is well; None when its reading does not tell, and `why`."""

    well: bool | None
    why: str = ""
    says: Mapping[str, Any] = field(default_factory=dict)


class WatchShare(WatchBoard):
    """The points of one kind, and the share of each scope that is well."""

    name: ClassVar[str]
    source: ClassVar[str]
    noun: ClassVar[str]
    """What the points are, as in `springs with a gauge`."""
    good: ClassVar[str]
    """As in `flowing`."""

    def judge(self, device: Device, reading: Reading) -> Judged:
        """Return whether a point is well, by its fresh valid reading."""
        raise NotImplementedError

    def outcomes(self, scope: Scope) -> Iterator[tuple[Device, Reading | None, Judged]]:
        """Yield the expected points of a scope with their fresh reading and how they are."""
        for device in self.devices(scope):
            if not self.expected(device):
                reading, why = self.fresh(device)
                yield device, reading, Judged(None, why) if reading is None else self.judge(device, reading)

    def tally(self, scope: Scope) -> ShareTally:
        """Return the counts of a scope."""
        total = ShareTally()
        for device, reading, judged in self.outcomes(scope):
            known = judged.well is not None and reading is not None
            seen = Seen(reading.at, reading.at) if known and reading is not None else Seen()
            one = ShareTally(1, int(judged.well is True), int(judged.well is False), int(device.synthetic), seen)
            total = total.merged(one)
        return total

    def measure(self, scope: Scope) -> Measure:
        """Return the confirmed share of a scope now."""
        tally = self.tally(scope)
        known = tally.good + tally.bad
        made_up = f"{tally.synthetic} of the {self.noun} are made up" if tally.synthetic else ""
        return Measure(
            indicator=self.name,
            scope=str(scope),
            at=self.now,
            unit="%",
            value=_percent(tally.good, tally.expected),
            numerator=tally.good,
            denominator=tally.expected,
            unknown=tally.unknown,
            coverage=known / tally.expected if tally.expected else None,
            span=tally.seen.span,
            official=not made_up,
            verdict_allowed=bool(tally.expected),
            reason=made_up or ("" if tally.expected else f"no {self.noun} in service"),
            register_version=self.world.register.version,
            detail={"observed_rate": _percent(tally.good, known), "synthetic": tally.synthetic, **self._lists(scope)},
        )

    def explain(self, scope: Scope) -> Explanation:
        """Return the share with every point of the scope."""
        found = self.measure(scope)
        judged = {device.id: (reading, said) for device, reading, said in self.outcomes(scope)}
        inputs = []
        for device in self.devices(scope):
            reading, said = judged.get(device.id, (None, Judged(None, self.expected(device))))
            at = None if reading is None else reading.at
            inputs.append(Input(device.id, device.name, said.well is not None, said.why, at, dict(said.says)))
        share = "none" if found.value is None else f"{found.value:.2f} %"
        steps = [
            Step(f"{self.noun} in service", f"{found.denominator:g}"),
            Step(f"of them {self.good}", f"{found.numerator:g}"),
            Step("of them unknown, counted against", f"{found.unknown:g}"),
            Step(f"share = {self.good} ÷ all", share, self.source),
        ]
        return Explanation(found, self.source, inputs, steps)

    def _lists(self, scope: Scope) -> dict[str, Any]:
        """Return who is not well, who is unknown and who takes no part, as plain JSON."""
        outcomes = list(self.outcomes(scope))
        return {
            "failing": [{"device": d.id, "name": d.name, **said.says} for d, _, said in outcomes if said.well is False],
            "unknown_devices": [{"device": d.id, "reason": said.why} for d, _, said in outcomes if said.well is None],
            "excluded": [{"device": d.id, "reason": self.expected(d)} for d in self.devices(scope) if self.expected(d)],
        }


def _percent(part: int, whole: int) -> float | None:
    return 100 * part / whole if whole else None
