"""Every reason of the quarantine, at the border it belongs to."""

import json
import logging
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from domain.bundle import Bundle
from domain.delivery import Decoded, Delivery, GatewayStatus, Journaled, Reason, Source
from domain.errors import Starting
from domain.kind import ValueType
from domain.kinds import KINDS
from domain.reading import DeviceEvent, Phase
from domain.register import Register
from ingest.codec import DecodeLimits
from ingest.decode import Decoder
from ingest.topics import Channel, Topic, format_topic
from tests.support.ingest import ARRIVAL, BATCH, LAMP, STATUS, batch, reading, register, single

REGISTER = register("lamp-1", "lamp-2", "lamp-3", others={"bay-1": "parking_bay", "lot-1": "parking_lot"})
DECODER = Decoder(lambda: REGISTER)
LOT = "city/v1/parking_lot/370102/lot-1/telemetry"


def decode(delivery: Delivery) -> Decoded:
    return DECODER.decode(Journaled(7, delivery))


def raw(payload: bytes, topic: str = LAMP.format("lamp-1")) -> Decoded:
    return decode(Delivery(topic, payload, ARRIVAL))


def undecodable(decoded: Decoded) -> Reason:
    assert decoded.undecodable is not None
    assert decoded == Decoded(decoded.offset, undecodable=decoded.undecodable)
    assert decoded.undecodable.detail
    return decoded.undecodable.reason


def rejected(delivery: Delivery) -> Reason:
    decoded = decode(delivery)
    assert decoded.undecodable is None
    assert not decoded.readings
    assert decoded.rejects[0].detail
    return decoded.rejects[0].reason


def test_a_single_reading_is_decoded_whole() -> None:
    said = reading(
        seq=5,
        values={"power": 100, "on": True},
        faults=["lampFailure"],
        events=[{"type": "lampFailure", "phase": "begin"}],
        revision=2,
        backfill=True,
    )
    decoded = decode(Delivery(LAMP.format("lamp-1"), json.dumps(said).encode(), ARRIVAL))

    (found,) = decoded.readings
    assert (found.device, found.kind, found.received) == ("lamp-1", "streetlight", ARRIVAL)
    assert found.at == datetime(2026, 3, 1, 12, tzinfo=UTC)
    assert found.at.tzinfo is UTC
    assert found.values == {"power": 100.0, "on": True}
    assert found.faults == ("lampFailure",)
    assert found.events == (DeviceEvent("lampFailure", Phase.BEGIN),)
    assert (found.seq, found.revision, found.backfill) == (5, 2, True)
    assert decoded.offset == 7


def test_whole_numbers_become_the_type_of_the_metric() -> None:
    (found,) = decode(single(values={"power": 7})).readings

    assert type(found.values["power"]) is float


def test_an_event_alone_is_a_reading() -> None:
    (found,) = decode(single(values={}, events=[{"type": "switchedOn", "phase": "once"}])).readings

    assert found.values == {}


@pytest.mark.parametrize(("payload", "online"), [(b"online", True), (b"offline", False)])
def test_a_status_tells_of_its_gateway(payload: bytes, *, online: bool) -> None:
    decoded = raw(payload, STATUS)

    assert decoded.statuses == (GatewayStatus("gateway-1", online, ARRIVAL),)


@pytest.mark.parametrize("payload", [b"", b"ONLINE", b'"online"', b"\xff"])
def test_another_status_is_a_wrong_shape(payload: bytes) -> None:
    assert undecodable(raw(payload, STATUS)) is Reason.WRONG_SHAPE


def test_one_bad_reading_never_sinks_the_others() -> None:
    bad: list[Any] = [reading("lamp-2", values={"power": "100"}), 7, None, reading("nobody"), reading("bay-1")]
    decoded = decode(batch(reading("lamp-1"), *bad, reading("lamp-3")))

    assert [found.device for found in decoded.readings] == ["lamp-1", "lamp-3"]
    assert [(reject.index, reject.reason) for reject in decoded.rejects] == [
        (1, Reason.WRONG_TYPE),
        (2, Reason.WRONG_SHAPE),
        (3, Reason.WRONG_SHAPE),
        (4, Reason.UNKNOWN_DEVICE),
        (5, Reason.KIND_MISMATCH),
    ]
    assert decoded.rejects[0].device == "lamp-2"
    assert decoded.rejects[0].at == datetime(2026, 3, 1, 12, tzinfo=UTC)
    assert "values.power" in decoded.rejects[0].detail


