"""The columns of the archive's files: what every reading has, and a typed column for each metric of its kind."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import pyarrow as pa

from domain.instants import instant_of, micros
from domain.kind import ValueType
from domain.reading import Reading
from store.telemetry.columns import event_of, event_text

_TYPES: Final = {
    ValueType.FLOAT: pa.float64(),
    ValueType.INT: pa.int64(),
    ValueType.BOOL: pa.bool_(),
    ValueType.TEXT: pa.string(),
}
_COMMON: Final = {
    "device": pa.string(),
    "at": pa.int64(),
    "received": pa.int64(),
    "seq": pa.int64(),
    "revision": pa.int64(),
    "faults": pa.string(),
    "events": pa.string(),
    "backfill": pa.bool_(),
    "offset": pa.int64(),
    "position": pa.int64(),
}
"""Instants are microseconds since 1970-01-01 UTC. `faults` and `events` are joined by commas, empty if there are none.
`offset` and `position` say where in the journal the reading stood."""

Row = tuple[int, int, Reading]
"""Offset of the delivery, position in it, and the reading."""


def schema_of(types: Mapping[str, ValueType]) -> pa.Schema:
    """Return the schema of a kind's files."""
    return pa.schema([*_COMMON.items(), *((name, _TYPES[type_]) for name, type_ in types.items())])


def table_of(rows: Sequence[Row], types: Mapping[str, ValueType]) -> pa.Table:
    """Return readings of one kind as a table."""
    offsets, positions, readings = zip(*rows, strict=True) if rows else ((), (), ())
    arrived: dict[datetime, int] = {r.received: 0 for r in readings}  # few: what came together has one arrival
    arrived = {at: micros(at) for at in arrived}
    said = {name for r in readings for name in r.values}
    columns: dict[str, Any] = {
        "device": [r.device for r in readings],
        "at": [micros(r.at) for r in readings],
        "received": [arrived[r.received] for r in readings],
        "seq": [r.seq for r in readings],
        "revision": [r.revision for r in readings],
        "faults": [",".join(sorted(r.faults)) if r.faults else "" for r in readings],
        "events": [",".join(map(event_text, r.events)) if r.events else "" for r in readings],
        "backfill": [r.backfill for r in readings],
        "offset": offsets,
        "position": positions,
        **{
            name: [r.values.get(name) for r in readings] if name in said else pa.nulls(len(rows), _TYPES[type_])
            for name, type_ in types.items()
        },
    }
    return pa.table(columns, schema=schema_of(types))


def reading_of(kind: str, row: Mapping[str, Any], types: Mapping[str, ValueType]) -> Reading:
    """Return the reading of a row."""
    return Reading(
        device=row["device"],
        kind=kind,
        at=instant_of(row["at"]),
        received=instant_of(row["received"]),
        values={name: row[name] for name in types if row[name] is not None},
        faults=tuple(row["faults"].split(",")) if row["faults"] else (),
        events=tuple(event_of(text) for text in row["events"].split(",")) if row["events"] else (),
        seq=row["seq"],
        revision=row["revision"],
        backfill=row["backfill"],
    )
