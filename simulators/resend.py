"""Gateways that can send again: each keeps what it meant to say for a while, and answers the questions of the backend.

Kept is what was measured, before anything happened to the message on its way: silence, garbage, a broker that lost it.
"""

import json
from collections import OrderedDict, deque
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

from simulators.wire import Channel, Message, Nature, encode

KEPT: Final = 20_000
"""Messages that all gateways of a fleet together keep, the newest (our choice)."""
_OF_ONE: Final = 64
RESEND: Final = "city/v1/+/+/+/resend"
"""The topics on which gateways are asked: {"device", "first", "last"} of `seq`."""


class Memory:
    """What was said, by sender. Not thread-safe."""

    def __init__(self, kept: int = KEPT) -> None:
        """Keep so many messages (0 = nothing is ever sent again); the senders that spoke longest ago forget first."""
        self._kept, self._count = kept, 0
        self._said: OrderedDict[str, deque[Message]] = OrderedDict()

    def keep(self, message: Message) -> None:
        """Remember what a sender said."""
        if not self._kept or message.channel is Channel.STATUS:
            return
        said = self._said.setdefault(message.sender, deque())
        said.append(message)
        self._said.move_to_end(message.sender)
        self._count += 1
        if len(said) > _OF_ONE:
            said.popleft()
            self._count -= 1
        while self._count > self._kept:
            _, forgotten = self._said.popitem(last=False)
            self._count -= len(forgotten)

    def answers(self, topic: str, payload: bytes, due: float) -> Iterator[Message]:
        """Yield what a gateway sends again when it is asked; nothing for what it no longer has, or cannot read."""
        try:
            asked = json.loads(payload)
            device, first, last = str(asked["device"]), int(asked["first"]), int(asked["last"])
        except (ValueError, KeyError, TypeError):
            return
        for message in list(self._said.get(topic.split("/")[4], ())):
            document: dict[str, Any] = json.loads(message.payload)
            single = message.channel is Channel.TELEMETRY
            readings = [document] if single else document["readings"]
            found = [
                r | {"backfill": True} for r in readings if r["device"] == device and first <= r.get("seq", -1) <= last
            ]
            if found:
                again = found[0] if single else {"readings": found}
                yield replace(message, due=due, payload=encode(again), readings=len(found), nature=Nature.REPEAT)
