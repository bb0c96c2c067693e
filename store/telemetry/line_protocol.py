"""Readings as InfluxDB line protocol. Pure.

One measurement per kind, the device as the only tag, every field of one type for ever: metrics by their `MetricSpec`,
`content`, `received` (microseconds since 1970), `seq` and `revision` integers, `faults` and `events` JSON texts,
`backfill` boolean. A field that says nothing is left out: revision 0, no seq, no faults, no events, no backfill.
Time stamps are microseconds. A record of a superseded reading carries its revision as second tag `rev`, since two
revisions of one instant would otherwise overwrite each other.
"""

import json
import re
from datetime import datetime
from functools import cache

from domain.instants import micros
from domain.kind import Value
from domain.reading import Reading
from domain.retention import SummaryRows
from store.telemetry.columns import SUPERSEDED, Misfit, event_text

PRECISION = "us"

_IN_NAMES = str.maketrans({",": r"\,", "=": r"\=", " ": r"\ "})
_IN_TEXT = str.maketrans({'"': r"\"", "\\": r"\\"})
_SPECIAL = re.compile("[,= ]")
_NO_TAG = re.compile(r"[\x00-\x1f\x7f]|\\$|^$")


def check_tag(device: str) -> None:
    """Raise `Misfit` for a device id that no tag can hold: empty, ending in a backslash, or with control characters.

    A line break in it would end the line, and the rest would be read as a reading of its own.
    """
    if _NO_TAG.search(device):
        raise Misfit(f"device: {device!r} cannot be the value of a tag")


def tag(device: str) -> str | None:
    """Return a device id as the value of a tag; None when no tag can hold it, or it is no Unicode text."""
    if _NO_TAG.search(device):
        return None
    try:
        device.encode()
    except UnicodeEncodeError:
        return None
    return escaped(device)


def line(reading: Reading, content: int) -> str:
    """Return the line of a reading. Its device must have passed `check_tag`; `content` is its digest."""
    return f"{escaped(reading.kind)},device={escaped(reading.device)} {_fields(reading, content)} {micros(reading.at)}"


def superseded_line(reading: Reading, content: int) -> str:
    """Return the line that records a reading which a revision replaces."""
    tags = f"device={escaped(reading.device)},rev={reading.revision}"
    return f"{escaped(reading.kind + SUPERSEDED)},{tags} {_fields(reading, content)} {micros(reading.at)}"


def summary_lines(measurement: str, start: datetime, rows: SummaryRows) -> list[str]:
    """Return the lines of summaries of one period; a part that says nothing is left out, a count never."""
    names = [f"{escaped(name)}=" for name in rows.columns]
    head, at = escaped(measurement), micros(start)
    lines = []
    for device, *said in zip(rows.devices, *rows.columns.values(), strict=True):
        told = ",".join([n + _value(v) for n, v in zip(names, said, strict=True) if v is not None])
        lines.append(f"{head},device={escaped(device)} {told} {at}")
    return lines


def fields(reading: Reading) -> frozenset[str]:
    """Return the names of the fields that the line of a reading has."""
    said = {
        "revision": reading.revision,
        "seq": reading.seq is not None,
        "faults": reading.faults,
        "events": reading.events,
        "backfill": reading.backfill,
    }
    return frozenset({"content", "received", *reading.values, *(name for name, value in said.items() if value)})


def _fields(reading: Reading, content: int) -> str:
    parts = [_field(name) + _value(value) for name, value in reading.values.items()]
    parts.append(f"content={content}i,received={micros(reading.received)}i")
    if reading.revision:
        parts.append(f"revision={reading.revision}i")
    if reading.seq is not None:
        parts.append(f"seq={reading.seq}i")
    if reading.faults:
        parts.append(f"faults={_text(json.dumps(reading.faults, ensure_ascii=False))}")
    if reading.events:
        parts.append(f"events={_text(json.dumps([event_text(e) for e in reading.events], ensure_ascii=False))}")
    if reading.backfill:
        parts.append("backfill=true")
    return ",".join(parts)


def _value(value: Value) -> str:
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return f"{value}i"
    return _text(value)


def _text(text: str) -> str:
    return f'"{text.translate(_IN_TEXT)}"'


def escaped(name: str) -> str:
    """Return a name of a measurement, tag or field as a line takes it."""
    return name.translate(_IN_NAMES) if _SPECIAL.search(name) else name


@cache
def _field(name: str) -> str:
    """Return a metric's name and the equals sign; there are only as many as the kinds have metrics."""
    return f"{escaped(name)}="
