"""What can go wrong in the fleet, as data, and how it changes what a device says. Pure.

Some faults change values (`dark_lamp` … `stuck_value`), some the time of a reading (`wrong_clock`), some the message on
its way (`silent_gateway`, `duplicates`, `reordering`, `garbage_payload`).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from domain.device import Device
from domain.kind import MetricSpec, Value, ValueType
from domain.kinds import KINDS
from simulators.signals.city import CitySignals
from simulators.signals.lighting import SOUND, Trouble
from simulators.signals.said import Said


class FaultKind(StrEnum):
    """The faults that a scenario may name."""

    DARK_LAMP = "dark_lamp"
    """The lamp burns nothing though it is switched on; its controller reports."""
    TRIPPED_CABINET = "tripped_cabinet"
    """The breaker is open: all lamps of the supply point are dark, the gateway reports them from its own battery."""
    SILENT_GATEWAY = "silent_gateway"
    """Nothing comes from the gateway, its lamps and its cabinet; the broker tells its last will."""
    DRIFT = "drift"
    """A metric moves away by `per_hour`, inside its physical range."""
    STUCK_VALUE = "stuck_value"
    """A metric stays at what it was when the fault began."""
    DUPLICATES = "duplicates"
    """A message is sent again a little later, byte by byte."""
    REORDERING = "reordering"
    """A message is held back by up to `delay`, so that later ones overtake it."""
    WRONG_CLOCK = "wrong_clock"
    """Readings carry an instant that is off by `offset`."""
    DAY_BURNING = "day_burning"
    """The lamp burns outside its schedule."""
    GARBAGE_PAYLOAD = "garbage_payload"
    """Instead of the message come bytes that nobody can take apart."""


@dataclass(frozen=True, slots=True)
class ActiveFault:
    """A fault that a device has from `start` (inclusive) to `end` (exclusive), in s since 1970 UTC."""

    kind: FaultKind
    start: float
    end: float
    metric: str = ""
    per_hour: float = 0.0
    rate: float = 1.0
    """Share of the messages that are hit."""
    seconds: float = 0.0
    """`delay` of reordering and duplicates, `offset` of a wrong clock."""
    key: int = 0

    def active(self, t: float) -> bool:
        """Return whether the device has the fault at `t`."""
        return self.start <= t < self.end


Faults = Sequence[ActiveFault]

_VALUE_KINDS: Final = {FaultKind.DRIFT, FaultKind.STUCK_VALUE}
_DARKENING: Final = {FaultKind.DARK_LAMP, FaultKind.TRIPPED_CABINET}


def trouble_of(faults: Faults, t: float) -> Trouble:
    """Return what is wrong with a lamp or a cabinet at `t`."""
    if not faults:
        return SOUND
    now = {fault.kind for fault in faults if fault.active(t)}
    return Trouble(
        dark=FaultKind.DARK_LAMP in now,
        unpowered=FaultKind.TRIPPED_CABINET in now,
        burning=FaultKind.DAY_BURNING in now,
        lost=_begun(faults, _DARKENING, t),
        extra=_begun(faults, {FaultKind.DAY_BURNING}, t),
    )


def says(signals: CitySignals, device: Device, faults: Faults, t: float) -> Said:
    """Return what a device says at `t` with its faults."""
    said = signals.says(device, t, trouble_of(faults, t))
    for fault in faults:
        if fault.kind in _VALUE_KINDS and fault.active(t):
            values = said.values | _falsified(signals, device, fault, said, t)
            said = Said(values, said.faults, said.conditions, said.switches)
    return said


def clock_error(faults: Faults, t: float) -> float:
    """Return by how many seconds the device's clock is wrong at `t`."""
    return sum(f.seconds for f in faults if f.kind is FaultKind.WRONG_CLOCK and f.active(t))


def edges(faults: Iterable[ActiveFault]) -> set[float]:
    """Return the instants at which something begins or ends that a device reports at once."""
    sudden = {*_DARKENING, FaultKind.DAY_BURNING}
    return {edge for fault in faults if fault.kind in sudden for edge in (fault.start, fault.end)}


def _begun(faults: Faults, kinds: set[FaultKind], t: float) -> tuple[tuple[float, float], ...]:
    """Return the spans of these faults up to `t`, overlapping ones joined, so that no hour counts twice."""
    joined: list[tuple[float, float]] = []
    for start, end in sorted((f.start, f.end) for f in faults if f.kind in kinds and f.start <= t):
        if joined and start <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(joined[-1][1], end)
        else:
            joined.append((start, end))
    return tuple(joined)


def _falsified(signals: CitySignals, device: Device, fault: ActiveFault, said: Said, t: float) -> dict[str, Value]:
    if fault.kind is FaultKind.STUCK_VALUE:
        was = signals.says(device, fault.start).values
        return {name: value for name, value in was.items() if fault.metric in {"", name} and name in said.values}
    value, spec = said.values.get(fault.metric), KINDS[device.kind].metric(fault.metric)
    if value is None or spec is None or isinstance(value, bool | str):
        return {}
    return {fault.metric: _clipped(value + fault.per_hour * (t - fault.start) / 3600, spec)}


def _clipped(value: float, spec: MetricSpec) -> Value:
    value = value if spec.lowest is None else max(spec.lowest, value)
    value = value if spec.highest is None else min(spec.highest, value)
    return round(value) if spec.type is ValueType.INT else round(value, 4)
