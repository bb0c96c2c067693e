"""GB 3838 over columns: the class (1…6) of whole arrays of raw values; 0 is what has none."""

from collections.abc import Mapping
from typing import Final

import numpy as np

from rules.columnar.table import Floats, Ints
from rules.standards.gb3838 import AUTO5, ITEMS, REQUIRED, WORSE_THAN_V, Body, Bound

NO_CLASS: Final = 0


def item_class(key: str, values: Floats, body: Body) -> Ints:
    """Return the class of one item, `NO_CLASS` for NaN and for items without limits; as the scalar `item_class`."""
    item = ITEMS[key]
    limits = np.array(item.limits(body).raw)
    if not len(limits):
        return np.full(len(values), NO_CLASS)
    if item.bound is Bound.RANGE:
        found = np.where((values >= limits[0]) & (values <= limits[1]), 1, WORSE_THAN_V)
    elif item.bound is Bound.AT_LEAST:
        found = 1 + np.searchsorted(-limits, -values, side="left")
    else:
        found = 1 + np.searchsorted(limits, values, side="left")
    return np.where(np.isnan(values), NO_CLASS, found)


def section_class(values: Mapping[str, Floats], body: Body) -> Ints:
    """Return the class by the worst of the automatic items, `NO_CLASS` where a required one is missing."""
    by_item = {key: item_class(key, values[key], body) for key in AUTO5}
    missing = np.any([by_item[key] == NO_CLASS for key in REQUIRED], axis=0)
    return np.where(missing, NO_CLASS, np.max(list(by_item.values()), axis=0))
