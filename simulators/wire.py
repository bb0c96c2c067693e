"""Messages of the MQTT contract, as devices and gateways send them."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from enum import StrEnum
from typing import Any

from domain.delivery import TOPIC_ROOT
from domain.kind import Value


class Channel(StrEnum):
    """The last level of a topic."""

    TELEMETRY = "telemetry"
    BATCH = "batch"
    STATUS = "status"


class Nature(StrEnum):
    """Whether a message is what its device meant to say."""

    FRESH = "fresh"
    REPEAT = "repeat"
    """A copy of one sent before, byte by byte."""
    GARBAGE = "garbage"


@dataclass(frozen=True, slots=True)
class Message:
    """One message to publish with QoS 1. `due` is the instant at which it leaves its sender, s since 1970 UTC."""

    due: float
    topic: str
    payload: bytes
    channel: Channel
    kind: str
    sender: str
    """The gateway, or the device itself: one sender's messages travel in order."""
    readings: int = 0
    """How many readings the payload holds; none in a status or in garbage."""
    retain: bool = False
    nature: Nature = Nature.FRESH


def topic_of(kind: str, district: str, sender: str, channel: Channel) -> str:
    """Return a topic of the contract."""
    return f"{TOPIC_ROOT}/{kind}/{district}/{sender}/{channel.value}"


def reading_json(
    device: str,
    at: datetime,
    values: Mapping[str, Value],
    *,
    seq: int | None = None,
    faults: Iterable[str] = (),
    events: Iterable[Mapping[str, str]] = (),
    backfill: bool = False,
) -> dict[str, Any]:
    """Return one reading as the contract writes it; what is empty or false is left out. `at` must be aware."""
    reading: dict[str, Any] = {"device": device, "at": at.isoformat()}
    if seq is not None:
        reading["seq"] = seq
    reading["values"] = dict(values)
    if said := list(faults):
        reading["faults"] = said
    if happened := list(events):
        reading["events"] = happened
    if backfill:
        reading["backfill"] = True
    return reading


def encode(payload: Mapping[str, Any]) -> bytes:
    """Return compact JSON in UTF-8."""
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def instant(t: float, tz: tzinfo) -> datetime:
    """Return seconds since 1970 UTC as an aware datetime in `tz`, in whole milliseconds."""
    return datetime.fromtimestamp(round(t, 3), tz)
