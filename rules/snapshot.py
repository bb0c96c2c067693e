"""A reading as a compact JSON row and back: what snapshots of the live state are made of."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from domain.reading import DeviceEvent, Phase, Reading

_DEFAULTS: Final[list[Any]] = [[], [], None, 0, False]
"""Faults, events, seq, revision, backfill: left out at the end of a row where they are these."""
_REQUIRED: Final = 5


def to_row(reading: Reading) -> list[Any]:
    """Return a reading as plain JSON values, exact to the microsecond."""
    row: list[Any] = [
        *(reading.device, reading.kind, reading.at.isoformat(), reading.received.isoformat(), dict(reading.values)),
        *(list(reading.faults), [[e.type, e.phase.value] for e in reading.events]),
        *(reading.seq, reading.revision, reading.backfill),
    ]
    while len(row) > _REQUIRED and row[-1] == _DEFAULTS[len(row) - _REQUIRED - 1]:
        row.pop()
    return row


def from_row(row: Sequence[Any]) -> Reading:
    """Return the reading of a row."""
    device, kind, at, received, values, *rest = row
    faults, events, seq, revision, backfill = [*rest, *_DEFAULTS[len(rest) :]]
    return Reading(
        device=device,
        kind=kind,
        at=datetime.fromisoformat(at),
        received=datetime.fromisoformat(received),
        values=values,
        faults=tuple(faults),
        events=tuple(DeviceEvent(type_, Phase(phase)) for type_, phase in events),
        seq=seq,
        revision=revision,
        backfill=backfill,
    )
