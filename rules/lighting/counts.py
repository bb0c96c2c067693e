"""What lamps that share every scope and every duty add up to: live in a cell, or as they stood at a past instant."""

from collections import Counter

from domain.device import AssetState, Device
from domain.measure import Span
from domain.scope import Scope
from rules.lighting.lamp import is_landscape
from rules.lighting.places import places_of, scopes_of
from rules.lighting.schedule import Duty, Phase, Rota
from rules.lighting.tally import LampTally

CellKey = tuple[str, str, str, str, str, str, bool, Rota]


def cell_key(lamp: Device, rota: Rota) -> CellKey:
    """Return what a lamp shares with the others of its cell."""
    return (*places_of(lamp), is_landscape(lamp), rota)


class Counts:
    """Counters of the lamps of one `CellKey`."""

    __slots__ = ("asleep", "dark", "key", "lamps", "landscape", "lit", "rota", "synthetic")

    def __init__(self, key: CellKey) -> None:
        """Start without lamps."""
        self.key = key
        *_, self.landscape, self.rota = key
        self.lamps = 0
        """Lamps in service."""
        self.asleep: Counter[AssetState] = Counter()
        """How many are not in service, by state."""
        self.lit = 0
        self.dark = 0
        self.synthetic = 0

    @property
    def scopes(self) -> tuple[Scope, ...]:
        """The scopes that the cell is part of."""
        return scopes_of(self.key[:6])

    def span(self) -> Span | None:
        """Return the event times of the oldest and newest reading among the lit and dark lamps."""
        raise NotImplementedError

    def count(self, phase: Phase, into: LampTally) -> None:
        """Add the cell's lamps to a tally, as they count in a phase of its rota."""
        if self.landscape:
            self._count_landscape(phase, into)
            return
        into.maintenance += self.asleep[AssetState.MAINTENANCE]
        into.not_handed_over += self.asleep[AssetState.BUILT_NOT_HANDED_OVER]
        into.scrapped += self.asleep[AssetState.SCRAPPED]
        lamps = self.lamps
        on = phase.duty is Duty.ON
        if not self.rota.key.underpass:
            into.timetabled += lamps
            into.timetabled_on += lamps if on else 0
        if phase.duty is Duty.NO_JUDGEMENT:
            into.no_judgement += lamps
        elif not on:
            into.scheduled_off += lamps
            if phase.settled:
                into.off_judged += lamps
                into.off_lit += self.lit
                into.off_dark += self.dark
                into.off_synthetic += self.synthetic
        else:
            into.expected += lamps
            into.lit += self.lit
            into.dark += self.dark
            into.synthetic += self.synthetic
            into.unsettled += 0 if phase.settled else lamps
            into.seen(self.span())

    def _count_landscape(self, phase: Phase, into: LampTally) -> None:
        if phase.duty is Duty.ON:
            into.landscape_expected += self.lamps
            into.landscape_lit += self.lit
            into.landscape_dark += self.dark
