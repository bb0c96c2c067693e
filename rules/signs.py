"""How each device stands, in one character: what a map shows of a hundred thousand of them."""

from collections.abc import Mapping
from datetime import datetime
from heapq import heappop, heappush
from itertools import compress, count
from operator import is_not
from typing import Final

from domain.device import AssetState
from domain.kinds import KINDS
from domain.lighting import LightingPlan
from domain.ports import Signs
from domain.reading import Reading
from domain.register import Register
from rules.indicator import World
from rules.lighting.lamp import Glow, glow
from rules.lighting.schedule import Duty, Rota, Schedule

LAMP: Final = "streetlight"


class SignBoard:
    """The signs of one kind, kept from question to question: a question costs what has changed since the last.

    The answer is that of a new board: it follows from the world, the newest readings and `now` alone. Not thread-safe.
    """

    def __init__(self, kind: str) -> None:
        """Look nothing up yet."""
        self._kind, self._freshness = kind, KINDS[kind].freshness
        self._known: tuple[Register, tuple[int, int], LightingPlan] | None = None
        self._now: datetime | None = None
        self._signs: Signs | None = None

    def at(self, world: World, readings: Mapping[str, Reading], now: datetime) -> Signs:
        """Return one character for each device at `now`, in the order of their ids, and since when they are so.

        `readings`: the newest of each device. At the instant of the last question the answer is the last one.
        """
        edition = world.register.edition(now, self._kind)
        before, known = self._known, (world.register, edition, world.lighting)
        same = before is not None and before[0] is known[0] and before[1] == edition and before[2] is known[2]
        if not same or self._now is None or now < self._now:
            self._known = known
            self._look_up(world, now)
        elif now == self._now and self._signs is not None:
            return self._signs
        self._now = now
        moved, last, version = self._mark(readings, now), self._signs, world.register.version
        if last is None or moved or not same:
            text = "".join(self._shown)
            if last is None or (text, version) != (last.signs, last.register_version):
                last = self._signs = Signs(version, text, now)
        return last

    def _look_up(self, world: World, now: datetime) -> None:
        """Find out anew which devices there are, and which lamps are on and off together."""
        self._devices = list(world.register.devices(now, self._kind))
        self._ids = [device.id for device in self._devices]
        self._seen: list[Reading | None] = [None] * len(self._ids)
        self._shown = ["u" if d.state is AssetState.IN_SERVICE else "x" for d in self._devices]
        self._ageing: list[tuple[datetime, int]] = []
        self._timed = bytearray(len(self._ids))
        """Whether a device is in `_ageing`: once each, by a reading of it that is its newest or was."""
        self._rotas: list[Rota] = []
        self._together: dict[Rota, list[int]] = {}
        self._duties: dict[Rota, Duty] = {}
        if self._kind == LAMP:
            schedule = Schedule(world.lighting, world.place)
            self._rotas = [schedule.rota(lamp) for lamp in self._devices]
            for number, rota in enumerate(self._rotas):
                self._together.setdefault(rota, []).append(number)

    def _mark(self, readings: Mapping[str, Reading], now: datetime) -> bool:
        """Look at what may have changed; return whether there was anything."""
        newest = list(map(readings.get, self._ids))
        moved = list(compress(count(), map(is_not, newest, self._seen)))
        self._seen = newest
        for number in moved:
            reading = newest[number]
            if reading is not None and not self._timed[number]:
                self._timed[number] = True
                heappush(self._ageing, (reading.at, number))
        moved += self._aged(now)
        for rota, lamps in self._together.items():
            duty = rota.duty(now)
            if self._duties.get(rota) is not duty:
                self._duties[rota] = duty
                moved += lamps
        for number in moved:
            self._shown[number] = self._sign(number, now)
        return bool(moved)

    def _aged(self, now: datetime) -> list[int]:
        """Return whose newest reading is no longer fresh."""
        found = []
        oldest = now - self._freshness
        while self._ageing and self._ageing[0][0] < oldest:
            number = heappop(self._ageing)[1]
            reading = self._seen[number]
            if reading is not None and reading.at >= oldest:  # it has spoken since
                heappush(self._ageing, (reading.at, number))
            else:
                self._timed[number] = False
                found.append(number)
        return found

    def _sign(self, number: int, now: datetime) -> str:
        device, reading = self._devices[number], self._seen[number]
        if device.state is not AssetState.IN_SERVICE:
            return "x"
        if reading is None or now - reading.at > self._freshness:
            return "u"
        return lamp_sign(glow(device, reading), self._duties[self._rotas[number]]) if self._rotas else "f"


def lamp_sign(shown: Glow | None, duty: Duty) -> str:
    """Return the character of a lamp in service with a fresh report."""
    if shown is None:
        return "u"
    if shown is Glow.LIT:
        return "b" if duty is Duty.OFF else "l"
    return "d" if duty is Duty.ON else "o"
