"""Turn the body of a request into deliveries of the MQTT contract, so that HTTP and MQTT are one way in."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from api.problems import Refused, invalid
from domain.delivery import TOPIC_ROOT
from domain.kinds import KINDS
from domain.register import Register

GATEWAY: Final = "http"
"""The gateway that batches from HTTP name in their topic."""
MAX_READINGS: Final = 2000
"""Readings in one body; the decoder would let 5000 into a delivery."""
_NOWHERE: Final = "000000"
"""The district in the topic of devices that nobody knows: the topic must have one, nobody reads it."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """One delivery to be journaled. `places` maps a reading's index in it to that in the caller's body."""

    topic: str
    payload: bytes
    places: Mapping[int, int]


def parcels(body: bytes, register: Register) -> Sequence[Parcel]:
    """Cut a body into deliveries, one for each kind of device in it. The original bytes are kept where one suffices.

    Readings are not judged here: what is wrong with one is found by the decoder and goes to the quarantine.

    Raises:
        Refused: the body as a whole is no JSON object, or holds no list of readings.
    """
    document = _parse(body)
    if "readings" not in document:
        return [_single(body, document, register)]
    readings = _listed(document)
    groups = _by_kind(readings, register)
    parts = []
    for kind, indexes in groups.items():
        chosen = [readings[index] for index in indexes]
        payload = body if len(groups) == 1 else _write(chosen)
        parts.append(Parcel(_batch_topic(kind, chosen, register), payload, dict(enumerate(indexes))))
    return parts


def _parse(body: bytes) -> dict[str, Any]:
    try:
        document = json.loads(body.decode())
    except UnicodeDecodeError as error:
        raise Refused(400, f"The body is not UTF-8 (byte {error.start}).") from None
    except json.JSONDecodeError as error:
        raise Refused(400, f"The body is not JSON: {error.msg} at {error.pos}.") from None
    except (ValueError, RecursionError):  # a number of thousands of digits, or nested beyond all reason
        raise Refused(400, "The body is JSON that nobody can read.") from None
    if not isinstance(document, dict):
        raise invalid("body", "", 'must be one reading, or {"readings": […]}')
    return document


def _listed(document: Mapping[str, Any]) -> list[Any]:
    readings = document["readings"]
    if len(document) > 1:
        raise invalid("body", "readings", "stands alone in the body")
    if not isinstance(readings, list):
        raise invalid("body", "readings", "must be a list")
    if not 1 <= len(readings) <= MAX_READINGS:
        raise invalid("body", "readings", f"must hold 1 to {MAX_READINGS} readings, not {len(readings)}")
    return readings


def _single(body: bytes, reading: Mapping[str, Any], register: Register) -> Parcel:
    device = _device(reading)
    kind = register.kind_of(device)
    if kind is None:  # an unknown id may be no topic level, so it goes as a batch of one
        return Parcel(_batch_topic(_any_kind(), [], register), b'{"readings": [' + body + b"]}", {0: 0})
    topic = f"{TOPIC_ROOT}/{kind}/{_district(device, register)}/{device}/telemetry"
    return Parcel(topic, body, {0: 0})


def _by_kind(readings: Sequence[Any], register: Register) -> dict[str, list[int]]:
    kinds = [register.kind_of(_device(reading)) for reading in readings]
    known = Counter(kind for kind in kinds if kind is not None)
    # the decoder refuses unknown devices whatever their topic says: they go with the largest group
    stray = known.most_common(1)[0][0] if known else _any_kind()
    groups: dict[str, list[int]] = {}
    for index, kind in enumerate(kinds):
        groups.setdefault(kind or stray, []).append(index)
    return groups


def _device(reading: object) -> str:
    device = reading.get("device") if isinstance(reading, Mapping) else None
    return device if isinstance(device, str) else ""


def _batch_topic(kind: str, readings: Sequence[Any], register: Register) -> str:
    districts = (_district(device, register) for device in map(_device, readings) if device in register)
    return f"{TOPIC_ROOT}/{kind}/{next(districts, _NOWHERE)}/{GATEWAY}/batch"


def _district(device: str, register: Register) -> str:
    return register.timeline(device)[-1].device.district


def _any_kind() -> str:
    return next(iter(KINDS))


def _write(readings: Sequence[Any]) -> bytes:
    document = {"readings": readings}
    try:
        return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
    except UnicodeEncodeError:  # half a surrogate pair can only travel as an escape
        return json.dumps(document, separators=(",", ":")).encode()
