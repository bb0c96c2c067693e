"""What happens to a message on its way from sender to broker: silence, repeats, overtaking, broken bytes. Pure."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from simulators.faults import ActiveFault, FaultKind, Faults
from simulators.noise import chance, key_of, unit
from simulators.wire import Channel, Message, Nature

GARBAGE: Final = (
    b"",
    b"\xff\xfe\x00\x9c",
    b'{"readings": [',
    b'{"device": "?", "at": "yesterday", "values": {"power": NaN}}',
    b"[" * 200,
    b'"a string"',
)
"""What a broken modem sends; each is refused for another reason."""
_REPEAT_AFTER_S: Final = 5.0


class Transport:
    """Applies the faults of senders to their messages, and counts what they cost."""

    def __init__(self, faults: Mapping[str, Faults]) -> None:
        """`faults` by sender."""
        self._faults = faults
        self._sent: Counter[str] = Counter()
        self.withheld: Counter[str] = Counter()
        """Readings that a silent gateway kept from being sent, by kind."""
        self.spoilt: Counter[str] = Counter()
        """Readings that were replaced by garbage, by kind."""

    def carry(self, message: Message) -> Iterator[Message]:
        """Yield what becomes of a message; each with the instant at which it leaves."""
        faults = [f for f in self._faults.get(message.sender, ()) if f.active(message.due)]
        if not faults:
            yield message
            return
        self._sent[message.sender] += 1
        number = self._sent[message.sender]
        if any(f.kind is FaultKind.SILENT_GATEWAY for f in faults):
            self.withheld[message.kind] += message.readings
            return
        yield from self._disturbed(message, [f for f in faults if chance(f.key, number, f.rate)], number)

    def _disturbed(self, message: Message, faults: list[ActiveFault], number: int) -> Iterator[Message]:
        for fault in faults:
            draw = unit(key_of(fault.key, "how"), number)
            if fault.kind is FaultKind.GARBAGE_PAYLOAD and message.channel is not Channel.STATUS:
                self.spoilt[message.kind] += message.readings
                payload = GARBAGE[int(draw * len(GARBAGE))]
                message = replace(message, payload=payload, readings=0, nature=Nature.GARBAGE)
            elif fault.kind is FaultKind.REORDERING:
                message = replace(message, due=round(message.due + draw * fault.seconds, 3))
            elif fault.kind is FaultKind.DUPLICATES:
                later = round(message.due + (fault.seconds or _REPEAT_AFTER_S), 3)
                yield replace(message, due=later, nature=Nature.REPEAT)
        yield message
