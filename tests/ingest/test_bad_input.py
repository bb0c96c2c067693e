"""Oversized, malformed, forged, stale and replayed messages are told apart, each by a reason or a count of its own."""

from datetime import timedelta

import pytest

from domain.delivery import Delivery, Journaled, Reason
from domain.reading import Outcome
from ingest.codec import DecodeLimits
from ingest.decode import Decoder
from store.telemetry.memory import MemoryStore
from tests.support.ingest import ARRIVAL, LAMP, register, single

WORLD = register("lamp-1", "lamp-2", others={"gauge-1": "rain_gauge"})
DECODER = Decoder(lambda: WORLD, DecodeLimits(payload_bytes=2000))


def at(**ago: float) -> str:
    return (ARRIVAL - timedelta(**ago)).isoformat()


BAD = {
    "oversized": (Delivery(LAMP.format("lamp-1"), b" " * 2001, ARRIVAL), Reason.TOO_LARGE),
    "malformed": (Delivery(LAMP.format("lamp-1"), b'{"device": "lamp-1", ', ARRIVAL), Reason.NOT_JSON),
    "forged, in another's name": (
        Delivery(LAMP.format("lamp-2"), single("lamp-1").payload, ARRIVAL),
        Reason.DEVICE_MISMATCH,
    ),
    "forged, of nobody": (single("stranger"), Reason.UNKNOWN_DEVICE),
    "forged, as another kind": (single("gauge-1"), Reason.KIND_MISMATCH),
    "stale": (single("lamp-1", at=at(days=401)), Reason.ANCIENT_TIME),
    "of the future": (single("lamp-1", at=at(minutes=-10)), Reason.FUTURE_TIME),
}


@pytest.mark.parametrize("what", BAD)
def test_what_is_bad_has_a_reason_of_its_own(what: str) -> None:
    delivery, reason = BAD[what]
    decoded = DECODER.decode(Journaled(7, delivery))
    rejects = list(decoded.rejects) if decoded.undecodable is None else [decoded.undecodable]
    assert [reject.reason for reject in rejects] == [reason]
    assert decoded.readings == ()


def test_no_two_sorts_of_bad_input_share_a_reason() -> None:
    reasons = [reason for _, reason in BAD.values()]
    assert len(set(reasons)) == len(reasons)


def test_a_replayed_message_is_a_duplicate_and_one_that_was_changed_is_a_conflict() -> None:
    store = MemoryStore()
    outcomes = []
    for delivery in (single("lamp-1"), single("lamp-1"), single("lamp-1", values={"power": 1.0})):
        [found] = DECODER.decode(Journaled(0, delivery)).readings
        outcomes += [appended.outcome for appended in store.append([found])]
    assert outcomes == [Outcome.STORED, Outcome.DUPLICATE, Outcome.CONFLICT]
