"""Valid readings held against the register and the arrival. Pure."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from domain.delivery import Reason, Reject
from domain.instants import micros
from domain.kinds import KINDS
from domain.reading import DeviceEvent, Phase, Reading
from domain.register import Register
from ingest.codec import DecodeLimits, Route
from ingest.wire import WireEvent, WireReading
from ingest.wire_errors import printable

if TYPE_CHECKING:
    from quanyan_native import Wire

_FAULTS: Final = {name: frozenset(kind.faults) for name, kind in KINDS.items()}
_EVENTS: Final = {name: frozenset(kind.events) for name, kind in KINDS.items()}
_PHASES: Final = {phase.value: phase for phase in Phase}


class Grade:
    """Holds readings of one kind, which came at one instant, against the register.

    `device` is the one that the topic names, when it names the one that the reading must be of.
    """

    __slots__ = (
        "_arrival",
        "_earliest",
        "_events",
        "_faults",
        "_ids",
        "_kind",
        "_kind_of",
        "_latest",
        "_span",
        "device",
    )

    def __init__(
        self, register: Register, kind: str, device: str | None, arrival: datetime, limits: DecodeLimits
    ) -> None:
        self._kind_of, self._ids = register.kind_of, register.ids(kind)
        self._kind, self.device, self._arrival = kind, device, arrival
        self._latest, self._earliest = arrival + limits.future, arrival - limits.past
        self._span = micros(self._earliest), micros(self._latest)
        self._faults, self._events = _FAULTS[kind], _EVENTS[kind]

    def opened(self, route: Route, payload: bytes, most: int) -> list[Reading] | Reject | None:
        """Return what `accepted` says of a payload, compiled where it is plain. Raises `ValidationError` as a route."""
        plain = None if route.wire is None else self.plain(route.wire, payload, most)
        return self.accepted(route.validate(payload), most) if plain is None else plain

    def plain(self, wire: "Wire", payload: bytes, most: int) -> list[Reading] | None:
        """Return the readings of a payload that is plain and in order, and of at most `most`; None of any other."""
        if self.device is None:
            return wire.many(payload, self._ids, self._arrival, self._span, most)
        return wire.one(payload, self.device, self._ids, self._arrival, self._span)

    def accepted(self, wires: Sequence[WireReading], most: int) -> list[Reading] | Reject | None:
        """Return the readings of a delivery, or the first objection; None when there is none, or more than `most`."""
        accepted: list[Reading] = []
        for index, wire in enumerate(wires):
            graded = self.accept(wire, index)
            if not isinstance(graded, Reading):
                return graded
            accepted.append(graded)
        return accepted if 0 < len(accepted) <= most else None

    def accept(self, wire: WireReading, index: int) -> Reading | Reject:
        """Return the reading, or the first thing that speaks against it. The hot path: one call per reading."""
        device = wire["device"]
        try:
            at = wire["at"].astimezone(UTC)
        except OverflowError:  # the first or last hours of the calendar, in a zone that leaves it
            at = None
        values, faults, events = wire.get("values"), wire.get("faults"), wire.get("events")
        objection = None
        if self._kind_of(device) != self._kind or (self.device is not None and device != self.device):
            objection = self._wrong_device(device)
        elif at is None or not self._earliest <= at <= self._latest:
            objection = self._wrong_time(wire["at"])
        elif faults or events:
            objection = self._wrong_code(faults or (), events or ())
        elif not values:
            objection = Reason.EMPTY, "no values, no faults, no events"
        if objection is not None or at is None:
            return Reject(*(objection or self._wrong_time(wire["at"])), index, printable(device), at)
        return Reading(
            device,
            self._kind,
            at,
            self._arrival,
            values or {},
            tuple(faults) if faults else (),
            tuple([DeviceEvent(e["type"], _PHASES[e["phase"]]) for e in events]) if events else (),
            wire.get("seq"),
            wire.get("revision", 0),
            wire.get("backfill", False),
        )

    def explain(self, reject: Reject) -> Reject:
        """Return a codec's reject, with a wrong device as the reason if that is what is behind it."""
        objection = self._wrong_device(reject.device) if reject.device is not None else None
        if objection is None:
            return reject
        return Reject(*objection, reject.index, reject.device, reject.at)

    def _wrong_device(self, device: str) -> tuple[Reason, str] | None:
        if self.device is not None and device != self.device:
            return Reason.DEVICE_MISMATCH, f"device: the topic names {self.device}"
        kind = self._kind_of(device)
        if kind is None:
            return Reason.UNKNOWN_DEVICE, "device: not in the register"
        if kind != self._kind:
            return Reason.KIND_MISMATCH, f"device: a {kind} in the register, a {self._kind} by its topic"
        return None

    def _wrong_time(self, at: datetime) -> tuple[Reason, str]:
        limit, reason, relation = (
            (self._latest, Reason.FUTURE_TIME, "after")
            if at > self._latest
            else (self._earliest, Reason.ANCIENT_TIME, "before")
        )
        return reason, f"at: {at.isoformat()} is {relation} {limit.isoformat()}, the limit by its arrival"

    def _wrong_code(self, faults: Sequence[str], events: Sequence[WireEvent]) -> tuple[Reason, str] | None:
        for number, fault in enumerate(faults):
            if fault not in self._faults:
                return Reason.UNKNOWN_FAULT, f"faults.{number}: {printable(fault)} is no fault of a {self._kind}"
        for number, event in enumerate(events):
            if event["type"] not in self._events:
                what = f"{printable(event['type'])} is no event of a {self._kind}"
                return Reason.UNKNOWN_EVENT, f"events.{number}.type: {what}"
        return None