@pytest.mark.parametrize(
    ("delivery", "reason"),
    [
        (Delivery("other/topic", b"{}", ARRIVAL), Reason.BAD_TOPIC),
        (Delivery("city/v1/toaster/1/2/telemetry", b"{}", ARRIVAL), Reason.BAD_TOPIC),
        (Delivery(BATCH, b" " * (1 << 20) + b" ", ARRIVAL), Reason.TOO_LARGE),
        (Delivery(BATCH, b'{"readings": ["\xff"]}', ARRIVAL), Reason.NOT_UTF8),
        (Delivery(BATCH, b"", ARRIVAL), Reason.NOT_JSON),
        (Delivery(BATCH, b'{"readings": [}', ARRIVAL), Reason.NOT_JSON),
        (Delivery(BATCH, b'{"readings": []} {}', ARRIVAL), Reason.NOT_JSON),
        (Delivery(BATCH, b'{"readings": [1' + b"0" * 5000 + b"]}", ARRIVAL), Reason.NOT_JSON),
        (Delivery(BATCH, b'{"readings": ["\\ud800"]}', ARRIVAL), Reason.NOT_JSON),
        (Delivery(BATCH, b"[" * 500_000, ARRIVAL), Reason.TOO_DEEP),
        (Delivery(BATCH, b'"' + b'\\"' * 500_000, ARRIVAL), Reason.NOT_JSON),
        (Delivery(BATCH, b'["' + b"[" * 20 + b"\\", ARRIVAL), Reason.NOT_JSON),
        (Delivery(LAMP.format("lamp-1"), b'{"a":' * 17 + b"1" + b"}" * 17, ARRIVAL), Reason.TOO_DEEP),
        (Delivery(BATCH, b"[]", ARRIVAL), Reason.WRONG_SHAPE),
        (Delivery(BATCH, b"NaN", ARRIVAL), Reason.WRONG_SHAPE),
        (Delivery(BATCH, b'{"readings": {}}', ARRIVAL), Reason.WRONG_SHAPE),
        (Delivery(LAMP.format("lamp-1"), b"[]", ARRIVAL), Reason.WRONG_SHAPE),
        (Delivery(BATCH, b"{}", ARRIVAL), Reason.MISSING_FIELD),
        (Delivery(BATCH, b'{"readings": [], "more": 1}', ARRIVAL), Reason.UNKNOWN_FIELD),
        (Delivery(BATCH, b'{"readings": []}', ARRIVAL), Reason.EMPTY),
        (batch(*[reading()] * 5001), Reason.TOO_LONG),
        (batch(*[1] * 5001), Reason.TOO_LONG),
    ],
)
def test_a_delivery_that_cannot_be_taken_apart_has_one_reason(delivery: Delivery, reason: Reason) -> None:
    assert undecodable(decode(delivery)) is reason


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"more": 1}, Reason.UNKNOWN_FIELD),
        ({"values": {"power": "12.5"}}, Reason.WRONG_TYPE),
        ({"values": {"power": True}}, Reason.WRONG_TYPE),
        ({"values": {"power": None}}, Reason.WRONG_TYPE),
        ({"values": {"on": 1}}, Reason.WRONG_TYPE),
        ({"values": []}, Reason.WRONG_TYPE),
        ({"values": None}, Reason.WRONG_TYPE),
        ({"seq": 1.0}, Reason.WRONG_TYPE),
        ({"seq": "1"}, Reason.WRONG_TYPE),
        ({"seq": True}, Reason.WRONG_TYPE),
        ({"backfill": 1}, Reason.WRONG_TYPE),
        ({"faults": "lampFailure"}, Reason.WRONG_TYPE),
        ({"faults": [1]}, Reason.WRONG_TYPE),
        ({"events": [{"type": "switchedOn"}]}, Reason.MISSING_FIELD),
        ({"events": [{"type": "switchedOn", "phase": "once", "x": 1}]}, Reason.UNKNOWN_FIELD),
        ({"values": {"power": float("nan")}}, Reason.NOT_FINITE),
        ({"values": {"power": float("inf")}}, Reason.NOT_FINITE),
        ({"values": {"power": -float("inf")}}, Reason.NOT_FINITE),
        ({"values": {"power": 10**400}}, Reason.NOT_FINITE),
        ({"seq": float("nan")}, Reason.NOT_FINITE),
        ({"at": "2026-03-01T20:00:00"}, Reason.BAD_TIME),
        ({"at": "yesterday"}, Reason.BAD_TIME),
        ({"at": 1772366400}, Reason.BAD_TIME),
        ({"at": "1772366400"}, Reason.BAD_TIME),
        ({"at": None}, Reason.BAD_TIME),
        ({"at": "2026-03-01T20:00:00.1234567+08:00"}, Reason.BAD_TIME),
        ({"at": "2026-02-30T20:00:00+08:00"}, Reason.BAD_TIME),
        ({"at": "2026-03-01T20:00:00+08:00" + "0" * 40}, Reason.BAD_TIME),
        ({"at": "2026-03-01T20:05:01+08:00"}, Reason.FUTURE_TIME),
        ({"at": "9999-12-31T23:59:59-08:00"}, Reason.FUTURE_TIME),
        ({"at": "2025-01-25T11:59:59Z"}, Reason.ANCIENT_TIME),
        ({"at": "0001-01-01T00:00:00+08:00"}, Reason.ANCIENT_TIME),
        ({"values": {"brightness": 1}}, Reason.UNKNOWN_METRIC),
        ({"faults": ["meltdown"]}, Reason.UNKNOWN_FAULT),
        ({"events": [{"type": "meltdown", "phase": "once"}]}, Reason.UNKNOWN_EVENT),
        ({"events": [{"type": "switchedOn", "phase": "sometimes"}]}, Reason.UNKNOWN_EVENT),
        ({"values": {"power": 3000.1}}, Reason.OUT_OF_RANGE),
        ({"values": {"power": -0.1}}, Reason.OUT_OF_RANGE),
        ({"seq": -1}, Reason.OUT_OF_RANGE),
        ({"seq": 2**63}, Reason.OUT_OF_RANGE),
        ({"seq": 10**30}, Reason.OUT_OF_RANGE),
        ({"values": {}}, Reason.EMPTY),
        ({"faults": ["x" * 65]}, Reason.TOO_LONG),
        ({"faults": ["lampFailure"] * 65}, Reason.TOO_LONG),
    ],
)
def test_a_bad_reading_has_the_same_reason_alone_and_in_a_batch(fields: dict[str, Any], reason: Reason) -> None:
    assert rejected(single(**fields)) is reason
    assert rejected(batch(reading(**fields))) is reason


