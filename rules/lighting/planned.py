"""When a circuit is to be switched on and off in one night, by timetable and overrides."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from rules.lighting.schedule import Duty, Rota


@dataclass(frozen=True, slots=True)
class Planned:
    """The night of a rota. `on` and `off` are None when it is never to be on."""

    on: datetime | None
    off: datetime | None
    lit: timedelta
    """How long it is to be on."""
    judged: bool
    """False when an override forbids a judgement in some part of the night."""


def planned(rota: Rota, start: datetime, end: datetime) -> Planned:
    """Return the first switch-on and the last switch-off from noon to noon, start ≤ t < end."""
    inside = [edge for edge in rota.edges(start) if start < edge < end]
    on = off = None
    lit, judged = timedelta(0), True
    for begins, ends in pairwise([start, *inside, end]):
        duty = rota.duty(begins)
        judged = judged and duty is not Duty.NO_JUDGEMENT
        if duty is Duty.ON:
            on, off, lit = on or begins, ends, lit + (ends - begins)
    return Planned(on, off, lit, judged)
