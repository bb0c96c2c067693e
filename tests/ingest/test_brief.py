"""Of a sender beyond its budget every good reading is taken, and what is wrong is counted once, by a reason."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from domain.bundle import Bundle, bundled
from domain.delivery import Delivery, Journaled, Reason, Source
from ingest.babblers import OTHERS, Babblers
from ingest.decode import Decoder
from ingest.decoded import Brief
from tests.ingest.test_decode_bundle import DECODER, DELIVERIES, LIMITS, WORLD
from tests.support.ingest import ARRIVAL, BATCH, LAMP, batch, reading, single

BRIEF = Decoder(lambda: WORLD, LIMITS, lambda _sender, _at: True)


@given(st.lists(DELIVERIES.filter(lambda delivery: delivery.source is Source.MQTT), max_size=8))
def test_the_same_readings_are_taken_and_each_delivery_is_accounted_for(deliveries: Sequence[Delivery]) -> None:
    for bundle in bundled(deliveries):
        found = BRIEF.bundle(0, bundle)
        alone = [DECODER.decode(Journaled(offset, one)) for offset, one in enumerate(bundle)]

        assert found.readings == [reading for decoded in alone for reading in decoded.readings]
        assert found.indexes == DECODER.bundle(0, bundle).indexes
        assert list(found.statuses()) == [status for decoded in alone for status in decoded.statuses]
        apart = [one for one in found.alone if one.rejects or one.undecodable]
        assert all(one.brief for one in apart)
        told = sum(found.brief.values()) + len(apart)
        assert told == sum(bool(one.rejects or one.undecodable) for one in alone)


def briefly(*deliveries: Delivery) -> dict[Brief, int]:
    [bundle] = bundled(deliveries)
    assert isinstance(bundle, Bundle)
    return dict(BRIEF.bundle(0, bundle).brief)


def test_the_reason_is_the_one_of_the_full_account_where_no_second_look_is_needed() -> None:
    deliveries = {
        Reason.NOT_JSON: Delivery(LAMP.format("lamp-1"), b"{{", ARRIVAL),
        Reason.WRONG_SHAPE: Delivery(LAMP.format("lamp-1"), b"[]", ARRIVAL),
        Reason.TOO_LARGE: Delivery(LAMP.format("lamp-1"), b" " * 2001, ARRIVAL),
        Reason.BAD_TOPIC: Delivery("city/v1/teapot/370102/lamp-1/telemetry", b"{}", ARRIVAL),
        Reason.OUT_OF_RANGE: single(values={"power": -1}),
        Reason.WRONG_TYPE: single(values={"power": "much"}),
        Reason.BAD_TIME: single(at="noon"),
        Reason.UNKNOWN_FIELD: single(colour="red"),
        Reason.UNKNOWN_METRIC: single(values={"colour": 1}),
        Reason.UNKNOWN_FAULT: single(faults=["none such"]),
        Reason.FUTURE_TIME: single(at="2036-03-01T20:00:00Z"),
    }
    for reason, delivery in deliveries.items():
        decoded = DECODER.decode(Journaled(0, delivery))
        full = decoded.undecodable or decoded.rejects[0]
        assert full.reason is reason
        assert briefly(delivery) == {Brief("lamp-1", reason, whole=full.index is None): 1}


def test_a_batch_is_taken_apart_and_its_rejects_have_reasons_alone() -> None:
    [bundle] = bundled([batch(reading(), 7, reading(values={"power": -1})), Delivery(BATCH, b"{{", ARRIVAL)])
    found = BRIEF.bundle(0, bundle)
    [decoded] = found.alone
    assert len(found.readings) == 1
    assert [(reject.index, reject.reason, reject.detail) for reject in decoded.rejects] == [
        (1, Reason.WRONG_SHAPE, ""),
        (2, Reason.OUT_OF_RANGE, ""),
    ]
    assert found.brief == {Brief("gateway-1", Reason.NOT_JSON, whole=True): 1}


def test_thousands_of_mistakes_in_one_reading_are_not_listed_for_a_reason() -> None:
    wide = Decoder(lambda: WORLD, spent=lambda _sender, _at: True)
    delivery = single(values={f"m{n}": n for n in range(1000)})
    assert wide.bundle(0, Bundle.of(delivery)).brief == {Brief("lamp-1", Reason.WRONG_SHAPE, whole=False): 1}


def test_who_babbles_most_is_told_and_nobody_is_lost_from_the_sum() -> None:
    book = Babblers()
    for n in range(5000):
        book.add(Brief(f"X{n}", Reason.UNKNOWN_DEVICE, whole=False), 1)
        book.add(Brief("L1", Reason.NOT_JSON, whole=True), 2)
    told = book.told()
    assert len(book) <= 1001
    assert list(told)[:2] == ["L1", OTHERS]
    assert told["L1"] == {"not_json": 10_000}
    assert told[OTHERS]["unknown_device"] > 3900