@pytest.mark.parametrize("field", ["device", "at"])
def test_a_reading_without_device_or_time_misses_a_field(field: str) -> None:
    said = reading()
    del said[field]

    assert rejected(batch(said)) is Reason.MISSING_FIELD
    assert raw(json.dumps(said).encode()).rejects[0].reason is Reason.MISSING_FIELD


def test_a_single_reading_must_be_of_the_device_of_its_topic() -> None:
    payload = json.dumps(reading("lamp-2")).encode()

    assert rejected(Delivery(LAMP.format("lamp-1"), payload, ARRIVAL)) is Reason.DEVICE_MISMATCH


def test_a_device_that_was_never_registered_is_unknown() -> None:
    assert rejected(single("nobody")) is Reason.UNKNOWN_DEVICE
    assert rejected(batch(reading("nobody", values={"brightness": "x"}))) is Reason.UNKNOWN_DEVICE


def test_a_device_of_another_kind_than_its_topic_says_so_before_its_metrics_are_blamed() -> None:
    assert rejected(batch(reading("bay-1", values={"occupied": True}))) is Reason.KIND_MISMATCH


def test_a_device_id_is_not_trusted_to_be_short_or_printable() -> None:
    found = decode(batch(reading("x" * 1000), reading("a\0b"), reading(""))).rejects

    assert [reject.reason for reject in found] == [Reason.TOO_LONG, Reason.UNKNOWN_DEVICE, Reason.UNKNOWN_DEVICE]
    assert found[0].device is None
    assert found[1].device == "a\\x00b"


@pytest.mark.parametrize(("value", "reason"), [(3.5, Reason.WRONG_TYPE), (3.0, Reason.WRONG_TYPE), (-100001, None)])
def test_a_counter_takes_whole_numbers_only(value: float, reason: Reason | None) -> None:
    payload = json.dumps(reading("lot-1", values={"occupied": value})).encode()

    assert rejected(Delivery(LOT, payload, ARRIVAL)) is (reason or Reason.OUT_OF_RANGE)


def test_the_limits_of_time_are_part_of_what_is_accepted() -> None:
    edges = [ARRIVAL + timedelta(minutes=5), ARRIVAL - timedelta(days=400)]
    decoded = decode(batch(*(reading(at=edge.isoformat()) for edge in edges)))

    assert [found.at for found in decoded.readings] == edges


def test_limits_can_be_set() -> None:
    limits = DecodeLimits(payload_bytes=500, batch_readings=1, depth=3, future=timedelta(0), past=timedelta(0))
    strict = Decoder(lambda: REGISTER, limits)

    def reason(delivery: Delivery) -> Reason:
        found = strict.decode(Journaled(0, delivery))
        return (found.undecodable or found.rejects[0]).reason

    assert reason(single(at="2026-03-01T12:00:00.000001Z")) is Reason.FUTURE_TIME
    assert reason(single(at="2026-03-01T11:59:59.999999Z")) is Reason.ANCIENT_TIME
    assert reason(batch(reading(), reading())) is Reason.TOO_LONG
    assert reason(batch(reading(events=[{"type": "switchedOn", "phase": []}]))) is Reason.TOO_DEEP
    assert reason(single(faults=["x" * 500])) is Reason.TOO_LARGE
    assert strict.decode(Journaled(0, single())).readings


