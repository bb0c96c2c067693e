"""Bytes to graded readings: total for any bytes. What cannot be accepted carries a reason, never an exception."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from domain.delivery import TOPIC_ROOT, Decoded, Delivery, GatewayStatus, Journaled, Reason, Reject, Source
from domain.kinds import KINDS
from domain.reading import DeviceEvent, Phase, Reading
from domain.register import Register
from ingest.codec import DecodeLimits, Opened, Undecodable
from ingest.codecs import codec_for
from ingest.envelope import open_envelope
from ingest.quarantine import assembled, by_place
from ingest.wire import WireEvent, WireReading
from ingest.wire_errors import printable

logger = logging.getLogger(__name__)

_FAULTS: Final = {name: frozenset(kind.faults) for name, kind in KINDS.items()}
_EVENTS: Final = {name: frozenset(kind.events) for name, kind in KINDS.items()}
_PHASES: Final = {phase.value: phase for phase in Phase}


class Decoder:
    """Decodes deliveries by codec and kind and grades the readings against the register in use."""

    def __init__(self, register: Callable[[], Register], limits: DecodeLimits | None = None) -> None:
        """`register` is asked once per delivery, so that a change takes effect at once."""
        self._register, self._limits = register, limits or DecodeLimits()

    def decode(self, journaled: Journaled) -> Decoded:
        """Take a delivery apart and grade it. Never raises."""
        try:
            return self._decode_or_reject(journaled)
        except Exception as error:  # a mistake of ours must not stop every consumer at this delivery for ever
            logger.exception("decoder_failed", extra={"offset": journaled.offset})
            detail = f"the decoder failed: {type(error).__name__}"
            return Decoded(journaled.offset, undecodable=Reject(Reason.WRONG_SHAPE, detail))

    def _decode_or_reject(self, journaled: Journaled) -> Decoded:
        try:
            decoded = self._decode(journaled)
        except Undecodable as error:
            return Decoded(journaled.offset, undecodable=error.reject)
        by_http = journaled.delivery.source is Source.HTTP and decoded.rejects
        return self._sorted_anew(journaled, decoded) if by_http else decoded

    def _sorted_anew(self, journaled: Journaled, decoded: Decoded) -> Decoded:
        """Judge by the register what came by HTTP: who hands in readings there names no kind.

        The topic of a device that nobody knew was made up; out of the quarantine it is known.
        """
        strays = {r.index: r.device for r in decoded.rejects if r.reason is Reason.KIND_MISMATCH and r.device}
        kinds = {kind for device in strays.values() if (kind := self._register().kind_of(device)) is not None}
        found = by_place(decoded)
        for kind in sorted(kinds):
            topic = f"{TOPIC_ROOT}/{kind}/000000/http/batch"
            again = by_place(self._decode(replace(journaled, delivery=replace(journaled.delivery, topic=topic))))
            ours = [place for place, device in strays.items() if self._register().kind_of(device) == kind]
            found.update((place, again[place]) for place in ours if place is not None and place in again)
        return assembled(decoded.offset, found) if strays else decoded

    def _decode(self, journaled: Journaled) -> Decoded:
        delivery = journaled.delivery
        if delivery.source is Source.REPLAY:
            envelope = open_envelope(delivery)
            return envelope.chosen(self._decode_or_reject(Journaled(journaled.offset, envelope.delivery)))
        opened = self._open(delivery)
        if opened.status is not None:
            gateway, online = opened.status
            return Decoded(journaled.offset, statuses=(GatewayStatus(gateway, online, delivery.arrival),))
        grade = _Grade(self._register(), opened, delivery.arrival, self._limits)
        readings: list[Reading] = []
        rejects: list[Reject] = []
        for index, item in enumerate(opened.items):
            graded = grade.explain(item) if isinstance(item, Reject) else grade.accept(item, index)
            if isinstance(graded, Reading):
                readings.append(graded)
            else:
                rejects.append(graded)
        return Decoded(journaled.offset, tuple(readings), tuple(rejects))

    def _open(self, delivery: Delivery) -> Opened:
        if len(delivery.payload) > self._limits.payload_bytes:
            detail = f"{len(delivery.payload)} bytes; at most {self._limits.payload_bytes}"
            raise Undecodable(Reason.TOO_LARGE, detail)
        codec = codec_for(delivery.topic)
        if codec is None:
            raise Undecodable(Reason.BAD_TOPIC, f"no codec for the topic {printable(delivery.topic)}")
        return codec.open(delivery, self._limits)


class _Grade:
    """Holds the readings of one delivery against the register and the arrival."""

    __slots__ = ("_arrival", "_device", "_earliest", "_events", "_faults", "_kind", "_kind_of", "_latest")

    def __init__(self, register: Register, opened: Opened, arrival: datetime, limits: DecodeLimits) -> None:
        self._kind_of, self._kind, self._device, self._arrival = register.kind_of, opened.kind, opened.device, arrival
        self._latest, self._earliest = arrival + limits.future, arrival - limits.past
        self._faults, self._events = _FAULTS[opened.kind], _EVENTS[opened.kind]

    def accept(self, wire: WireReading, index: int) -> Reading | Reject:
        """Return the reading, or the first thing that speaks against it. The hot path: one call per reading."""
        device, at = wire["device"], _utc(wire["at"])
        values, faults, events = wire.get("values"), wire.get("faults"), wire.get("events")
        objection = None
        if self._kind_of(device) != self._kind or (self._device is not None and device != self._device):
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
        if self._device is not None and device != self._device:
            return Reason.DEVICE_MISMATCH, f"device: the topic names {self._device}"
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


def _utc(at: datetime) -> datetime | None:
    try:
        return at.astimezone(UTC)
    except OverflowError:  # the first or last hours of the calendar, in a zone that leaves it
        return None
