"""Plain readings written by templates: no faults, no events, revision 0, every value as its metric wants it.

Nearly every reading is plain. What is said of each value, its `repr`, goes into the digest of the content and into the
line alike, so it is made once. Whatever is not plain is left to `Fitter`, `Reading.content` and `line_protocol`, whose
answers these equal. Pure.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from hashlib import blake2b
from math import isfinite
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from domain.instants import micros
from domain.kind import ValueType
from domain.native import COMPILED
from domain.reading import Reading
from domain.remembered import Remembered
from store.telemetry.columns import listed
from store.telemetry.line_protocol import escaped, tag

if TYPE_CHECKING:
    from quanyan_native import Lines

_TYPES: Final = {float: ValueType.FLOAT, bool: ValueType.BOOL, int: ValueType.INT}
_FIRST, _END = datetime(1678, 1, 1, tzinfo=UTC), datetime(2262, 1, 1, tzinfo=UTC)
_INT64: Final = 2**63
_PLANS: Final = 10_000
_DEVICES: Final = 1_000_000
"""Devices of the register only get here: it is never more than there are."""
_NEVER: Final = datetime.min.replace(tzinfo=UTC)


Plain = tuple[int, str]
"""Of a plain reading the digest of its content, and its line."""


class _Plan(NamedTuple):
    """How readings with the same names and types of values, in the same order, are written."""

    content: str
    """Template of what is digested; `order` puts the values into it."""
    order: Callable[[Sequence[str]], tuple[str, ...]]
    line: str
    line_without_seq: str
    bools: tuple[int, ...]
    ints: tuple[int, ...]


class Templates:
    """Writes plain readings of all kinds. Remembers a bounded number of templates and tags."""

    def __init__(self, types: Mapping[str, Mapping[str, ValueType]], devices: int = _DEVICES) -> None:
        """`types`: the metrics of each kind; the tags of so many devices are always remembered."""
        self._types = types
        self._plans: Remembered[tuple[Any, ...], _Plan | None] = Remembered(self._planned, _PLANS)
        self._tags: Remembered[str, str | None] = Remembered(tag, devices)
        self._received, self._received_us = _NEVER, 0
        self.compiled = _compiled(types) if COMPILED else None
        """Writes most of them, where it was built."""

    @property
    def held(self) -> int:
        """How many templates and tags are held."""
        return self._plans.held + self._tags.held

    def plains(self, readings: Sequence[Reading]) -> list[Plain | None]:
        """Return how each reading is written; None of those that are not plain. Compiled, where it can be."""
        if self.compiled is None:
            return list(map(self.plain, readings))
        found = self.compiled.plains(list(readings))
        for n, plain in enumerate(found):
            if plain is None:
                found[n] = self.plain(readings[n])
        return found

    def plain(self, reading: Reading) -> Plain | None:
        """Return how a reading is written; None when it is not plain."""
        if reading.faults or reading.events or reading.revision or reading.backfill:
            return None
        values = reading.values
        said = tuple(values.values())
        shape = reading.kind, *values, *map(type, said)
        plan, device = self._plans[shape], self._tags[reading.device]
        if plan is None or device is None or not _held(reading, said, plan.ints):
            return None
        texts = list(map(repr, said))
        if "-0.0" in texts:
            return None
        digest = blake2b((plan.content % plan.order(texts)).encode(), digest_size=8).digest()
        content = int.from_bytes(digest, "big", signed=True)
        for n in plan.bools:
            texts[n] = "true" if said[n] else "false"
        if reading.received is not self._received:
            self._received, self._received_us = reading.received, micros(reading.received)
        at = micros(reading.at)
        if reading.seq is None:
            return content, plan.line_without_seq % (device, *texts, content, self._received_us, at)
        return content, plan.line % (device, *texts, content, self._received_us, reading.seq, at)

    def _planned(self, shape: tuple[Any, ...]) -> _Plan | None:
        kind, said, half = shape[0], shape[1:], len(shape) // 2
        wanted, names, found = self._types.get(kind, {}), said[:half], said[half:]
        as_wanted = all(t in _TYPES and wanted.get(n) is _TYPES[t] for n, t in zip(names, found, strict=True))
        return _plan(kind, names, found) if names and as_wanted else None


def _compiled(types: Mapping[str, Mapping[str, ValueType]]) -> "Lines":
    from quanyan_native import Lines

    return Lines(listed(types))


def _held(reading: Reading, said: Sequence[Any], ints: Sequence[int]) -> bool:
    """Return whether every store can hold the numbers and the instant."""
    for n in ints:
        if not -_INT64 <= said[n] < _INT64:
            return False
    return (
        isfinite(sum(said)) and _FIRST <= reading.at < _END and (reading.seq is None or -_INT64 <= reading.seq < _INT64)
    )


def _plan(kind: str, names: Sequence[str], types: Sequence[type]) -> _Plan:
    ranked = sorted(range(len(names)), key=names.__getitem__)
    said = ", ".join(f"({_literal(repr(names[n]))}, %s)" for n in ranked)
    fields = ",".join(
        f"{_literal(escaped(name))}=%s{'i' if type_ is int else ''}" for name, type_ in zip(names, types, strict=True)
    )
    head = f"{_literal(escaped(kind))},device=%s {fields},content=%di,received=%di"
    return _Plan(
        content=f"([{said}], [], [])",
        order=itemgetter(*ranked) if len(ranked) > 1 else tuple,
        line=f"{head},seq=%di %d",
        line_without_seq=f"{head} %d",
        bools=tuple(n for n, type_ in enumerate(types) if type_ is bool),
        ints=tuple(n for n, type_ in enumerate(types) if type_ is int),
    )


def _literal(text: str) -> str:
    return text.replace("%", "%%")
