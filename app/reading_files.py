"""Readings in files, cut into bodies for `POST /api/v1/readings`. Numbers stay as written; the border judges."""

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from domain.errors import ConfigError, Problem

READINGS_PER_CHUNK = 1000
BYTES_PER_CHUNK = 900_000
COLUMNS = {"device", "at", "seq", "revision", "backfill"}


@dataclass(frozen=True, slots=True)
class Chunk:
    """One request body, and the line in the file that each of its readings came from."""

    body: bytes
    lines: tuple[int, ...]


def read_chunks(file: Path) -> Iterator[Chunk]:
    """Yield the file's readings as request bodies, in order.

    Raises:
        ConfigError: the file cannot be read, is not UTF-8, or a line of it is no reading at all.
    """
    try:
        text = file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ConfigError([Problem(str(file), 0, "", error.strerror or "cannot be read")]) from None
    except UnicodeDecodeError as error:
        raise ConfigError([Problem(str(file), 0, "", f"is not UTF-8 (byte {error.start})")]) from None
    rows = _csv_rows(file, text) if file.suffix.lower() == ".csv" else _json_rows(file, text)
    pending: list[str] = []
    lines: list[int] = []
    size = 0
    for line, raw in rows:
        if pending and (len(pending) == READINGS_PER_CHUNK or size + len(raw) > BYTES_PER_CHUNK):
            yield _chunk(pending, lines)
            pending, lines, size = [], [], 0
        pending.append(raw)
        lines.append(line)
        size += len(raw.encode())
    if pending:
        yield _chunk(pending, lines)


def _chunk(pending: list[str], lines: list[int]) -> Chunk:
    return Chunk(f'{{"readings": [{", ".join(pending)}]}}'.encode(), tuple(lines))


def _json_rows(file: Path, text: str) -> Iterator[tuple[int, str]]:
    """One JSON document (a reading, a list, or {"readings": […]}), or one reading a line."""
    try:
        document = json.loads(text)
    except json.JSONDecodeError:
        yield from _ndjson_rows(file, text)
        return
    readings = document.get("readings", [document]) if isinstance(document, dict) else document
    if not isinstance(readings, list):
        raise ConfigError([Problem(str(file), 0, "readings", "is no list")])
    yield from ((0, json.dumps(reading, ensure_ascii=False)) for reading in readings)


def _ndjson_rows(file: Path, text: str) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip():
            try:
                json.loads(line)
            except json.JSONDecodeError as error:
                raise ConfigError([Problem(str(file), number, "", f"is no JSON: {error.msg}")]) from None
            yield number, line


def _csv_rows(file: Path, text: str) -> Iterator[tuple[int, str]]:
    """Columns device, at, optionally seq, revision and backfill; every other column is a metric; empty = absent."""
    rows = csv.DictReader(text.splitlines())
    missing = {"device", "at"} - set(rows.fieldnames or ())
    if missing:
        raise ConfigError([Problem(str(file), 1, name, "the column is missing") for name in sorted(missing)])
    for row in rows:
        if None in row or None in row.values():
            raise ConfigError(
                [Problem(str(file), rows.line_num, "", "the row has another number of cells than the head")]
            )
        reading: dict[str, object] = {"device": row["device"], "at": row["at"]}
        reading |= {k: _scalar(row[k]) for k in ("seq", "revision", "backfill") if row.get(k)}
        reading["values"] = {k: _scalar(v) for k, v in row.items() if k not in COLUMNS and v != ""}
        yield rows.line_num, json.dumps(reading, ensure_ascii=False)


def _scalar(cell: str) -> object:
    """A cell that is a JSON number or boolean is one; anything else is text."""
    try:
        value = json.loads(cell)
    except json.JSONDecodeError:
        return cell
    return value if isinstance(value, int | float) else cell
