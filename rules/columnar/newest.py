"""The newest reading of each device at an instant, found in sorted columns without walking them."""

from typing import Final

import numpy as np

from rules.columnar.table import Ints, Table

NOBODY: Final = -1
_WIDEST: Final = 2**62


class Newest:
    """Looks up readings of a table by device and instant.

    Raises `ValueError` when so many devices are looked at over so long that it does not fit into 64 bits; no city has
    them: a million devices have 53 days.
    """

    def __init__(self, table: Table) -> None:
        """Make one key of device and instant, which rise together."""
        self._table = table
        self._first = int(table.at.min()) if len(table) else 0
        self._width = (int(table.at.max()) - self._first if len(table) else 0) + 2
        if self._width * (len(table.devices) + 1) >= _WIDEST:
            raise ValueError(f"{len(table.devices)} devices over {self._width} µs")
        self._keys = table.device * self._width + (table.at - self._first) + 1

    def at(self, instant: int, freshness: int, places: Ints) -> Ints:
        """Return the row of each device's newest reading that is at most `freshness` µs old, or `NOBODY`.

        `places` are those of the devices in the table, -1 for one that said nothing.
        """
        if not len(self._table):
            return np.full(len(places), NOBODY, dtype=np.int64)
        offset = min(max(instant - self._first, -1), self._width - 2)
        rows = np.searchsorted(self._keys, places * self._width + offset + 1, side="right") - 1
        safe = np.maximum(rows, 0)
        good = (places >= 0) & (rows >= 0) & (self._table.device[safe] == places)
        fresh = self._table.at[safe] >= instant - freshness
        return np.where(good & fresh, rows, NOBODY)
