"""Bytes to graded readings: total for any bytes. What cannot be accepted carries a reason, never an exception."""

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from domain.bundle import Bundle
from domain.delivery import TOPIC_ROOT, Decoded, Delivery, GatewayStatus, Journaled, Reason, Reject, Source
from domain.errors import Unavailable
from domain.reading import Reading
from domain.register import Register
from ingest.codec import DecodeLimits, Opened, Undecodable
from ingest.codecs import codec_for
from ingest.decode_bundle import Spent, fill, new_routes
from ingest.decoded import DecodedBundle
from ingest.envelope import open_envelope
from ingest.grade import Grade
from ingest.quarantine import assembled, by_place
from ingest.wire_errors import printable

logger = logging.getLogger(__name__)


class Decoder:
    """Decodes deliveries by codec and kind and grades the readings against the register in use."""

    def __init__(
        self, register: Callable[[], Register], limits: DecodeLimits | None = None, spent: Spent | None = None
    ) -> None:
        """`register` is asked once per delivery, so that a change takes effect at once.

        `spent` says of whom nothing more is kept: in bundles what they get wrong is told in brief. None: of nobody.
        """
        self._register, self._limits = register, limits or DecodeLimits()
        self._spent = spent or _never
        self._routes = new_routes()

    def decode(self, journaled: Journaled) -> Decoded:
        """Take a delivery apart and grade it, whatever it is.

        Raises:
            Unavailable: the register is not known yet: of no delivery can anything be said.
        """
        return self._alone(journaled, brief=False)

    def _alone(self, journaled: Journaled, brief: bool) -> Decoded:  # noqa: FBT001 - of `Alone`
        try:
            decoded = self._decode_or_reject(journaled, brief=brief)
            return replace(decoded, brief=True) if brief else decoded
        except Unavailable:
            raise
        except Exception as error:  # a mistake of ours must not stop every consumer at this delivery for ever
            logger.exception("decoder_failed", extra={"offset": journaled.offset})
            detail = f"the decoder failed: {type(error).__name__}"
            return Decoded(journaled.offset, undecodable=Reject(Reason.WRONG_SHAPE, detail))

    def bundle(self, first: int, bundle: Bundle) -> DecodedBundle:
        """Take apart what came together, each as `decode` would; `first` is the offset of the first. Raises as that."""
        found = DecodedBundle(first, bundle)
        if bundle.source is Source.MQTT:
            try:
                fill(found, self._routes, self._register(), self._limits, self._alone, self._spent)
            except Unavailable:
                raise
            except Exception:  # a mistake of ours; `decode` alone is total for each delivery
                logger.exception("bundle_decoder_failed", extra={"first": first})
                found = DecodedBundle(first, bundle)
            else:
                return found
        for offset in range(first, first + len(bundle)):
            found.add(self.decode(found.journaled(offset)))
        return found

    def _decode_or_reject(self, journaled: Journaled, *, brief: bool = False) -> Decoded:
        try:
            decoded = self._decode(journaled, brief=brief)
        except Undecodable as error:
            return Decoded(journaled.offset, undecodable=error.reject)
        delivery = journaled.delivery
        made_up = delivery.source is Source.HTTP and decoded.rejects and delivery.topic.endswith("/batch")
        return self._sorted_anew(journaled, decoded) if made_up else decoded

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

    def _decode(self, journaled: Journaled, *, brief: bool = False) -> Decoded:
        delivery = journaled.delivery
        if delivery.source is Source.REPLAY:
            envelope = open_envelope(delivery)
            return envelope.chosen(self._decode_or_reject(Journaled(journaled.offset, envelope.delivery)))
        opened = self._open(delivery, brief=brief)
        if opened.status is not None:
            gateway, online = opened.status
            return Decoded(journaled.offset, statuses=(GatewayStatus(gateway, online, delivery.arrival),))
        grade = Grade(self._register(), opened.kind, opened.device, delivery.arrival, self._limits)
        readings: list[Reading] = []
        rejects: list[Reject] = []
        for index, item in enumerate(opened.items):
            graded = grade.explain(item) if isinstance(item, Reject) else grade.accept(item, index)
            if isinstance(graded, Reading):
                readings.append(graded)
            else:
                rejects.append(graded)
        return Decoded(journaled.offset, tuple(readings), tuple(rejects))

    def _open(self, delivery: Delivery, *, brief: bool) -> Opened:
        if len(delivery.payload) > self._limits.payload_bytes:
            detail = f"{len(delivery.payload)} bytes; at most {self._limits.payload_bytes}"
            raise Undecodable(Reason.TOO_LARGE, detail)
        codec = codec_for(delivery.topic)
        if codec is None:
            raise Undecodable(Reason.BAD_TOPIC, f"no codec for the topic {printable(delivery.topic)}")
        return codec.open(delivery, self._limits, brief)


def _never(_sender: str, _arrival: datetime) -> bool:
    return False
