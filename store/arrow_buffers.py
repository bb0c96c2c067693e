"""Columns of the compiled part (`native/`) as Arrow arrays: their buffers are wrapped, not copied."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from domain.kind import ValueType
from store.telemetry.columns import listed

if TYPE_CHECKING:
    from quanyan_native import Buffers, Columns


def maker(types: Mapping[str, Mapping[str, ValueType]]) -> "Columns":
    """Return what makes columns of plain readings. `types`: the metrics of each kind.

    Raises:
        ImportError: the compiled part was not built.
    """
    from quanyan_native import Columns

    return Columns(listed(types))


def array(type_: pa.DataType, rows: int, buffers: "Buffers | None") -> Any:
    """Return the array of a column; all null if no reading fills it."""
    if buffers is None:
        return pa.nulls(rows, type_)
    first, values = (None if b is None else pa.py_buffer(b) for b in buffers)
    of_texts = [None, first, values]  # where each ends, and all of them
    return pa.Array.from_buffers(type_, rows, of_texts if pa.types.is_string(type_) else [first, values])
