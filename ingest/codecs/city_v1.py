"""The house format: JSON under `city/v1/`, single readings, gateway batches and gateway status."""

import re
from collections.abc import Sequence
from typing import Final

from pydantic_core import ValidationError, from_json

from domain.delivery import TOPIC_ROOT, Delivery, Reason, Reject
from ingest.codec import Codec, DecodeLimits, Opened, Route, Undecodable
from ingest.topics import Channel, Topic, parse
from ingest.wire import SHAPES, Shape, WireReading
from ingest.wire_errors import printable, reason_of, reject

_STRING: Final = re.compile(rb'"(?:[^"\\]|\\.)*+(?:"|\\?\Z)', re.DOTALL)
"""A string, or what is left of one at the end: it always matches, so that no payload makes the search quadratic."""
_BRACKET: Final = re.compile(rb"[\[\]{}]")
_STATUS: Final = {b"online": True, b"offline": False}


def open_delivery(delivery: Delivery, limits: DecodeLimits, brief: bool) -> Opened:  # noqa: FBT001 - of `Codec.open`
    """Take a delivery apart; `brief`: reasons will do. Raises `Undecodable`."""
    try:
        topic = parse(delivery.topic)
    except ValueError as error:
        raise Undecodable(Reason.BAD_TOPIC, str(error)) from None
    if topic.channel is Channel.STATUS:
        return Opened(topic.kind, status=(topic.device, _status(delivery.payload)))
    if topic.channel is Channel.TELEMETRY:
        return Opened(topic.kind, [_single(topic, delivery.payload, limits, brief=brief)], device=topic.device)
    return Opened(topic.kind, _batch(topic, delivery.payload, limits, brief=brief))


def route(text: str) -> Route | Reason | None:
    """Return how deliveries of a topic are validated as a whole; None for a status, a reason for none of ours."""
    try:
        topic = parse(text)
    except ValueError:
        return Reason.BAD_TOPIC
    shape = SHAPES[topic.kind]
    if topic.channel is Channel.TELEMETRY:
        return Route(topic.kind, topic.device, shape.lone, shape.wire)
    return Route(topic.kind, None, shape.many, shape.wire) if topic.channel is Channel.BATCH else None


def _status(payload: bytes) -> bool:
    if payload not in _STATUS:
        raise Undecodable(Reason.WRONG_SHAPE, "a status is `online` or `offline`, as plain text")
    return _STATUS[payload]


def _single(topic: Topic, payload: bytes, limits: DecodeLimits, *, brief: bool) -> WireReading | Reject:
    shape = SHAPES[topic.kind]
    try:
        return shape.one(payload)
    except ValidationError:
        parsed = _parse(payload, limits)
        if not isinstance(parsed, dict):
            raise Undecodable(Reason.WRONG_SHAPE, "a reading is a JSON object") from None
        return _item(shape, parsed, 0, brief=brief)


def _batch(topic: Topic, payload: bytes, limits: DecodeLimits, *, brief: bool) -> Sequence[WireReading | Reject]:
    shape = SHAPES[topic.kind]
    try:
        valid = shape.many(payload)  # nearly always: everything is valid, in one pass
    except ValidationError:
        raws = _readings(_parse(payload, limits))
        _check_count(len(raws), limits)
        return [_item(shape, raw, index, brief=brief) for index, raw in enumerate(raws)]
    _check_count(len(valid), limits)
    return valid


def _check_count(count: int, limits: DecodeLimits) -> None:
    if not count:
        raise Undecodable(Reason.EMPTY, "the batch holds no reading")
    if count > limits.batch_readings:
        raise Undecodable(Reason.TOO_LONG, f"{count} readings in a batch; at most {limits.batch_readings}")


def _readings(parsed: object) -> list[object]:
    if not isinstance(parsed, dict):
        raise Undecodable(Reason.WRONG_SHAPE, "a batch is a JSON object")
    if "readings" not in parsed:
        raise Undecodable(Reason.MISSING_FIELD, "readings: Field required")
    if unknown := sorted(parsed.keys() - {"readings"}):
        raise Undecodable(Reason.UNKNOWN_FIELD, f"{printable(unknown[0])}: not a field of a batch")
    readings = parsed["readings"]
    if not isinstance(readings, list):
        raise Undecodable(Reason.WRONG_SHAPE, "readings: a list of readings was expected")
    return readings


def _item(shape: Shape, raw: object, index: int, *, brief: bool) -> WireReading | Reject:
    try:
        return shape.one_parsed(raw)
    except ValidationError as error:
        return Reject(reason_of(error), "", index) if brief else reject(error, raw, index)


def _parse(payload: bytes, limits: DecodeLimits) -> object:
    """Parse what did not pass as a whole, with one reason for each way in which it can fail."""
    try:
        payload.decode()
    except UnicodeDecodeError as error:
        raise Undecodable(Reason.NOT_UTF8, f"byte {error.start} is not UTF-8") from None
    if _depth(payload) > limits.depth:
        raise Undecodable(Reason.TOO_DEEP, f"nested deeper than {limits.depth} levels")
    try:
        return from_json(payload)
    except ValueError as error:
        raise Undecodable(Reason.NOT_JSON, printable(str(error))) from None


def _depth(payload: bytes) -> int:
    deepest = level = 0
    for bracket in _BRACKET.findall(_STRING.sub(b"", payload)):
        level += 1 if bracket in b"[{" else -1
        deepest = max(deepest, level)
    return deepest


CODEC: Final = Codec("city/v1", f"{TOPIC_ROOT}/", open_delivery, route)
