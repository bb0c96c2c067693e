"""Lamps that share every scope and every duty, at the instants of the nights that are kept."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime

from domain.device import Device
from domain.scope import Scope
from rules.lighting.evidence import glow_of
from rules.lighting.lamp import DARK, LIT, counts, is_landscape
from rules.lighting.places import places_of, scopes_of
from rules.lighting.schedule import Duty, Rota, Schedule

GroupKey = tuple[str, ...]


def takes_part(lamp: Device) -> bool:
    """Return whether a lamp counts at all: functional and in service."""
    return counts(lamp) and not is_landscape(lamp)


def group_key(lamp: Device, *, alone: bool) -> GroupKey:
    """Return what a lamp shares with the others of its group. `alone`: an override names the lamp itself."""
    return (
        *places_of(lamp),
        lamp.text("timetable"),
        lamp.text("half_night"),
        "underpass" if lamp.flag("underpass") else "",
        lamp.id if alone else "",
    )


class Group:
    """Counters of one group. Lamps that the register does not change are counted once for all instants."""

    __slots__ = ("dark", "extra", "extra_made_up", "key", "lamps", "lit", "made_up", "of", "rota", "scopes")

    def __init__(self, key: GroupKey, of: Device, schedule: Schedule) -> None:
        """Start without lamps. `of` is any lamp of the group: they all have the same duties."""
        self.key = key
        self.of = of
        self.rota: Rota = schedule.rota(of)
        self.scopes: tuple[Scope, ...] = scopes_of(key[:6])
        self.lamps = 0
        self.made_up = 0
        self.extra: Counter[datetime] = Counter()
        """Lamps that are only at some instants in the group, by instant."""
        self.extra_made_up: Counter[datetime] = Counter()
        # these change with a reading, and a Counter is slow to be told
        self.lit: defaultdict[datetime, int] = defaultdict(int)
        self.dark: defaultdict[datetime, int] = defaultdict(int)

    @property
    def empty(self) -> bool:
        """Whether no lamp is in the group, at any instant."""
        return not self.lamps and not any(self.extra.values())

    def forget(self, instants: tuple[datetime, ...]) -> None:
        """Drop what was counted at instants that are kept no longer."""
        for counted in (self.extra, self.extra_made_up, self.lit, self.dark):
            for at in instants:
                counted.pop(at, None)


@dataclass(slots=True)
class Home:
    """Where a lamp counts, and what it would draw: 0.1 W."""

    group: Group
    rated: int
    made_up: bool

    def turn(self, at: datetime, before: int, after: int) -> bool:
        """Count the lamp at an instant by another code of evidence; return whether it shows something else by it."""
        was, shows = glow_of(before, self.rated), glow_of(after, self.rated)
        if was is shows:
            return False
        group = self.group
        group.lit[at] += (shows is LIT) - (was is LIT)
        group.dark[at] += (shows is DARK) - (was is DARK)
        return True


def must_be_on(rota: Rota, at: datetime, evening_full: tuple[datetime, datetime]) -> bool:
    """Return whether the lamps of a rota count at an instant: on by duty, and settled.

    Underpasses that burn day and night count in the night only, else they would weigh twice as much as other lamps
    (our choice). `evening_full`: switch-on and switch-off of their timetable's night.
    """
    phase = rota.phase(at)
    if phase.duty is not Duty.ON or not phase.settled:
        return False
    return not rota.key.underpass or evening_full[0] <= at < evening_full[1]
