"""What one reading proves about one instant, in 32 bits: so the nights of a million lamps fit into plain arrays.

The greater of two codes is the one that counts: later by the full second, then of the higher revision, then the one
that shows more light. So codes may be put in in any order.
"""

from collections.abc import Mapping
from datetime import timedelta
from math import ceil
from typing import Any, Final

from domain.kinds import KINDS
from domain.reading import Reading
from rules.lighting.lamp import DARK, FLOOR_SHARE, LIT, NOMINAL_VOLTAGE, STANDBY_POWER, Glow

WINDOW: Final = KINDS["streetlight"].freshness
"""A reading says something about an instant up to so much later."""
NOTHING: Final = 0
"""The code of no reading at all."""
_REVISIONS: Final = 15
_NO_EVIDENCE: Final = 0
_DARK: Final = 1
_HIGHEST: Final = 0xFFFF
_NOISE: Final = 5e-7
"""A rated power that divides out above a whole tenth of a watt by less is that tenth: floats are not exact."""


def code(reading: Reading, since: timedelta) -> int:
    """Return the code of a reading that came so long after the instant's window began, at most `WINDOW`."""
    revision = reading.revision
    order = since.seconds + 1 << 20
    return order | _light(reading.values) | (min(revision, _REVISIONS) << 16 if revision else 0)


def tenths(rated_power: object) -> int:
    """Return a rated power (W) in tenths of a watt; 0 when the register does not say."""
    return round(rated_power * 10) if isinstance(rated_power, int | float) else 0


def glow_of(said: int, rated_tenths: int) -> Glow | None:
    """Return what a code shows of a lamp of a rated power; None when it is no evidence. As `lamp.glow` does."""
    light = said & _HIGHEST
    if light == _NO_EVIDENCE:
        return None
    return LIT if light > rated_tenths + 1 else DARK


def _light(values: Mapping[str, Any]) -> int:
    """Return 0: no evidence, 1: dark whatever the lamp, else 1 + the least rated power (0.1 W) that would be dark."""
    watts = values.get("power")
    if watts is None:
        current = values.get("current")
        if current is None:
            return _NO_EVIDENCE
        watts = current * (values.get("voltage") or NOMINAL_VOLTAGE)
    if watts <= STANDBY_POWER:
        return _DARK
    dim = values.get("dim")
    share = FLOOR_SHARE if dim is None else FLOOR_SHARE * dim / 100
    if 10 * watts >= share * (_HIGHEST - 1):
        return _HIGHEST
    least: int = 1 + ceil(10 * watts / share - _NOISE)
    return least
