"""What the indicators of a day of parking have in common: each is a view of the one board."""

from typing import Final

from typing_extensions import override

from domain.device import AssetState, Device
from domain.explanation import Input
from domain.measure import Span
from domain.scope import Scope
from rules.parking.board import BAY
from rules.parking.day_board import DayBoard
from rules.parking.day_tally import DayTally
from rules.shared_board import View

BITE: Final = 250
"""Bays that are worked out at once: some ten milliseconds."""


class DayView(View[DayBoard]):
    """A view of the last closed day."""

    def prepare(self) -> bool:
        """Work out the closed day of some bays more; return whether any is left."""
        return self.board.work_out(BITE)

    def tally(self, scope: Scope) -> DayTally:
        """Return the closed day of a scope."""
        return self.board.tally(scope)

    @property
    def covers(self) -> Span:
        """The closed day."""
        return Span(self.board.closed.start, self.board.closed.end)

    def inputs(self, scope: Scope) -> list[Input]:
        """Return the day of each device of a scope, or why it took no part."""
        then = {device.id: device for device in self.board.devices_then(scope)}
        now = {device.id: device for device in self.board.devices(scope)}
        found = [self.explained(device) for device in then.values()]
        found += [_not_then(device) for name, device in now.items() if name not in then]
        return sorted(found, key=lambda i: i.device)

    def explained(self, device: Device) -> Input:
        """Return the day of a device that was in service."""
        raise NotImplementedError


def _not_then(device: Device) -> Input:
    serving = device.state is AssetState.IN_SERVICE
    return Input(device.id, device.name, used=False, why="not_in_service_that_day" if serving else device.state.value)


class BayView(DayView):
    """A view of bays with sensors: counters of car parks tell no single parkings."""

    @override
    def explained(self, device: Device) -> Input:
        if device.kind != BAY:
            return Input(device.id, device.name, used=False, why="counters_tell_no_parkings")
        day = self.board.bay(device)
        says = {
            "parkings": day.parkings,
            "inferred": day.inferred,
            "stays": day.closed,
            "minutes": round(day.closed_us / 60e6, 2),
            "one_sided": day.one_sided,
        }
        return Input(device.id, device.name, used=day.heard, why="" if day.heard else "not_heard", says=says)
