"""A delivery out of the quarantine on its way through the journal once more: its own bytes behind a line that says so.

The readings are judged as of their first arrival, and go by the present one through ticks: what is late stays late.
Only the journal's own writers make such deliveries: no topic of a device leads here.
"""

import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

from domain.delivery import Decoded, Delivery, Reason, ReplayRef, Source
from domain.quarantine import Intended
from ingest.codec import Undecodable
from ingest.quarantine import assembled, by_place

TOPIC: Final = "quanyan/replay"
_EOL: Final = b"\n"


@dataclass(frozen=True, slots=True)
class Envelope:
    """What an envelope holds."""

    ref: ReplayRef
    delivery: Delivery

    def chosen(self, decoded: Decoded) -> Decoded:
        """Return the part of the decoded delivery that is to be replayed, its readings numbered anew.

        What a gateway's status said then is no news now, and left out.
        """
        asked = self.ref.asked
        if decoded.undecodable is not None:
            return replace(decoded, replay=self.ref)
        found = {place: one for place, one in by_place(decoded).items() if asked is None or place in asked}
        return replace(assembled(decoded.offset, found), replay=replace(self.ref, places=tuple(sorted(found))))


def envelope(what: Intended, now: datetime) -> Delivery:
    """Return what goes into the journal. `now`: aware, UTC, city clock."""
    inner = what.delivery
    head = {
        "replay": what.replay,
        "delivery": what.delivery_id,
        "places": what.positions,
        "topic": inner.topic,
        "arrival": inner.arrival.isoformat(),
        "source": inner.source.value,
        "epoch": inner.epoch,
    }
    return Delivery(TOPIC, json.dumps(head).encode() + _EOL + inner.payload, now, Source.REPLAY)


def open_envelope(delivery: Delivery) -> Envelope:
    """Take an envelope apart. Raises `Undecodable`: it was not made here."""
    line, _, payload = delivery.payload.partition(_EOL)
    try:
        head = json.loads(line)
        places = head["places"]
        ref = ReplayRef(head["replay"], head["delivery"], None if places is None else tuple(places))
        arrival = datetime.fromisoformat(head["arrival"]).astimezone(UTC)
        return Envelope(ref, Delivery(head["topic"], payload, arrival, Source(head["source"]), head["epoch"]))
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError) as error:
        raise Undecodable(Reason.WRONG_SHAPE, f"an envelope of a replay that cannot be read: {error}") from None
