"""Summaries of what is archived, and the end of what is too old: one run. The archive is what summaries are made of.

Nothing raw goes that the archive does not hold: it is counted there first, hour by hour.
"""

import logging
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from domain.errors import StoreUnavailable
from domain.kind import SensorKind, ValueType
from domain.kinds import KINDS
from domain.period import Period, midnight
from domain.ports import SummaryStore
from domain.retention import Resolution, RetentionPolicy
from rules.retention import Due, Marks, due

if TYPE_CHECKING:
    from store.archive import ParquetArchive

logger = logging.getLogger(__name__)

SLICE_ROWS: Final = 250_000
"""Readings that are held at once, about 200 bytes each."""
_HOUR: Final = timedelta(hours=1)
_DAY: Final = timedelta(days=1)


@dataclass(slots=True)
class Done:
    """What a run did, or would do."""

    summaries: Counter[Resolution] = field(default_factory=Counter)
    """Summaries written: devices times periods."""
    periods: Counter[Resolution] = field(default_factory=Counter)
    """Periods of a kind that were summarised."""
    removed: Counter[Resolution] = field(default_factory=Counter)
    """Readings and summaries removed for their age."""
    kept_back: int = 0
    """Readings that are too old and stay, because the archive does not hold them or they are not summarised."""
    too_late: int = 0
    """Hours that got a reading after the archive let go of them: their summaries stay as they are."""


@dataclass(frozen=True, slots=True)
class RetentionOptions:
    """The city's zone, what is kept, and how long the archive keeps its days (None = for ever)."""

    tz: ZoneInfo
    policy: RetentionPolicy
    archive_keep: timedelta | None = None
    slice_rows: int = SLICE_ROWS


class Retention:
    """Summarises and removes; one run at a time, whoever asks."""

    def __init__(self, archive: "ParquetArchive", store: SummaryStore, options: RetentionOptions) -> None:
        self._archive, self._store, self._options = archive, store, options
        self.stopping: Callable[[], bool] = lambda: False
        """Asked between days; then a run ends early, and the next one goes on."""
        self._types = {name: _types(kind) for name, kind in KINDS.items()}

    def run(self, now: datetime, *, dry: bool = False) -> Done:
        """Do everything that is due at `now` (city time); `dry`: only count it.

        Raises:
            StoreUnavailable: a store or the archive is away; what is not done is found by the next run.
        """
        done = Done()
        through = self._archive.through()
        if through is None:
            return done
        try:
            with self._archive.due.alone():
                self._archive.due.begin()
                for kind in self._types:
                    self._summarise(kind, through, now, done, dry=dry)
                for kind in self._types:
                    self._remove(kind, through, now, done, dry=dry)
        except OSError as error:
            raise StoreUnavailable(f"the archive: {error}") from error
        return done

    def waiting(self) -> int:
        """Return of how many days of a kind something is not summarised yet."""
        return len(self._archive.due.waiting())

    # -- summaries ----------------------------------------------------------------------------------------------

    def _summarise(self, kind: str, through: datetime, now: datetime, done: Done, *, dry: bool) -> None:
        asked = self._asked(kind, through, now, done, dry=dry)
        work: dict[Period, set[Period]] = {}
        for wanted in asked.values():
            for day, hours in wanted.work.items():
                if hours or day in wanted.closed:
                    work.setdefault(day, set()).update(hours)
        for day in sorted(work):
            if self.stopping():
                return
            periods = [(Resolution.HOUR, hour) for hour in sorted(work[day])]
            periods += [(Resolution.DAY, day)] if day.end <= through else []
            done.periods.update(every for every, _ in periods)
            if not dry:
                self._write(kind, periods, done)
                self._settle(kind, asked, day)

    def _asked(self, kind: str, through: datetime, now: datetime, done: Done, *, dry: bool) -> dict[date, Due]:
        """Return what the notes of a kind ask for, by day (UTC); those of days that the archive let go are dropped."""
        found: dict[date, Due] = {}
        for (_, day), marks in self._archive.due.waiting(kind).items():
            if self._let_go(day, now):
                done.too_late += len(marks.hours)
                if not dry:
                    self._archive.due.take(kind, day)
                    self._archive.due.settle(kind, day, Marks())
                continue
            taken = marks if dry else self._archive.due.take(kind, day)
            found[day] = due(day, taken, through, self._options.tz)
        return found

    def _let_go(self, day: date, now: datetime) -> bool:
        keep = self._options.archive_keep
        return keep is not None and midnight(day, UTC) + _DAY < now - keep

    def _write(self, kind: str, periods: list[tuple[Resolution, Period]], done: Done) -> None:
        from store.archive.summarise import summarised  # pyarrow is large

        start, end = min(p.start for _, p in periods), max(p.end for _, p in periods)
        types = self._types[kind]
        for table in self._archive.slices(kind, start, end, list(types), self._options.slice_rows):
            for every, period in periods:
                for rows in summarised(table, period.start, period.end, types):
                    self._store.put(kind, every, period.start, rows)
                    done.summaries[every] += len(rows.devices)

    def _settle(self, kind: str, asked: dict[date, Due], worked: Period) -> None:
        """Settle the days (UTC) whose last day of the city this was."""
        for day, wanted in list(asked.items()):
            if wanted.last is not None and wanted.last <= worked:
                self._archive.due.settle(kind, day, wanted.left)
                del asked[day]

    # -- removal ------------------------------------------------------------------------------------------------

    def _remove(self, kind: str, through: datetime, now: datetime, done: Done, *, dry: bool) -> None:
        waiting = {day for _, day in self._archive.due.waiting(kind)}
        archived = set(self._archive.days(kind)) - waiting
        for every in Resolution:
            since = self._options.policy.since(every, now)
            held = self._store.held(kind, every, since) if since is not None else {}
            for day, count in sorted(held.items()):
                if self.stopping():
                    return
                raw = every is Resolution.RAW
                if raw and not (
                    day in archived and midnight(day, UTC) + _DAY <= through and self._holds(kind, day, count)
                ):
                    done.kept_back += count
                    continue
                if not dry:
                    self._store.remove(kind, every, day)
                done.removed[every] += count

    def _holds(self, kind: str, day: date, count: int) -> bool:
        """Return whether the archive holds so many readings of a day, revisions and what they replaced each counted."""
        start = midnight(day, UTC)
        hours = (start + n * _HOUR for n in range(24))
        return sum(self._archive.versions(kind, hour, hour + _HOUR) for hour in hours) >= count


def _types(kind: SensorKind) -> dict[str, ValueType]:
    return {metric.name: metric.type for metric in kind.metrics}


def told(done: Done) -> dict[str, Any]:
    """Return a run as plain JSON."""
    return {
        "summaries": {every.value: count for every, count in done.summaries.items()},
        "periods": {every.value: count for every, count in done.periods.items()},
        "removed": {every.value: count for every, count in done.removed.items()},
        "kept_back": done.kept_back,
        "too_late": done.too_late,
    }