def test_every_reason_of_decoding_is_reached_by_these_tests() -> None:
    marks = [
        mark
        for test in (
            test_a_delivery_that_cannot_be_taken_apart_has_one_reason,
            test_a_bad_reading_has_the_same_reason_alone_and_in_a_batch,
        )
        for mark in getattr(test, "pytestmark", [])
    ]
    reached = {case[1] for mark in marks for case in mark.args[1]}
    elsewhere = {Reason.UNKNOWN_DEVICE, Reason.DEVICE_MISMATCH, Reason.KIND_MISMATCH}

    assert set(Reason) - reached - elsewhere == {Reason.CONFLICT, Reason.STORE_REFUSED}


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_every_metric_of_every_kind_is_accepted_at_both_ends_of_its_range(kind: Any) -> None:
    world = register(others={"d": kind.name})
    samples: dict[ValueType, tuple[Any, Any]] = {ValueType.BOOL: (True, False), ValueType.TEXT: ("", "x")}
    for spec in kind.metrics:
        lowest, highest = samples.get(spec.type, (spec.lowest, spec.highest))
        for value in (lowest, highest):
            topic = format_topic(Topic(kind.name, "370102", "d", Channel.TELEMETRY))
            payload = json.dumps(reading("d", values={spec.name: value})).encode()
            found = Decoder(lambda: world).decode(Journaled(0, Delivery(topic, payload, ARRIVAL)))
            assert found.readings[0].values == {spec.name: value}, found


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
FIELDS = st.fixed_dictionaries(
    {},
    optional={
        "device": st.sampled_from(["lamp-1", "bay-1", "nobody"]) | JSON,
        "at": st.sampled_from(["2026-03-01T12:00:00Z", "0001-01-01T00:00:00+14:00"]) | st.text() | JSON,
        "values": st.dictionaries(st.sampled_from(["power", "on", "x"]), JSON) | JSON,
        "faults": st.lists(st.just("lampFailure") | JSON) | JSON,
        "events": st.lists(st.fixed_dictionaries({"type": st.text(), "phase": st.just("once") | JSON})) | JSON,
        "seq": JSON,
        "revision": JSON,
        "backfill": JSON,
    },
)
PAYLOADS = st.one_of(
    st.binary(),
    JSON.map(lambda value: json.dumps(value).encode()),
    FIELDS.map(lambda value: json.dumps(value).encode()),
    st.lists(FIELDS | JSON).map(lambda value: json.dumps({"readings": value}).encode()),
)
TOPIC_TEXTS = st.sampled_from([LAMP.format("lamp-1"), BATCH, STATUS, LOT]) | st.text(st.characters())


@given(TOPIC_TEXTS, PAYLOADS, st.sampled_from(Source))
@example("city/v1/\ud800", b"", Source.HTTP)
@example(BATCH, b'{"readings": [' * 100_000, Source.MQTT)
def test_decoding_is_total_and_everything_it_says_can_be_stored(topic: str, payload: bytes, source: Source) -> None:
    decoded = DECODER._decode_or_reject(Journaled(3, Delivery(topic, payload, ARRIVAL, source)))

    rejects = (*decoded.rejects, *([decoded.undecodable] if decoded.undecodable else []))
    for reject in rejects:
        assert reject.reason in Reason
        assert reject.detail.isprintable()
        assert reject.device is None or reject.device.isprintable()
        assert reject.at is None or reject.at.tzinfo is UTC
    if decoded.undecodable is None and not decoded.statuses:
        indexes = [reject.index for reject in decoded.rejects]
        assert len(set(indexes)) == len(indexes)
        assert len(decoded.readings) + len(decoded.rejects) > 0


def test_a_mistake_of_our_own_is_told_and_does_not_stop_the_consumer(caplog: pytest.LogCaptureFixture) -> None:
    def broken() -> Any:
        raise RuntimeError("the register is gone")

    with caplog.at_level(logging.ERROR):
        decoded = Decoder(broken).decode(Journaled(0, single()))

    assert undecodable(decoded) is Reason.WRONG_SHAPE
    assert "RuntimeError" in (decoded.undecodable.detail if decoded.undecodable else "")
    assert "decoder_failed" in caplog.messages


def test_without_a_register_nothing_is_said_of_a_delivery_and_so_nothing_is_refused() -> None:
    def starting() -> Register:
        raise Starting("the engine takes up the city's state")

    decoder = Decoder(starting)
    with pytest.raises(Starting):
        decoder.decode(Journaled(0, single()))
    with pytest.raises(Starting):
        decoder.bundle(0, Bundle((BATCH, "city/v1/x"), (b"{}", b"?"), ARRIVAL, Source.MQTT))
