"""The topics of the MQTT contract, read and written. Pure and strict.

city/v1/{kind}/{district}/{device}/telemetry     one reading
city/v1/{kind}/{district}/{gateway}/batch        a gateway's readings of many devices of that kind
city/v1/{kind}/{district}/{gateway}/status       online | offline
"""

import re
from collections.abc import Iterable
from enum import StrEnum
from typing import Final, NamedTuple

from domain.delivery import TOPIC_ROOT
from domain.kinds import KINDS
from domain.remembered import Remembered


class Channel(StrEnum):
    """The last level of a topic: what its payload is."""

    TELEMETRY = "telemetry"
    BATCH = "batch"
    STATUS = "status"


class Topic(NamedTuple):
    """A topic taken apart. `device` is the gateway for batch and status; `district` is not trusted, only carried."""

    kind: str
    district: str
    device: str
    channel: Channel


SUBSCRIPTIONS: Final = tuple(f"{TOPIC_ROOT}/+/+/+/{channel.value}" for channel in Channel)
"""The filters that together match every topic of the contract."""

MAX_NAME: Final = 64
"""Characters of the id of a device or a gateway."""
_SEGMENT: Final = re.compile(rf"[\w.:@-]{{1,{MAX_NAME}}}")
_CHANNELS: Final = {channel.value: channel for channel in Channel}
_PREFIX: Final = f"{TOPIC_ROOT}/"
_LEVELS: Final = 4
_SENDER: Final = 4
"""Where the sender stands in a whole topic, from 0."""
_REMEMBERED: Final = 150_000


def parse(text: str) -> Topic:
    """Take a topic apart.

    Raises:
        ValueError: it is not one of the contract; the message says why.
    """
    levels = text.removeprefix(_PREFIX).split("/")
    if not text.startswith(_PREFIX) or len(levels) != _LEVELS:
        raise ValueError(f"expected {_PREFIX}kind/district/device/channel")
    kind, district, device, channel = levels
    if kind not in KINDS:
        raise ValueError(f"{_shown(kind)} is no kind of device")
    if channel not in _CHANNELS:
        raise ValueError(f"{_shown(channel)} is none of {', '.join(_CHANNELS)}")
    if not _SEGMENT.fullmatch(district):
        raise ValueError(f"{_shown(district)} cannot name a district")
    if not _SEGMENT.fullmatch(device):
        raise ValueError(f"{_shown(device)} cannot name a device")
    return Topic(kind, district, device, _CHANNELS[channel])


def format_topic(topic: Topic) -> str:
    """Write a topic: the inverse of `parse`."""
    return f"{_PREFIX}{topic.kind}/{topic.district}/{topic.device}/{topic.channel.value}"


def sender_of(topic: str) -> str:
    """Return who sent it by its topic, device or gateway; empty when it is none of the contract."""
    levels = topic.split("/", 6)
    return levels[_SENDER] if len(levels) == _SENDER + 2 and len(levels[_SENDER]) <= MAX_NAME else ""


def storable(topic: str) -> str:
    """Return a topic that every store can keep: no NUL and no half of a surrogate pair."""
    return topic.encode("utf-8", "backslashreplace").decode().replace("\0", "\\x00")


class TopicTexts:
    """The topics of a connection as texts that every store can keep; those seen lately are remembered."""

    def __init__(self) -> None:
        self._texts = Remembered(_text, _REMEMBERED)

    def of(self, topics: Iterable[bytes]) -> list[str]:
        """Return each topic as text; bytes that are no UTF-8 are written as escapes."""
        return list(map(self._texts.__getitem__, topics))


def _text(topic: bytes) -> str:
    text = topic.decode("utf-8", "backslashreplace")
    return storable(text) if "\0" in text else text


def _shown(text: str) -> str:
    return ascii(text[:40])
