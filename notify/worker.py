"""The lanes together: started and stopped as one part, watched one by one."""

from collections.abc import Mapping, Sequence
from typing import Any

from notify.channel import Channel
from notify.lane import Desk, Lane


class NotifyWorker:
    """One lane for each channel, so that a slow vendor holds up nobody else."""

    def __init__(self, channels: Sequence[Channel], desk: Desk) -> None:
        """Prepare a lane for every channel."""
        self.lanes: tuple[Lane, ...] = tuple(Lane(channel, desk) for channel in channels)

    def start(self) -> None:
        """Start every lane."""
        for lane in self.lanes:
            lane.start()

    def stop(self, timeout: float = 20) -> None:
        """Stop every lane after the message in hand; bounded."""
        for lane in self.lanes:
            lane.stop(timeout)

    def replace(self, channels: Sequence[Channel], desk: Desk, timeout: float = 20) -> None:
        """Use other channels from now on. A lane that goes has told the message in hand before another begins.

        Two lanes of one name never run at once: what one has in the air, the other would tell again.
        """
        gone, self.lanes = self.lanes, ()
        for lane in gone:
            lane.stop(timeout)
        fresh = tuple(Lane(channel, desk, anew=True) for channel in channels)
        for lane in fresh:
            lane.start()
        self.lanes = fresh

    def alive(self) -> bool:
        """Return whether every lane runs."""
        return all(lane.alive() for lane in self.lanes)

    def wake(self) -> None:
        """Look at once whether something is due. May be called from any thread."""
        for lane in self.lanes:
            lane.wake()

    def status(self) -> Mapping[str, Mapping[str, Any]]:
        """Return how each channel is, plain JSON; no secret, no address."""
        return {lane.channel.name: _status(lane) for lane in self.lanes}


def _status(lane: Lane) -> Mapping[str, Any]:
    return {
        "alive": lane.alive(),
        "outcomes": {outcome.value: count for outcome, count in lane.outcomes.items()},
        "failures_in_a_row": lane.breaker.failures,
        "refusals_in_a_row": lane.refusals,
        "paused_until": None if lane.breaker.open_until is None else lane.breaker.open_until.isoformat(),
        "last_failure": lane.last_failure,
    }
