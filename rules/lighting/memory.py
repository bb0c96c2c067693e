"""The last full hours of the city's lamps: what they showed at each, corrected by what comes late."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Final

from domain.kinds import KINDS
from domain.reading import Reading
from rules.indicator import Correction
from rules.lighting.cell import Cell
from rules.lighting.moment import FRESH, Moment, Roll
from rules.lighting.schedule import Phase, Rota

KEPT: Final = 24
"""Instants that are remembered. What comes later still is looked up in the stores."""
PART: Final = 4_000
"""Lamps that are taken in under one hold of the lock."""

_KIND: Final = KINDS["streetlight"].name
_END: Final = object()


class Memory:
    """Moments by instant. It is filled by whoever measures at them, and lost with the process."""

    def __init__(self, now: datetime) -> None:
        """Start without moments."""
        self.since = self.last = now
        """Every instant measured after `since` is remembered, the last one is `last`."""
        self._moments: dict[datetime, Moment] = {}
        self._roll: Roll | None = None
        self._work: Iterator[None] | None = None
        self._lost: list[Correction] = []

    def remember(
        self,
        now: datetime,
        register_version: int,
        cells: Iterable[Cell],
        phases: Mapping[Rota, Phase],
        latest: Mapping[str, Reading],
    ) -> bool:
        """Take in a part of what there is at `now`; return whether more is left. Nothing may move time meanwhile."""
        if self._work is None:
            if now <= self.last:
                return False
            roll = self._roll or Roll()
            self._work = self._build(Moment(now, register_version, phases, roll), roll, list(cells), latest)
        if next(self._work, _END) is not _END:
            return True
        self._work = None
        return False

    def _build(self, moment: Moment, roll: Roll, cells: list[Cell], latest: Mapping[str, Reading]) -> Iterator[None]:
        taken, enrol = 0, roll is not self._roll
        for cell in cells:
            if enrol:
                roll.add(cell)
            moment.add(cell, latest)
            taken += cell.lamps
            if taken >= PART:
                taken = 0
                yield
        self._roll, self.last = roll, moment.now
        self._moments[moment.now] = moment
        oldest = next(iter(self._moments.values()))
        if len(self._moments) > KEPT and not oldest.corrected:
            self._drop(oldest.now)

    def at(self, instant: datetime) -> Moment | None:
        """Return the moment of an instant, None when it is not remembered."""
        return self._moments.get(instant)

    def remembers(self, reading: Reading) -> bool:
        """Return whether every instant to which a reading may matter is remembered, or still to come."""
        return reading.at > self.since

    def correct(self, reading: Reading) -> None:
        """Take in a reading that is not later than the last moment."""
        if not self.remembers(reading):
            # whoever looks at the stores has to look at these instants, and at all that comes for them
            self._drop(reading.at + FRESH)
            return
        for instant in reversed(self._moments):
            if instant < reading.at:
                break
            self._moments[instant].correct(reading)

    def take_corrections(self) -> list[Correction]:
        """Return what may be measured otherwise since the last call, and forget that it may."""
        found, self._lost = self._lost, []
        for instant, moment in self._moments.items():
            if moment.corrected:
                found.append(Correction(_KIND, instant, *moment.take_correction()))
        return found

    def enrol(self) -> None:
        """Note that a lamp came, went or moved: what is remembered stays, what comes has other lamps."""
        self._roll = None

    def forget(self, now: datetime) -> None:
        """Forget every moment: in retrospect the lamps were others, or had other duties."""
        self._drop(now)
        self.since = self.last = now
        self._roll = self._work = None

    def _drop(self, through: datetime) -> None:
        for instant in [at for at in self._moments if at <= through]:
            moment = self._moments.pop(instant)
            self.since = instant
            if moment.corrected:
                self._lost.append(Correction(_KIND, instant, moment.take_correction()[0], None))
