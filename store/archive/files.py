"""The files of the archive: written whole or not at all, named so that a joined one never replaces what it holds."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

import pyarrow as pa
import pyarrow.parquet as pq

GROUP_ROWS: Final = 131_072
"""Rows of a group: who reads some devices of a joined file passes over most of the groups."""


def files(folder: Path) -> list[Path]:
    """Return the files of a day, in order."""
    return sorted(folder.glob("*.parquet")) if folder.is_dir() else []


def generation(path: Path) -> int:
    """Return how often what a file holds was joined; a joined file never takes the name of one that it holds."""
    return int(path.name.split("-")[1]) if path.name.startswith("day-") else 0


def put(table: pa.Table, path: Path) -> None:
    """Write a file so that it appears whole and durable, or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path) as file:
        pq.write_table(
            table,
            file,
            compression="zstd",
            compression_level=1,
            row_group_size=GROUP_ROWS,
            use_dictionary=["device", "faults"],
        )
    _sync(path.parent.parent)  # the day's folder may be new as well


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """Yield a file aside that takes the place of another at the end, durable; of one that fails nothing is left."""
    aside = path.with_name(f".{path.name}.tmp")
    try:
        with aside.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)
    _sync(path.parent)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def drop(folder: Path) -> None:
    """Remove a day with all that lies there."""
    for path in folder.iterdir():
        path.unlink(missing_ok=True)
    folder.rmdir()
