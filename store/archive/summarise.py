"""Summaries of archived readings, computed by columns, a slice of devices at a time."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from domain.instants import micros
from domain.kind import ValueType
from domain.retention import READINGS, SummaryRows, column, parts, summary_types

DEVICES: Final = 5000
"""Devices of one batch of rows."""


def summarised(
    table: pa.Table, start: datetime, end: datetime, types: Mapping[str, ValueType]
) -> Iterator[SummaryRows]:
    """Yield the summaries of the readings with start ≤ at < end. The table is in the order of device and instant."""
    at = pc.field("at")
    chosen = table.filter((at >= micros(start)) & (at < micros(end)))
    wanted: list[tuple[Any, ...]] = [([], "count_all")]
    wanted += [(metric, part) for metric, type_ in types.items() for part in parts(type_)]
    # Not by several threads: `last` goes by the order of the rows.
    grouped = chosen.group_by("device", use_threads=False).aggregate(wanted)
    names = {"count_all": READINGS} | {f"{m}_{part}": column(m, part) for m, part in wanted[1:]}
    kept = summary_types(types)
    for first in range(0, grouped.num_rows, DEVICES):
        batch = grouped.slice(first, DEVICES)
        columns = {ours: _typed(batch[theirs], kept[ours]) for theirs, ours in names.items()}
        yield SummaryRows(batch["device"].to_pylist(), columns)


def _typed(values: pa.ChunkedArray, type_: ValueType) -> Sequence[Any]:
    """Return the values; the least of whole numbers is a whole number and is kept as every least is."""
    listed: list[Any] = (values.cast(pa.float64()) if type_ is ValueType.FLOAT else values).to_pylist()
    return listed
