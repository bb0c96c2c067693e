"""Plain readings as columns by the compiled part (`native/`): the tables that `store.archive.schema.table_of` makes."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import pyarrow as pa

from domain.kind import ValueType
from store.archive.schema import Row, schema_of
from store.arrow_buffers import array, maker

if TYPE_CHECKING:
    from quanyan_native import Buffers

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC).date()
_DAY_HOURS: Final = 24


class Part(NamedTuple):
    """Readings of one kind and day (UTC), and the hours of the day that they are of."""

    kind: str
    day: date
    hours: frozenset[int]
    table: pa.Table


class Compiled:
    """Makes tables of plain readings of all kinds."""

    def __init__(self, types: Mapping[str, Mapping[str, ValueType]]) -> None:
        """`types`: the metrics of each kind. Raises `ImportError` where the compiled part was not built."""
        self._columns = maker(types)
        self._schemas = {kind: schema_of(metrics) for kind, metrics in types.items()}

    def parts(self, rows: Sequence[Row]) -> tuple[Iterator[Part], list[Row]]:
        """Return plain readings by kind and day, and the rows of all others."""
        found, rest = self._columns.parts(list(rows))
        return (self._part(*part) for part in found), rest

    def _part(self, kind: str, days: int, hours: int, rows: int, told: "Mapping[str, Buffers | None]") -> Part:
        columns = [_array(field.type, rows, told.get(field.name), field.name) for field in self._schemas[kind]]
        during = frozenset(hour for hour in range(_DAY_HOURS) if hours >> hour & 1)
        return Part(kind, _EPOCH + timedelta(days=days), during, pa.table(columns, schema=self._schemas[kind]))


def _array(type_: pa.DataType, rows: int, buffers: "Buffers | None", name: str) -> Any:
    return pa.repeat(pa.scalar(_PLAIN[name], type_), rows) if name in _PLAIN else array(type_, rows, buffers)


_PLAIN: Final[Mapping[str, object]] = {"revision": 0, "faults": "", "events": "", "backfill": False}
"""What a plain reading says there."""
