"""What gateways and cabinets say of themselves, on its way into the event log: each within its purse."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from app.events import instant
from app.throttle import Throttle
from domain.delivery import GatewayStatus
from domain.reading import Reading
from domain.record import EventType, NewEvent

GATEWAYS: Final = 50_000
"""A city has fewer: then the names are a stranger's, and the status of one more is not looked at."""


class SenderNews:
    """Knows what each gateway said last. Called by the engine, under its lock."""

    def __init__(self) -> None:
        """Know nothing."""
        self.gateways: dict[str, bool] = {}
        self._statuses, self._cabinets = Throttle(), Throttle()

    def status(self, status: GatewayStatus) -> list[NewEvent]:
        """Take what a gateway said; return what is to be told of it now."""
        gateway, known = status.gateway, self.gateways
        if known.get(gateway) == status.online or (gateway not in known and len(known) >= GATEWAYS):
            return []
        known[gateway] = status.online
        event = _status(gateway, status.at, online=status.online)
        return [event] if self._statuses.admits(gateway, event, status.at) else []

    def cabinet(self, reading: Reading, known: Reading | None, arrival: datetime) -> list[NewEvent]:
        """Return what is to be told of a cabinet: a reading that came before, or late, is no news."""
        if known is not None and reading.at <= known.at:
            return []
        said = [
            NewEvent(
                EventType.CABINET_EVENT,
                reading.at,
                {"device": reading.device, "type": event.type, "phase": event.phase.value},
            )
            for event in reading.events
        ]
        return [event for event in said if self._cabinets.admits(reading.device, event, arrival)]

    def due(self, now: datetime) -> list[NewEvent]:
        """Return what waited and may be told now."""
        return [*self._statuses.due(now), *self._cabinets.due(now)]

    @property
    def left_out(self) -> int:
        """How many events were never told, as a newer one of the same sender took their place."""
        return self._statuses.left_out + self._cabinets.left_out

    def dump(self) -> list[Any]:
        """Return the statuses that wait, plain JSON: alerts have not heard them either."""
        return [[name, instant(e.at), e.data["online"]] for name, e in self._statuses.waiting.items()]

    def restore(self, gateways: Mapping[str, bool], waiting: Sequence[Any]) -> None:
        """Take back what a snapshot kept."""
        self.gateways.update(gateways)
        self._statuses.restore({n: _status(n, datetime.fromisoformat(at), online=on) for n, at, on in waiting})


def _status(gateway: str, at: datetime, *, online: bool) -> NewEvent:
    return NewEvent(EventType.GATEWAY_STATUS, at, {"gateway": gateway, "online": online})
