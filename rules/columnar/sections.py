"""The class of each section and the compliance of sets of them, over columns; by the newest fresh reading."""

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Final

import numpy as np

from domain.device import Device
from domain.kinds import KINDS
from domain.scope import Scope, ScopeKind
from rules.columnar.gb3838 import NO_CLASS, section_class
from rules.columnar.kernel import Compute, Grid, Kernel, instants
from rules.columnar.newest import NOBODY, Newest
from rules.columnar.table import Bools, Ints, Table
from rules.columnar.versions import Versions
from rules.indicator import World
from rules.indicators.section_compliance import INDICATOR as COMPLIANCE_INDICATOR
from rules.kept import Due
from rules.standards.gb3838 import AUTO5, Body
from rules.water.outcome import Outcome
from rules.water.roster import scopes_of
from rules.water.samples import INVALIDATING

_KIND: Final = KINDS["river_section"]
_FRESH: Final = _KIND.freshness // timedelta.resolution


def _classes(versions: Versions, table: Table, now: Ints) -> Ints:
    """Return the class by due instant and version of the register, as its body of water asks; held or not."""
    newest, places = Newest(table), versions.places(table)
    rows = np.stack([newest.at(int(instant), _FRESH, places) for instant in now])
    found = np.full(rows.shape, NO_CLASS)
    asked = rows != NOBODY
    picked = rows[asked]
    picked_values = {item: table.values[item][picked] for item in AUTO5}
    good = ~table.faulty(INVALIDATING)[picked]
    lakes = versions.which(lambda device: _body(device) is Body.LAKE)
    by_version = np.empty((len(now), len(versions.devices)), dtype=np.int64)
    for body, of_it in ((Body.RIVER, ~lakes), (Body.LAKE, lakes)):
        if of_it.any():
            found[asked] = np.where(good, section_class(picked_values, body), NO_CLASS)
            by_version[:, of_it] = found[:, versions.of[of_it]]
    return by_version


def _body(device: Device) -> Body:
    return Body(device.text("body_type", Body.RIVER.value))


def prepare_class(world: World) -> Compute:
    """Look the sections up, for the indicator `section_class`."""
    versions = Versions.of_kind(world.register, _KIND.name)
    scopes = [str(Scope(ScopeKind.SECTION, name)) for name in versions.ids]

    def compute(dues: Sequence[Due], table: Table) -> Grid:
        now = instants(dues)
        held = np.stack([versions.hold(int(instant)) for instant in now])
        by_version = np.where(held, _classes(versions, table, now), NO_CLASS)
        found = np.zeros((len(now), len(scopes)), dtype=np.int64)
        there = np.zeros(found.shape, dtype=np.bool_)
        for n in range(len(now)):
            found[n, versions.of[held[n]]] = by_version[n, held[n]]
            there[n, versions.of[held[n]]] = True
        known = (found != NO_CLASS).astype(np.int64)
        value = np.where(found == NO_CLASS, np.nan, found.astype(np.float64))
        return Grid(scopes, there, value, known, np.ones_like(known), 1 - known, np.ones(len(now), dtype=np.bool_))

    return compute


def prepare_compliance(world: World) -> Compute:
    """Look the sections, their targets and scopes up, for the indicator `section_compliance`."""
    versions = Versions.of_kind(world.register, _KIND.name)
    rows = [Outcome(device, None) for device in versions.devices]
    judged = np.array([not row.excluded for row in rows], dtype=np.bool_)
    target = np.array([row.target or 0 for row in rows], dtype=np.int64)
    names, version, scope = _stands(versions, COMPLIANCE_INDICATOR.kept.scopes)

    def tally(flags: Bools) -> Ints:
        """Return by instant and scope how many versions are flagged."""
        return np.stack([np.bincount(scope[row[version]], minlength=len(names)) for row in flags])

    def compute(dues: Sequence[Due], table: Table) -> Grid:
        now = instants(dues)
        held = np.stack([versions.hold(int(instant)) for instant in now])
        found = _classes(versions, table, now)
        taking = held & judged
        compliant = tally(taking & (found != NO_CLASS) & (found <= target))
        whole, known = tally(taking), tally(taking & (found != NO_CLASS))
        value = np.where(whole > 0, 100 * compliant / np.maximum(whole, 1), np.nan)
        good = np.ones(len(now), dtype=np.bool_)
        return Grid(names, tally(held) > 0, value, compliant, whole, whole - known, good)

    return compute


def _stands(versions: Versions, kinds: Collection[ScopeKind]) -> tuple[list[str], Ints, Ints]:
    """Return the scopes, and pairs of a version and a scope that it stands in."""
    pairs = [(n, str(s)) for n, device in enumerate(versions.devices) for s in scopes_of(device) if s.kind in kinds]
    names = sorted({name for _, name in pairs})
    where = {name: n for n, name in enumerate(names)}
    version = np.array([n for n, _ in pairs], dtype=np.int64)
    return names, version, np.array([where[name] for _, name in pairs], dtype=np.int64)


CLASS: Final = Kernel(_KIND.name, AUTO5, _KIND.freshness, prepare_class)
COMPLIANCE: Final = Kernel(_KIND.name, AUTO5, _KIND.freshness, prepare_compliance)
