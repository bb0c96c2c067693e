"""Parquet files by kind and day (UTC, of the event time). Safe against crashes at any instant; one writer.

A file appears whole or not at all (written aside, fsynced, renamed). Files may repeat readings: a batch that was cut
short by a crash comes again, and a device may send twice. Who reads takes each identity once, the highest revision,
and of that what arrived first, as the telemetry store judges too.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final, TypeVar

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds

from domain.errors import StoreUnavailable
from domain.instants import micros
from domain.kind import SensorKind
from domain.kinds import KINDS
from domain.native import COMPILED
from domain.reading import Reading
from rules.columnar.table import Table
from rules.retention import Marks
from store.archive.compiled import Compiled
from store.archive.due import Due
from store.archive.files import drop, files, generation, put, replacing
from store.archive.schema import Row, reading_of, schema_of, table_of
from store.archive.unique import IDENTITY, columns_of, cuts, unique
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
_EVERY: Final = 50
"""So many rows are passed over for one that says where the devices lie."""
T = TypeVar("T")


class ParquetArchive:
    """Implements `domain.ports.Archive` in a folder."""

    def __init__(self, folder: Path, kinds: Mapping[str, SensorKind] = KINDS) -> None:
        """Use `folder`, which is made when something is written."""
        self._folder = folder
        self._fitter = Fitter(kinds)
        self._read: dict[tuple[str, date], tuple[tuple[Path, ...], pa.Table]] = {}
        self.due = Due(folder)
        """Which hours have got readings since they were summarised."""
        self._gathered: dict[tuple[str, date], list[pa.Table]] = defaultdict(list)
        self._hours: dict[tuple[str, date], set[int]] = defaultdict(set)
        self._name = ""
        """What is gathered, the hours that it is of, and the name of the files that will hold it."""
        self._compiled = Compiled(self._fitter.types) if COMPILED else None
        self._schemas = {name: schema_of(types) for name, types in self._fitter.types.items()}

    # -- writing ------------------------------------------------------------------------------------------------

    def gather(self, rows: Sequence[Row]) -> int:
        """Hold readings as columns, a third of what they take as objects; return how many fit no archive."""
        parts, rest = (iter(()), rows) if self._compiled is None else self._compiled.parts(rows)
        for part in parts:
            self._gathered[part.kind, part.day].append(part.table)
            self._hours[part.kind, part.day].update(part.hours)
        misfits = self._gather_others(rest)
        if rows and not self._name:
            self._name = f"part-{rows[0][0]:020}-{micros(rows[0][2].received):017}.parquet"
        return misfits

    def _gather_others(self, rows: Sequence[Row]) -> int:
        by_day: dict[tuple[str, date], list[Row]] = defaultdict(list)
        misfits = 0
        fit = self._fitter.fit
        for offset, position, offered in rows:
            try:
                reading = fit(offered)
            except Misfit:
                misfits += 1  # the store refuses it too, so it is in the quarantine
                continue
            by_day[reading.kind, reading.at.astimezone(UTC).date()].append((offset, position, reading))
        for place, part in by_day.items():
            self._gathered[place].append(table_of(part, self._fitter.types[place[0]]))
            self._hours[place].update({reading.at.astimezone(UTC).hour for _, _, reading in part})
        return misfits

    def write(self) -> None:
        """Keep what was gathered durably, in new files named after the first delivery.

        Files of the same first delivery are replaced.

        Raises:
            StoreUnavailable: the disk is full or fails; the call may be repeated.
        """
        try:
            self.due.make_folder()
            for (kind, day), tables in self._gathered.items():
                put(pa.concat_tables(tables), self._folder / kind / day.isoformat() / self._name)
                self.due.note(kind, day, Marks(frozenset(self._hours[kind, day])))
        except OSError as error:
            raise StoreUnavailable(f"{self._folder}: {error}") from error
        self._gathered.clear()
        self._hours.clear()
        self._name = ""

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
                        drop(folder)
                        continue
                    parts = files(folder)
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
        joined = 1 + max(generation(p) for p in parts)
        for n in range(slices):
            first, end = start + width * n // slices, start + width * (n + 1) // slices
            at = pc.field("at")
            table = unique(whole.to_table(filter=(at >= first) & (at < end)), all_revisions=True)
            path = parts[0].with_name(f"day-{joined:06}-{n:02}.parquet")
            put(table, path)
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
            self.due.make_folder()
            with replacing(path) as file:
                file.write(through.isoformat().encode("ascii"))
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
        parts = tuple(files(self._folder / kind / day.isoformat()))
        known = self._read.get((kind, day))
        if known is None or known[0] != parts:
            table = unique(self._table(kind, [day], _midnight(day), _midnight(day + _DAY)))
            self._read.pop((kind, day), None)
            while len(self._read) >= _DAYS_HELD:
                self._read.pop(next(iter(self._read)), None)
            known = self._read[kind, day] = parts, table
        return known[1]

    def columns(self, kind: str, start: datetime, end: datetime, metrics: Sequence[str]) -> Table:
        """Return the readings of a kind with start ≤ at < end as columns of these metrics, each identity once.

        Raises:
            StoreUnavailable: a file cannot be read.
        """
        names = [*IDENTITY, "faults", *metrics]
        table = self._table(kind, self._days_of(kind, start, end), start, end, names)
        return columns_of(unique(table), metrics)

    def _days_of(self, kind: str, start: datetime, end: datetime) -> list[date]:
        return [day for day in self.days(kind) if _midnight(day) < end and _midnight(day + _DAY) > start]

    def slices(self, kind: str, start: datetime, end: datetime, names: Sequence[str], rows: int) -> Iterator[pa.Table]:
        """Yield the readings with start ≤ at < end as columns, each identity once, about so many rows at a time.

        A device is in one slice; they are in the order of devices, and within a slice in that of device and instant.

        Raises:
            StoreUnavailable: a file cannot be read.
        """
        days = self._days_of(kind, start, end)
        if not days:
            return
        columns, (count, sample) = [*IDENTITY, *names], self._sample(kind, days, start, end)
        for only in cuts(sample, -(-count // rows)):
            yield unique(self._table(kind, days, start, end, columns, only))

    def versions(self, kind: str, start: datetime, end: datetime) -> int:
        """Return how many readings with start ≤ at < end there are, revisions and what they replaced each counted.

        Raises:
            StoreUnavailable: a file cannot be read.
        """
        days = self._days_of(kind, start, end)
        return unique(self._table(kind, days, start, end, IDENTITY), all_revisions=True).num_rows if days else 0

    def _sample(self, kind: str, days: Sequence[date], start: datetime, end: datetime) -> tuple[int, list[str]]:
        """Return how many rows there are, and the devices of some of them."""

        def read(found: ds.Dataset) -> tuple[int, list[str]]:
            count, sample = 0, list[str]()
            for batch in found.to_batches(columns=["device"], filter=_between(start, end)):
                count += batch.num_rows
                sample += batch["device"][::_EVERY].to_pylist()
            return count, sample

        return self._scan(kind, days, read)

    def _table(
        self,
        kind: str,
        days: Sequence[date],
        start: datetime,
        end: datetime,
        names: Sequence[str] | None = None,
        only: pc.Expression | None = None,
    ) -> pa.Table:
        wanted = _between(start, end) if only is None else _between(start, end) & only
        columns = list(names) if names else None
        return self._scan(kind, days, lambda found: found.to_table(columns=columns, filter=wanted))

    def _scan(self, kind: str, days: Sequence[date], read: Callable[[ds.Dataset], T]) -> T:
        """Read files; when some are joined meanwhile, look again which there are."""
        for attempt in range(_READ_AGAIN):
            found = [str(p) for day in days for p in files(self._folder / kind / day.isoformat())]
            try:
                return read(ds.dataset(found, schema=self._schemas[kind]))
            except FileNotFoundError as gone:
                if attempt + 1 == _READ_AGAIN:
                    raise StoreUnavailable(f"{self._folder}: {gone}") from gone
            except (OSError, pa.ArrowInvalid) as error:
                raise StoreUnavailable(f"{self._folder}: {error}") from error
        raise AssertionError(attempt)


def _between(start: datetime, end: datetime) -> pc.Expression:
    at = pc.field("at")
    return (at >= micros(start)) & (at < micros(end))


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
