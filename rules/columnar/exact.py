"""Decimals as scaled integers, so that sums, means and roundings are exact as the standards ask."""

from typing import Final

import numpy as np

from rules.columnar.table import Bools, Floats, Ints

SCALE: Final = 10_000
"""Values are held in ten-thousandths."""
LARGEST: Final = 100_000
"""No kind has a concentration beyond it; sums of what is below fit into 64 bits."""
NONE: Final = -1
"""Stands for what there is none of; every amount is 0 or more."""


def scaled(values: Floats) -> tuple[Ints, Bools]:
    """Return values in ten-thousandths, `NONE` for NaN, and which of the others are not exactly so.

    A decimal of at most four places is the float nearest to its ten-thousandths over 10,000, which is checked.
    """
    missing = np.isnan(values)
    fits = (values >= 0) & (values < LARGEST)  # False for NaN
    whole = np.rint(np.where(fits, values, 0.0) * SCALE).astype(np.int64)
    exact = fits & (whole / SCALE == values)
    return np.where(exact, whole, NONE), ~(exact | missing)


def half_even(total: Ints, parts: Ints) -> Ints:
    """Return total ÷ parts rounded half to even (GB/T 8170), in whole numbers; total ≥ 0, parts > 0."""
    quotient, rest = np.divmod(total, parts)
    up = (2 * rest > parts) | ((2 * rest == parts) & (quotient % 2 == 1))
    found: Ints = quotient + up
    return found
