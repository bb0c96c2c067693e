"""HJ 633 over columns: individual and whole indices of arrays of concentrations. `NONE` is what there is none of."""

from collections.abc import Mapping
from fractions import Fraction
from functools import cache

import numpy as np

from rules.columnar.exact import NONE, SCALE, half_even
from rules.columnar.table import Bools, Ints
from rules.standards import hj633
from rules.standards.hj633 import NO_PRIMARY, PUBLISHED_THOUGH_INCOMPLETE, Pollutant, Scale
from rules.standards.hj633_editions import Edition

Concentrations = Mapping[Scale, tuple[Ints, Bools]]
"""By scale: steps of 1 µg/m³ (CO 0.1 mg/m³), and where there are any."""


def steps(pollutant: Pollutant, total: Ints, parts: Ints | int) -> Ints:
    """Return means in the steps that a pollutant is rounded to: total ÷ parts (> 0), in ten-thousandths."""
    return half_even(total, parts * (SCALE // 10**pollutant.decimals))


@cache
def _indices(scale: Scale, edition: Edition) -> Ints:
    """Return the index of each concentration in steps, by the scalar rules, up to the first one beyond the table."""
    step = Fraction(1, 10**scale.pollutant.decimals)
    found = (hj633.iaqi(scale, n * step, edition) for n in range(hj633.breakpoints(scale, edition)[-1] + 2))
    return np.array([NONE if index is None else index for index in found], dtype=np.int64)


def iaqi(scale: Scale, value: Ints, edition: Edition) -> Ints:
    """Return the index of concentrations in steps, 0 and above; as `rules.standards.hj633.iaqi`."""
    indices = _indices(scale, edition)
    return indices[np.minimum(value, len(indices) - 1)]


def by_pollutant(said: Concentrations, edition: Edition) -> Ints:
    """Return the largest index of each pollutant, in the order of `Pollutant` along the first axis."""
    found: dict[Pollutant, Ints] = {}
    for scale, (value, there) in said.items():
        index = iaqi(scale, value, edition)
        index[~there] = NONE
        known = found.get(scale.pollutant)
        found[scale.pollutant] = index if known is None else np.maximum(index, known)
    return np.stack([found[p] for p in Pollutant])


def aqi(indices: Ints, edition: Edition) -> Ints:
    """Return the AQI of what `by_pollutant` gives; as the reports of the standard."""
    largest: Ints = indices.max(axis=0)
    if edition is Edition.Y2012:
        return largest
    incomplete = (indices == NONE).any(axis=0) & (largest <= PUBLISHED_THOUGH_INCOMPLETE)
    return np.where(incomplete, NONE, np.maximum(largest, 1))


def primaries(indices: Ints, value: Ints) -> Ints:
    """Return how many pollutants are primary: none up to 50, `NONE` without an AQI."""
    return np.where(value > NO_PRIMARY, (indices == value).sum(axis=0), np.where(value == NONE, NONE, 0))
