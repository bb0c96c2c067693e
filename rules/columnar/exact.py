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
    with np.errstate(over="ignore"):  # what overflows is beyond the largest
        whole = np.rint(values * SCALE)
    exact = (whole / SCALE == values) & (values >= 0) & (values < LARGEST)  # False for NaN
    whole[~exact] = NONE
    return whole.astype(np.int64), ~(exact | np.isnan(values))


def half_even(total: Ints, parts: Ints | int) -> Ints:
    """Return total ÷ parts rounded half to even (GB/T 8170), in whole numbers; total ≥ 0, parts > 0."""
    quotient = total // parts  # far cheaper than divmod, above all where parts is one number
    rest = total - quotient * parts
    found: Ints = quotient + (2 * rest + (quotient & 1) > parts)
    return found
