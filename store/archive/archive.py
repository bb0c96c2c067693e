"""Parquet files by kind and day (UTC, of the event time). Safe against crashes at any instant; one writer.

A file appears whole or not at all (written aside, fsynced, renamed). Files may repeat readings: a batch that was cut
short by a crash comes again, and a device may send twice. Who reads takes each identity once, the highest revision,
and of that what arrived first, as the telemetry store judges too.
"""

import os
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from domain.errors import StoreUnavailable
from domain.instants import micros
from domain.kind import SensorKind
from domain.kinds import KINDS
from domain.reading import Reading
from rules.columnar.table import Table
from store.archive.schema import Row, reading_of, schema_of, table_of
from store.archive.unique import columns_of, unique
from store.telemetry.columns import Fitter, Misfit

PARTS: Final = 32
"""So many files of one day are made into one even before the day is over."""
SETTLED: Final = timedelta(hours=2)
"""A day that has been over for so long is made into one file."""
SLICE_ROWS: Final = 2_000_000
"""Readings that are sorted at once while files are joined."""
_DAY: Final = timedelta(days=1)
_READ_AGAIN: Final = 5
_DAYS_HELD: Final = 3
_THROUGH: Final = "through"


class ParquetArchive:
    """Implements `domain.ports.Archive` in a folder."""

    def __init__(self, folder: Path, kinds: Mapping[str, SensorKind] = KINDS) -> None:
        """Use `folder`, which is made when something is written."""
        self._folder = folder
        self._fitter = Fitter(kinds)
        self._read: dict[tuple[str, date], tuple[tuple[Path, ...], pa.Table]] = {}
        self._schemas = {name: schema_of(types) for name, types in self._fitter.types.items()}

    # -- writing ------------------------------------------------------------------------------------------------

    def write(self, rows: Sequence[Row]) -> int:
        """Keep readings durably, in new files named after the first delivery; return how many fit no archive.

        Repeating the call with the same first delivery replaces its files.

        Raises:
            StoreUnavailable: the disk is full or fails; the call may be repeated.
        """
        by_day: dict[tuple[str, date], list[Row]] = defaultdict(list)
        misfits = 0
        for offset, position, offered in rows:
            try:
                reading = self._fitter.fit(offered)
            except Misfit:
                misfits += 1  # the store refuses it too, so it is in the quarantine
                continue
            by_day[reading.kind, reading.at.astimezone(UTC).date()].append((offset, position, reading))
        name = f"part-{rows[0][0]:020}-{micros(rows[0][2].received):017}.parquet" if rows else ""
        try:
            for (kind, day), part in by_day.items():
                table = table_of(part, self._fitter.types[kind])
                _put(table, self._folder / kind / day.isoformat() / name)
        except OSError as error:
            raise StoreUnavailable(f"{self._folder}: {error}") from error
        return misfits

    def tidy(self, now: datetime, keep: timedelta | None = None) -> int:
        """Join the files of days that have many or are over; drop days older than `keep`. Return the files made.

        Raises:
            StoreUnavailable: the disk is full or fails; nothing is lost.
        """
        made = 0
        try:
            for kind in self._schemas:
                for day in self.days(kind):
                    folder, end = self._folder / kind / day.isoformat(), _midnight(day) + _DAY
                    if keep is not None and end < now - keep:
                        _drop(folder)
                        continue
                    parts = _files(folder)
                    if len(parts) >= PARTS or (len(parts) > 1 and now - end > SETTLED):
                        made += self._join(kind, day, parts)
        except OSError as error:
            raise StoreUnavailable(f"{self._folder}: {error}") from error
        return made

    def _join(self, kind: str, day: date, parts: Sequence[Path]) -> int:
        """Write what these files hold into as few as possible, then let go of them."""
        whole = ds.dataset([str(p) for p in parts], schema=self._schemas[kind])
        rows: int = whole.count_rows()
        slices = max(1, -(-rows // SLICE_ROWS))
        start, width = micros(_midnight(day)), micros(_midnight(day + _DAY)) - micros(_midnight(day))
        generation = 1 + max(_generation(p) for p in parts)
        for n in range(slices):
            first, end = start + width * n // slices, start + width * (n + 1) // slices
            at = pc.field("at")
            table = unique(whole.to_table(filter=(at >= first) & (at < end)), all_revisions=True)
            path = parts[0].with_name(f"day-{generation:06}-{n:02}.parquet")
            _put(table, path)
        for part in parts:
            part.unlink()
        return slices

    def complete(self, through: datetime) -> None:
        """Note that every reading that arrived until then is archived.

        Raises:
            StoreUnavailable: the disk is full or fails.
        """
        path = self._folder / _THROUGH
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            aside = path.with_suffix(".tmp")
            with aside.open("w", encoding="ascii") as file:
                file.write(through.isoformat())
                file.flush()
                os.fsync(file.fileno())
            aside.replace(path)
        except OSError as error:
            raise StoreUnavailable(f"{self._folder}: {error}") from error

    def through(self) -> datetime | None:
        """Return until when every reading that arrived is archived; None before the first."""
        try:
            return datetime.fromisoformat((self._folder / _THROUGH).read_text(encoding="ascii"))
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            raise StoreUnavailable(f"{self._folder / _THROUGH}: {error}") from error

    # -- reading ------------------------------------------------------------------------------------------------

    def days(self, kind: str) -> Sequence[date]:
        """Return the days (UTC) that have readings of a kind, in order."""
        folder = self._folder / kind
        return sorted(date.fromisoformat(d.name) for d in folder.glob("????-??-??"))

    def window(self, kind: str, start: datetime, end: datetime) -> Iterable[Reading]:
        """Yield the readings of a kind with start ≤ at < end, each identity once.

        Raises:
            StoreUnavailable: a file cannot be read.
        """
        types, at = self._fitter.types[kind], pc.field("at")
        for day in self._days_of(kind, start, end):
            table = self._day(kind, day).filter((at >= micros(start)) & (at < micros(end)))
            for batch in table.to_batches(max_chunksize=10_000):
                for row in batch.to_pylist():
                    yield reading_of(kind, row, types)

    def _day(self, kind: str, day: date) -> pa.Table:
        """Return a day's readings; the last few are remembered, as replays ask for one piece after the other."""
        files = tuple(_files(self._folder / kind / day.isoformat()))
        known = self._read.get((kind, day))
        if known is None or known[0] != files:
            table = unique(self._table(kind, [day], _midnight(day), _midnight(day + _DAY)))
            self._read.pop((kind, day), None)
            while len(self._read) >= _DAYS_HELD:
                self._read.pop(next(iter(self._read)), None)
            known = self._read[kind, day] = files, table
        return known[1]

    def columns(self, kind: str, start: datetime, end: datetime, metrics: Sequence[str]) -> Table:
        """Return the readings of a kind with start ≤ at < end as columns of these metrics, each identity once.

        Raises:
            StoreUnavailable: a file cannot be read.
        """
        names = ["device", "at", "received", "revision", "faults", "offset", "position", *metrics]
        table = self._table(kind, self._days_of(kind, start, end), start, end, names)
        return columns_of(unique(table), metrics)

    def _days_of(self, kind: str, start: datetime, end: datetime) -> list[date]:
        return [day for day in self.days(kind) if _midnight(day) < end and _midnight(day + _DAY) > start]

    def _table(
        self, kind: str, days: Sequence[date], start: datetime, end: datetime, names: Sequence[str] | None = None
    ) -> pa.Table:
        """Read files; when some are joined meanwhile, look again which there are."""
        at = pc.field("at")
        wanted = (at >= micros(start)) & (at < micros(end))
        for attempt in range(_READ_AGAIN):
            files = [str(p) for day in days for p in _files(self._folder / kind / day.isoformat())]
            try:
                found = ds.dataset(files, schema=self._schemas[kind])
                return found.to_table(columns=list(names) if names else None, filter=wanted)
            except FileNotFoundError as gone:
                if attempt + 1 == _READ_AGAIN:
                    raise StoreUnavailable(f"{self._folder}: {gone}") from gone
            except (OSError, pa.ArrowInvalid) as error:
                raise StoreUnavailable(f"{self._folder}: {error}") from error
        raise AssertionError(attempt)


def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.parquet")) if folder.is_dir() else []


def _generation(path: Path) -> int:
    """Return how often what a file holds was joined; a joined file never takes the name of one that it holds."""
    return int(path.name.split("-")[1]) if path.name.startswith("day-") else 0


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _put(table: pa.Table, path: Path) -> None:
    """Write a file so that it appears whole and durable, or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.tmp")
    try:
        with aside.open("wb") as file:
            pq.write_table(table, file, compression="zstd", compression_level=1, use_dictionary=["device", "faults"])
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)
    for folder in (path.parent, path.parent.parent):
        _sync(folder)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _drop(folder: Path) -> None:
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()
