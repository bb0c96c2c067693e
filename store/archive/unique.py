"""Each identity once: the highest revision, and of that what arrived first; sorted by device and instant."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from rules.columnar.table import Table

IDENTITY: Final = ("device", "at", "received", "revision", "offset", "position")
"""The columns that decide which row counts."""


def cuts(devices: Sequence[str], parts: int) -> Iterator[pc.Expression | None]:
    """Yield conditions that cut rows by device into about so many parts, by a sample of them; None: all of them."""
    ordered = sorted(devices)
    firsts = sorted({ordered[len(ordered) * n // parts] for n in range(1, parts)}) if parts > 1 and ordered else []
    name = pc.field("device")
    if not firsts:
        yield None
        return
    yield name < firsts[0]
    for first, after in pairwise([*firsts, None]):
        yield name >= first if after is None else (name >= first) & (name < after)


def unique(table: pa.Table, *, all_revisions: bool = False) -> pa.Table:
    """Return the rows that count, in the order of device and instant; optionally what was revised, too."""
    if not table.num_rows:
        return table
    device, _ = _codes(table["device"])
    at, revision = _ints(table, "at"), _ints(table, "revision")
    order = _order(table, device, at, revision)
    if order is not None:
        table, device, at, revision = table.take(pa.array(order)), device[order], at[order], revision[order]
    first = np.ones(table.num_rows, dtype=np.bool_)
    same = (device[1:] == device[:-1]) & (at[1:] == at[:-1])
    if all_revisions:
        same &= revision[1:] == revision[:-1]
    first[1:] = ~same
    return table if first.all() else table.filter(pa.array(first))


def _order(
    table: pa.Table, device: npt.NDArray[np.int64], at: npt.NDArray[np.int64], revision: npt.NDArray[np.int64]
) -> npt.NDArray[np.int64] | None:
    """Return the order to bring the rows into; None when they are in it."""
    later = (device[1:] > device[:-1]) | ((device[1:] == device[:-1]) & (at[1:] > at[:-1]))
    if later.all():
        return None
    arrived = (_ints(table, "position"), _ints(table, "offset"), _ints(table, "received"))
    return np.lexsort((*arrived, -revision, at, device))


def columns_of(table: pa.Table, metrics: Sequence[str]) -> Table:
    """Return a table of unique rows as arrays."""
    device, devices = _codes(table["device"])
    fault, faults = _codes(table["faults"])
    values = {name: _floats(table[name]) for name in metrics}
    return Table(devices, device, _ints(table, "at"), values, [tuple(f.split(",")) if f else () for f in faults], fault)


def _codes(column: pa.ChunkedArray) -> tuple[npt.NDArray[np.int64], list[str]]:
    """Return the place of each text among the distinct ones, which are in order."""
    encoded = pc.dictionary_encode(column).combine_chunks()
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.chunk(0) if encoded.num_chunks else pa.array([], pa.string()).dictionary_encode()
    names: list[str] = encoded.dictionary.to_pylist()
    rank = np.argsort(np.argsort(np.array(names, dtype=object))) if names else np.array([], dtype=np.int64)
    codes = encoded.indices.to_numpy(zero_copy_only=False).astype(np.int64)
    return rank[codes].astype(np.int64), sorted(names)


def _ints(table: pa.Table, name: str) -> npt.NDArray[np.int64]:
    found: npt.NDArray[np.int64] = table[name].to_numpy()
    return found


def _floats(column: pa.ChunkedArray) -> npt.NDArray[np.float64]:
    found: npt.NDArray[np.float64] = pc.fill_null(column.cast(pa.float64()), float("nan")).to_numpy()
    return found
