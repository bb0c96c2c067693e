"""What every backend says alike of a reading: names of columns, instants as integers, types, and what never fits."""

import math
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

from domain.kind import SensorKind, Value, ValueType
from domain.reading import DeviceEvent, Phase, Reading
from domain.remembered import Remembered

RESERVED: Final = frozenset(
    {"device", "at", "time", "received", "seq", "revision", "content", "faults", "events", "backfill", "rev"}
)
"""Columns that belong to every reading; no metric may have such a name."""

SUPERSEDED: Final = "_superseded"
"""What is appended to a kind's name to get the table or measurement of replaced readings."""

_FIRST = datetime(1678, 1, 1, tzinfo=UTC)
_END = datetime(2262, 1, 1, tzinfo=UTC)
_INT64 = 2**63
_SHAPES: Final = 10_000
_QUICK: Final = {float: ValueType.FLOAT, bool: ValueType.BOOL}


def event_text(event: DeviceEvent) -> str:
    """Return an event as one text, `begin:lampFailure`."""
    return f"{event.phase}:{event.type}"


def event_of(text: str) -> DeviceEvent:
    """Read what `event_text` wrote."""
    phase, _, event = text.partition(":")
    return DeviceEvent(event, Phase(phase))


def listed(types: Mapping[str, Mapping[str, ValueType]]) -> dict[str, list[tuple[str, str]]]:
    """Return the metrics of each kind, in their order, as the compiled part (`native/`) takes them."""
    return {kind: [(name, type_.value) for name, type_ in metrics.items()] for kind, metrics in types.items()}


def typed(value: Value, type_: ValueType) -> Value:
    """Return a value that a backend handed back in the type of its metric."""
    return float(value) if type_ is ValueType.FLOAT else value


class Misfit(Exception):
    """No store will ever take this reading; the message says why."""


class Fitter:
    """Knows the metrics of all kinds, and makes readings fit them or says why they never will."""

    def __init__(self, kinds: Mapping[str, SensorKind]) -> None:
        """Raises `ValueError` when a metric is called like a column that every reading has."""
        self.types: Mapping[str, Mapping[str, ValueType]] = {
            name: {metric.name: metric.type for metric in kind.metrics} for name, kind in kinds.items()
        }
        for name, types in self.types.items():
            if taken := RESERVED & types.keys():
                raise ValueError(f"kind {name}: a metric may not be called {', '.join(sorted(taken))}")
        self._shapes: Remembered[tuple[Any, ...], bool] = Remembered(self._as_wanted, _SHAPES)

    def fit(self, reading: Reading) -> Reading:
        """Return the reading as every store can hold it: integers of a float metric become floats, -0.0 becomes 0.0.

        Raises:
            Misfit: no such kind or metric, a value of the wrong type or not finite, an integer beyond 64 bits, an
                instant outside the years 1678 to 2261 (64-bit nanoseconds), text that is no Unicode.
        """
        return reading if self._fits(reading) else self._fitted(reading)

    def _fits(self, reading: Reading) -> bool:
        """Return True only of a reading that is fit as it is: nearly every one, told by few looks at all its values."""
        if reading.faults or reading.events or reading.revision or not 0 <= (reading.seq or 0) < _INT64:
            return False
        values = reading.values
        said = values.values()
        return (
            self._shapes[(reading.kind, *values, *map(type, said))]
            and math.isfinite(sum(said))  # type: ignore[arg-type] # numbers, by their shape
            and not (0 in said and "-0.0" in map(repr, said))
            and _FIRST <= reading.at < _END
            and reading.device.isascii()
        )

    def _as_wanted(self, shape: tuple[Any, ...]) -> bool:
        """Return whether a kind, names and types of values are such that no value has to be looked at by itself."""
        half = len(shape) // 2
        wanted = self.types.get(shape[0])
        pairs = zip(shape[1 : half + 1], shape[half + 1 :], strict=True)
        return wanted is not None and all(
            type_ in _QUICK and wanted.get(name) is _QUICK[type_] for name, type_ in pairs
        )

    def _fitted(self, reading: Reading) -> Reading:
        types = self.types.get(reading.kind)
        if types is None:
            raise Misfit(f"kind: there is no kind {reading.kind!r}")
        if not _FIRST <= reading.at < _END:
            raise Misfit(f"at: {reading.at.isoformat()} is outside the years 1678 to 2261")
        _check_int("revision", reading.revision)
        _check_int("seq", reading.seq or 0)
        _check_text("device", reading.device)
        if reading.faults or reading.events:
            for text in (*reading.faults, *(event.type for event in reading.events)):
                _check_text("faults and events", text)
        changed = {n: float(value) + 0.0 for n, value in reading.values.items() if _changes(n, value, types.get(n))}
        return replace(reading, values={**reading.values, **changed}) if changed else reading


def _changes(name: str, value: Value, type_: ValueType | None) -> bool:
    """Return whether the value must be replaced by its float; runs for every value, hence no `match`."""
    if type_ is ValueType.FLOAT and isinstance(value, float):
        if not math.isfinite(value):
            raise Misfit(f"{name}: {value} is not finite")
        return not value and math.copysign(1, value) < 0
    if type_ is ValueType.BOOL and isinstance(value, bool):
        return False
    if type_ is None:
        raise Misfit(f"{name}: the kind has no such metric")
    if type_ is ValueType.TEXT and isinstance(value, str):
        _check_text(name, value)
        return False
    if type_ in (ValueType.FLOAT, ValueType.INT) and isinstance(value, int) and not isinstance(value, bool):
        _check_int(name, value)
        return type_ is ValueType.FLOAT
    raise Misfit(f"{name}: {value!r} is no {type_}")


def _check_int(name: str, number: int) -> None:
    if not -_INT64 <= number < _INT64:
        raise Misfit(f"{name}: {number} does not fit into 64 bits")


def _check_text(name: str, text: str) -> None:
    if text.isascii():
        return
    try:
        text.encode()
    except UnicodeEncodeError:
        raise Misfit(f"{name}: {text!r} is no Unicode text") from None
