"""The light-on rate over columns: lit and unknown lamps per scope and instant; as the indicator `light_on_rate`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import numpy as np

from domain.kinds import KINDS
from domain.scope import CITY, Scope, ScopeKind
from rules.columnar.kernel import Compute, Grid, Kernel, instants
from rules.columnar.newest import NOBODY, Newest
from rules.columnar.table import Bools, Floats, Ints, Table
from rules.columnar.versions import Versions
from rules.indicator import World
from rules.kept import Due
from rules.lighting.lamp import FLOOR_SHARE, NOMINAL_VOLTAGE, STANDBY_POWER, counts, is_landscape, rated_power
from rules.lighting.schedule import Duty, Rota, Schedule

_KIND: Final = KINDS["streetlight"]
_FRESH: Final = _KIND.freshness // timedelta.resolution
_METRICS: Final = ("power", "current", "voltage", "dim")


@dataclass(frozen=True, slots=True)
class Groups:
    """Lamps that share every kept scope and every duty."""

    of: Ints
    """By version of the register: its group."""
    scopes: Sequence[str]
    within: Ints
    """By group and scope: 1 where the group is part of it."""
    judged: Bools
    """By group: functional lamps in service."""
    rota: Ints
    rotas: Sequence[Rota]

    def on(self, due: Due) -> Bools:
        """Return which groups must be on."""
        duty = np.array([rota.duty(due.at) is Duty.ON for rota in self.rotas], dtype=np.bool_)
        return self.judged & duty[self.rota]

    def count(self, versions: Bools) -> Ints:
        """Return by group how many versions are flagged."""
        return np.bincount(self.of[versions], minlength=len(self.judged))


def _groups(versions: Versions, world: World) -> Groups:
    schedule = Schedule(world.lighting, world.place)
    rotas: dict[Rota, int] = {}
    known: dict[tuple[bool, int, tuple[str, str, str]], int] = {}
    of = []
    for device in versions.devices:
        rota = rotas.setdefault(schedule.rota(device), len(rotas))
        place = device.district, device.management_area, device.text("road_class")
        of.append(known.setdefault((counts(device) and not is_landscape(device), rota, place), len(known)))
    by_group = [_scopes(*place) for _, _, place in known]
    names = sorted({name for scopes in by_group for name in scopes})
    within = np.array([[name in scopes for name in names] for scopes in by_group], dtype=np.int64)
    return Groups(
        of=np.array(of, dtype=np.int64),
        scopes=names,
        within=within.reshape(len(known), len(names)),
        judged=np.array([judged for judged, _, _ in known], dtype=np.bool_),
        rota=np.array([rota for _, rota, _ in known], dtype=np.int64),
        rotas=list(rotas),
    )


def _scopes(district: str, area: str, road_class: str) -> set[str]:
    named = (
        (ScopeKind.DISTRICT, district),
        (ScopeKind.MANAGEMENT_AREA, area),
        (ScopeKind.ROAD_CLASS, road_class),
    )
    return {str(CITY), *(str(Scope(kind, ident)) for kind, ident in named if ident)}


def shines(table: Table, rows: Ints, rated: Floats) -> tuple[Bools, Bools]:
    """Return which of the readings show light and which are evidence at all; as `rules.lighting.lamp.glow_of`."""
    power, current = table.values["power"][rows], table.values["current"][rows]
    voltage, dim = table.values["voltage"][rows], table.values["dim"][rows]
    measured = ~np.isnan(power)
    share = FLOOR_SHARE * rated
    floor = np.maximum(STANDBY_POWER, np.where(np.isnan(dim), share, share * dim / 100))
    volts = np.where(np.isnan(voltage) | (voltage == 0), NOMINAL_VOLTAGE, voltage)
    watts = np.where(measured, power, current * volts)
    evidence = measured | ~np.isnan(current)
    return evidence & (watts > floor), evidence


def prepare(world: World) -> Compute:
    """Look the lamps up, who is on when, and in which scopes."""
    versions = Versions.of_kind(world.register, _KIND.name)
    groups = _groups(versions, world)
    rated = np.array([rated_power(device) for device in versions.devices], dtype=np.float64)
    working = versions.which(counts)

    def compute(dues: Sequence[Due], table: Table) -> Grid:
        newest, places = Newest(table), versions.places(table)
        shape = len(dues), len(groups.scopes)
        there, lit, known, expected = (np.zeros(shape, dtype=np.int64) for _ in range(4))
        for n, instant in enumerate(instants(dues)):
            held = versions.hold(int(instant))
            on = groups.on(dues[n])
            there[n] = groups.count(held) @ groups.within
            expected[n] = (groups.count(held) * on) @ groups.within
            row = newest.at(int(instant), _FRESH, places)[versions.of]
            heard = np.flatnonzero(held & working & (row != NOBODY))
            light, evidence = shines(table, row[heard], rated[heard])
            lit[n] = (_counted(groups, heard[light]) * on) @ groups.within
            known[n] = (_counted(groups, heard[evidence]) * on) @ groups.within
        value = np.where(expected > 0, 100 * lit / np.maximum(expected, 1), np.nan)
        good = np.ones(len(dues), dtype=np.bool_)
        return Grid(groups.scopes, there > 0, value, lit, expected, expected - known, good)

    return compute


def _counted(groups: Groups, versions: Ints) -> Ints:
    return np.bincount(groups.of[versions], minlength=len(groups.judged))


KERNEL: Final = Kernel(_KIND.name, _METRICS, _KIND.freshness, prepare)
