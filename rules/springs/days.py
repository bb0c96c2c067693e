"""The official reading of each day (07:00 local), and how many days a spring has flowed without a stop.

The official reading is the one nearest to 07:00 within half an hour of it (our choice; the bureau reads once a day at
07:00). A day without one, or with an invalid one, is unknown: it ends no run, and counts as no day of it either.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

OFFICIAL: Final = time(7)
WITHIN: Final = timedelta(minutes=30)
WINDOW_DAYS: Final = 92
"""Days, a quarter, that are looked back for a stop (our choice); what was before is the register's word."""
_DAY: Final = timedelta(days=1)


class Official(NamedTuple):
    """The official reading of one day. Ordered by how well it stands for 07:00, the best last."""

    nearness: float
    """Minus its distance from 07:00, in seconds."""
    at: float
    """Seconds since 1970 UTC."""
    revision: int
    level: float | None
    flow: float | None
    why: str
    """Why it says nothing, or nothing."""


@dataclass(frozen=True, slots=True)
class Run:
    """Days in a row without a stop, up to the last day whose official reading is due."""

    first: date | None
    """The first day of the run; None when nothing is known of the spring, or it stands still."""
    last: date
    flowing: int = 0
    """Days on which it was read to flow."""
    unknown: int = 0
    by_register: int = 0
    """Days before the first reading that are known from `flowing_since` alone."""
    stopped: date | None = None
    """The newest day on which it was read not to flow, inside the window."""

    @property
    def days(self) -> int:
        """Days on which it flowed, unknown ones left out."""
        return self.flowing + self.by_register

    @property
    def length(self) -> int:
        """All days of the run."""
        return self.days + self.unknown


@dataclass(frozen=True, slots=True)
class FlowTally:
    """The runs of the springs of a scope, by device id."""

    synthetic: int = 0
    runs: Mapping[str, Run] = field(default_factory=dict)

    def merged(self, other: "FlowTally") -> "FlowTally":
        """Return the tally of both sets of springs, which must be disjoint."""
        return FlowTally(self.synthetic + other.synthetic, {**self.runs, **other.runs})

    def shortest(self) -> Run | None:
        """Return the run with the fewest days; None when there is no spring. Equal ones are told apart by their ids."""
        ordered = sorted(self.runs.items(), key=lambda item: (item[1].days, item[0]))
        return ordered[0][1] if ordered else None

    def dump(self) -> list[Any]:
        """Return the tally as plain JSON values."""
        return [self.synthetic, {spring: _dump(run) for spring, run in self.runs.items()}]

    @classmethod
    def load(cls, dumped: list[Any]) -> "FlowTally":
        """Return the tally of a dump."""
        synthetic, rows = dumped
        return cls(synthetic, {spring: _load(row) for spring, row in rows.items()})


def official_day(at: datetime, tz: ZoneInfo) -> tuple[date, float] | None:
    """Return the local day whose official reading this instant can be, and its distance from 07:00 in seconds."""
    day = at.astimezone(tz).date()
    distance = abs(at - due(day, tz))
    return (day, distance.total_seconds()) if distance <= WITHIN else None


def due(day: date, tz: ZoneInfo) -> datetime:
    """Return 07:00 of a local day, as an instant in UTC."""
    return datetime.combine(day, OFFICIAL, tz).astimezone(UTC)


def last_due(now: datetime, tz: ZoneInfo) -> date:
    """Return the newest local day whose official reading can be there no more, or is there."""
    today = now.astimezone(tz).date()
    return today if now >= due(today, tz) + WITHIN else today - _DAY


def window_start(now: datetime, tz: ZoneInfo) -> date:
    """Return the first day that is looked at."""
    return last_due(now, tz) - (WINDOW_DAYS - 1) * _DAY


def run_of(verdicts: Mapping[date, bool | None], last: date, since: date | None) -> Run:
    """Return the run that ends with `last`, from what each day's official reading says (None, or no entry: unknown).

    `since` is the register's word: on every day from then until the first reading it flowed.
    """
    first_read = min((day for day, flowing in verdicts.items() if flowing is not None), default=None)
    if first_read is None or first_read > last:
        if since is None or since > last:
            return Run(None, last)
        return Run(since, last, unknown=(last - since).days + 1)
    flowing, unknown, day = 0, 0, last
    while day >= first_read and verdicts.get(day) is not False:
        flowing += verdicts.get(day) is True
        unknown += verdicts.get(day) is None
        day -= _DAY
    if day >= first_read:
        return Run(day + _DAY if day < last else None, last, flowing, unknown, stopped=day)
    before = max(0, (first_read - since).days) if since is not None else 0
    return Run(first_read - before * _DAY, last, flowing, unknown, before)


def _dump(run: Run) -> list[Any]:
    days = [None if day is None else day.isoformat() for day in (run.first, run.last, run.stopped)]
    return [*days, run.flowing, run.unknown, run.by_register]


def _load(row: list[Any]) -> Run:
    first, last, stopped, flowing, unknown, by_register = row
    return Run(_day(first), date.fromisoformat(last), flowing, unknown, by_register, _day(stopped))


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
