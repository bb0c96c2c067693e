"""What a fleet or a replay has sent, so that a run can be reconciled with what arrived."""

from collections import Counter
from typing import Any

from simulators.wire import Message


class Account:
    """Counts messages by channel and readings by kind, each by nature. For one thread."""

    def __init__(self) -> None:
        """Nothing sent yet."""
        self._messages: Counter[tuple[str, str]] = Counter()
        self._readings: Counter[tuple[str, str]] = Counter()

    def add(self, message: Message) -> None:
        """Count one message with its readings."""
        self._messages[message.channel.value, message.nature.value] += 1
        self._readings[message.kind, message.nature.value] += message.readings

    @property
    def messages(self) -> int:
        """How many messages were counted."""
        return self._messages.total()

    def as_json(self) -> dict[str, Any]:
        """Return `{"messages": {channel: {nature: n}}, "readings": {kind: {nature: n}}}`."""
        return {"messages": _nested(self._messages), "readings": _nested(self._readings)}


def _nested(counts: Counter[tuple[str, str]]) -> dict[str, dict[str, int]]:
    nested: dict[str, dict[str, int]] = {}
    for (first, second), number in sorted(counts.items()):
        if number:
            nested.setdefault(first, {})[second] = number
    return nested
