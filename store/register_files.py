"""The register from and to files: CSV, or GeoJSON with Points in WGS-84. Times are RFC 3339 with an offset.

A file has one row or feature for each version of a device: the columns that every device has, `valid_from` and
`valid_to` (both may be left out), and one column for each attribute of the kinds in it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from operator import attrgetter
from pathlib import Path
from typing import NamedTuple

from domain.device import Device
from domain.errors import ConfigError, Problem
from domain.ports import DeviceChange
from store.files.csv_table import read_table
from store.files.device_fields import COLUMNS, REQUIRED, read_change, read_device
from store.files.geojson import read_features
from store.files.register_text import to_csv, to_geojson
from store.files.text import contents

_NEVER = datetime.max.replace(tzinfo=UTC)
_GEOJSON = (".geojson", ".json")
_CSV = ".csv"


class _Located(NamedTuple):
    """A change, and the line of the file that asks for it."""

    line: int
    change: DeviceChange


def load_register(path: Path, default_from: datetime) -> Sequence[DeviceChange]:
    """Read a register file; its name ends in .csv, .geojson or .json.

    `default_from` (aware, UTC) is from when on a device is valid whose row does not say it.

    Raises:
        ConfigError: with every mistake of the file.
    """
    file = str(path)
    _check_name(path)
    read = _from_csv if path.suffix.lower() == _CSV else _from_geojson
    located, problems = read(contents(path), file, default_from)
    problems += _overlaps(located, file)
    if problems:
        raise ConfigError(sorted(problems, key=attrgetter("line")))
    return tuple(change for _, change in located)


def parse_device(fields: Mapping[str, object], file: str = "device") -> Device:
    """Read a device from a flat mapping with the names that register files have; `file` names it in problems.

    Numbers and truth values must be such, not texts. Null and blank texts mean: not given.

    Raises:
        ConfigError: with every mistake of the fields.
    """
    read = read_device(fields)
    if isinstance(read, Device):
        return read
    raise ConfigError([Problem(file, 0, fault.field, fault.reason) for fault in read])


def write_register(path: Path, changes: Iterable[DeviceChange]) -> None:
    """Write a register file that `load_register` reads back to the same; the old file stays until the new is whole.

    Raises:
        ConfigError: the name ends in none of .csv, .geojson, .json, or the file cannot be written.
    """
    _check_name(path)
    text = to_csv(changes) if path.suffix.lower() == _CSV else to_geojson(changes)
    part = path.with_name(f"{path.name}.part")
    try:
        part.write_text(text, encoding="utf-8", newline="")
        part.replace(path)
    except OSError as error:
        raise ConfigError([Problem(str(path), 0, "", f"cannot be written: {error.strerror}")]) from error


def _check_name(path: Path) -> None:
    if path.suffix.lower() not in (_CSV, *_GEOJSON):
        raise ConfigError([Problem(str(path), 0, "", "a register file is named .csv, .geojson or .json")])


def _from_csv(data: bytes, file: str, default_from: datetime) -> tuple[list[_Located], list[Problem]]:
    table = read_table(data, file, COLUMNS, REQUIRED)
    located, problems = _changes(table.rows, file, default_from)
    # what a missing column means for each row was said once, of the header
    told = [problem for problem in problems if problem.field not in table.missing]
    return located, [*table.problems, *told]


def _from_geojson(data: bytes, file: str, default_from: datetime) -> tuple[list[_Located], list[Problem]]:
    features, broken = read_features(data, file)
    located, problems = _changes(features, file, default_from)
    return located, [*broken, *problems]


def _changes(
    rows: Iterable[tuple[int, Mapping[str, object]]], file: str, default_from: datetime
) -> tuple[list[_Located], list[Problem]]:
    located: list[_Located] = []
    problems: list[Problem] = []
    for line, fields in rows:
        read = read_change(fields, default_from)
        if isinstance(read, DeviceChange):
            located.append(_Located(line, read))
        else:
            problems += (Problem(file, line, fault.field, fault.reason) for fault in read)
    return located, problems


def _overlaps(located: Iterable[_Located], file: str) -> Iterator[Problem]:
    """Yield where one device is said to be two things at one time, or of two kinds."""
    by_id: dict[str, list[_Located]] = {}
    for entry in located:
        by_id.setdefault(entry.change.device.id, []).append(entry)
    for entries in by_id.values():
        entries.sort(key=lambda entry: entry.change.valid_from)
        longest = entries[0]
        for entry in entries[1:]:
            yield from _clash(longest, entry, file)
            longest = max(longest, entry, key=_end)


def _clash(before: _Located, after: _Located, file: str) -> Iterator[Problem]:
    device, other = before.change.device, after.change.device
    first, second = sorted((before.line, after.line))
    if after.change.valid_from < _end(before):
        yield Problem(file, second, "id", f"{device.id} stands in line {first} already, for an overlapping time")
    if device.kind != other.kind:
        yield Problem(file, second, "kind", f"{device.id} is of another kind in line {first}; a kind never changes")


def _end(entry: _Located) -> datetime:
    return entry.change.valid_to or _NEVER
