"""The load on one officer: alarms in regular intervals of 10 minutes, and the floods among them."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from rules.alarm_quality.limits import FLOOD_ABOVE, FLOOD_BELOW, INTERVAL_S

STEP: Final = timedelta(seconds=INTERVAL_S)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Interval:
    """Ten minutes. `officers` are on duty at its start; with nobody there the load is counted as if it were one."""

    start: datetime
    alarms: int
    officers: int

    @property
    def load(self) -> float:
        """Alarms for one officer (our choice: nobody on duty counts as one, and is told apart)."""
        return self.alarms / max(1, self.officers)


@dataclass(frozen=True, slots=True)
class Flood:
    """From the interval with more than 10 alarms for one officer to that with fewer than 5 (ISA-18.2 16.4.4)."""

    start: datetime
    end: datetime
    alarms: int
    peak: float
    """The highest load of one interval."""


def intervals(
    rung: Iterable[datetime], start: datetime, end: datetime, officers: Callable[[datetime], int]
) -> Sequence[Interval]:
    """Return the intervals that overlap [start, end) with the alarms that rang in them."""
    counts = Counter((at - _EPOCH) // STEP for at in rung)
    first, last = (start - _EPOCH) // STEP, -((_EPOCH - end) // STEP)
    found = []
    for number in range(first, last):
        begin = _EPOCH + number * STEP
        found.append(Interval(begin, counts[number], officers(begin)))
    return found


def floods(found: Sequence[Interval]) -> Sequence[Flood]:
    """Return the floods in intervals that follow each other. One that goes on at the end has that as its end."""
    running: list[Interval] = []
    done: list[Flood] = []
    for interval in found:
        if running and interval.load < FLOOD_BELOW:
            done.append(_flood(running, interval.start))
            running = []
        elif running or interval.load > FLOOD_ABOVE:
            running.append(interval)
    if running:
        done.append(_flood(running, running[-1].start + STEP))
    return done


def _flood(running: Sequence[Interval], end: datetime) -> Flood:
    return Flood(running[0].start, end, sum(i.alarms for i in running), max(i.load for i in running))
