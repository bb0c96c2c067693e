"""What came together is decoded as each delivery alone would be."""

import json
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from domain.bundle import Bundle, Bundles, bundled
from domain.delivery import Delivery, Journaled, Source
from ingest.codec import DecodeLimits
from ingest.decode import Decoder
from tests.support.ingest import ARRIVAL, BATCH, LAMP, STATUS, reading, register

WORLD = register("lamp-1", "lamp-2", others={"air-1": "air_station"})
LIMITS = DecodeLimits(payload_bytes=2000, batch_readings=5)
DECODER = Decoder(lambda: WORLD, LIMITS)
ONES = st.sampled_from(
    [
        reading(),
        reading("lamp-2", seq=7, revision=1, backfill=True),
        reading(faults=["lampFailure"]),
        reading(events=[{"type": "lampFailure", "phase": "begin"}]),
        reading(faults=["no such fault"]),
        reading("nobody"),
        reading("air-1"),
        reading(at="2026-03-01T20:00:00"),
        reading(at="2036-03-01T20:00:00Z"),
        reading(at="0001-01-01T00:00:00+23:59"),
        reading(values={}),
        reading(values={"power": "100"}),
        reading(extra=1),
        7,
    ]
)
PAYLOADS = st.one_of(
    ONES.map(json.dumps),
    st.lists(ONES, max_size=6).map(lambda ones: json.dumps({"readings": ones})),
    st.sampled_from(["online", "", "[", '"' + "x" * 3000 + '"', "[" * 50]),
).map(str.encode)
TOPICS = st.sampled_from([LAMP.format("lamp-1"), LAMP.format("lamp-2"), BATCH, STATUS, "city/v1/x", "\udcff"])
DELIVERIES = st.builds(Delivery, TOPICS, PAYLOADS, st.just(ARRIVAL), st.sampled_from([Source.MQTT, Source.HTTP]))


@given(st.lists(DELIVERIES, max_size=8), st.integers(0, 1000))
def test_what_came_together_is_decoded_as_each_alone(deliveries: Sequence[Delivery], first: int) -> None:
    for bundle in bundled(deliveries):
        found = DECODER.bundle(first, bundle)
        alone = [DECODER.decode(Journaled(offset, one)) for offset, one in enumerate(bundle, first)]

        assert found.readings == [reading for decoded in alone for reading in decoded.readings]
        assert found.offsets == [decoded.offset for decoded in alone for _ in decoded.readings]
        places = [(one.offset, n) for one in alone for n in range(len(one.readings) + len(one.rejects))]
        bad = {(one.offset, reject.index) for one in alone for reject in one.rejects}
        assert list(zip(found.offsets, found.indexes, strict=True)) == [place for place in places if place not in bad]
        assert found.rejected == len(bad)
        troubled = [one for one in alone if one.rejects or one.undecodable or one.statuses]
        assert [one for one in found.alone if one.rejects or one.undecodable or one.statuses] == troubled


def test_nearly_all_take_the_short_way() -> None:
    bundle = Bundle([BATCH] * 3, [json.dumps({"readings": [reading(), reading("lamp-2")]}).encode()] * 3, ARRIVAL)

    found = DECODER.bundle(0, bundle)
    assert (len(found.readings), found.alone) == (6, [])


@given(st.lists(DELIVERIES, max_size=8))
def test_bundles_are_the_deliveries_that_went_in(deliveries: list[Delivery]) -> None:
    parts = bundled(deliveries)

    assert [one for part in parts for one in part] == deliveries
    assert list(Bundles(parts)) == deliveries
    assert len(Bundles(parts)) == len(deliveries)
    assert bundled(Bundles(parts)) == parts
