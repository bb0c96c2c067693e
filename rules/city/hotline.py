"""The hotline's daily tables and the four rates of plan item 42, by day and by month."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, NamedTuple

from domain.reading import Reading


class Rate(NamedTuple):
    """One rate of the hotline, and the counts that it is made of."""

    name: str
    title: str
    part: str
    whole: str


RATES: Final = (
    Rate("connect", "接通率", "connected", "calls"),
    Rate("reply", "回复率", "replied", "reply_due"),
    Rate("closure", "办结率", "closed", "closure_due"),
    Rate("satisfaction", "群众满意率", "satisfied", "surveyed"),
)
NOT_TOLD: Final = "not_told"
NO_TABLE: Final = "no_table"


class DayTable(NamedTuple):
    """What counts of one reading: of two for the same day the later instant, then the higher revision."""

    at: str
    """ISO 8601 in UTC, so that it sorts and dumps as it is."""
    revision: int
    counts: Mapping[str, int]

    def why_not(self, rate: Rate) -> str:
        """Return why a rate cannot be had from this table, or nothing."""
        if rate.part not in self.counts or rate.whole not in self.counts:
            return NOT_TOLD
        return f"{rate.part}_exceeds_{rate.whole}" if self.counts[rate.part] > self.counts[rate.whole] else ""


def table_of(reading: Reading) -> DayTable:
    """Return the table that a reading brings."""
    names = {name for rate in RATES for name in (rate.part, rate.whole)}
    told = {name: int(reading.values[name]) for name in sorted(names) if name in reading.values}
    return DayTable(reading.at.isoformat(timespec="microseconds"), reading.revision, told)


@dataclass(frozen=True, slots=True)
class RateSum:
    """One rate over some days of some tables. `lacking` counts the days of tables that say nothing usable of it."""

    part: int = 0
    whole: int = 0
    told: int = 0
    lacking: Mapping[str, int] = field(default_factory=dict)
    """By reason."""

    @property
    def complete(self) -> bool:
        """Whether every day of every table is in the sum."""
        return not self.lacking

    def view(self, *, running: bool = False) -> dict[str, Any]:
        """Return the rate as plain JSON. With a day lacking there is no value; `observed` is of the others."""
        observed = 100 * self.part / self.whole if self.whole else None
        asked = self.told + sum(self.lacking.values())
        counts = self.complete or running
        return {
            "value": observed if counts else None,
            "observed": observed,
            "numerator": self.part if counts else 0,
            "denominator": self.whole if counts else 0,
            "unknown": 0,
            "coverage": self.told / asked if asked else None,
            "lacking": dict(sorted(self.lacking.items())),
        }


@dataclass(frozen=True, slots=True)
class HotlineTally:
    """The tables of a scope by device and day; tallies of disjoint devices merge."""

    tables: Mapping[str, Mapping[date, DayTable]] = field(default_factory=dict)

    def merged(self, other: "HotlineTally") -> "HotlineTally":
        """Return the tables of both sets of devices, which must be disjoint."""
        return HotlineTally({**self.tables, **other.tables})

    def rate(self, rate: Rate, days: Iterable[date]) -> RateSum:
        """Return one rate over these days of all tables."""
        part = whole = told = 0
        lacking: dict[str, int] = {}
        for day in days:
            for tables in self.tables.values():
                table = tables.get(day)
                why = NO_TABLE if table is None else table.why_not(rate)
                if table is None or why:
                    lacking[why] = lacking.get(why, 0) + 1
                    continue
                part += table.counts[rate.part]
                whole += table.counts[rate.whole]
                told += 1
        return RateSum(part, whole, told, lacking)

    def dump(self) -> dict[str, Any]:
        """Return the tally as plain JSON values."""
        return {device: rows_of(tables) for device, tables in self.tables.items()}

    @classmethod
    def load(cls, dumped: Mapping[str, Any]) -> "HotlineTally":
        """Return the tally of a dump."""
        return cls({device: tables_of(rows) for device, rows in dumped.items()})


def rows_of(tables: Mapping[date, DayTable]) -> list[Any]:
    """Return tables as plain JSON values: [day, at, revision, counts]."""
    return [[day.isoformat(), table.at, table.revision, dict(table.counts)] for day, table in sorted(tables.items())]


def tables_of(rows: Iterable[Any]) -> dict[date, DayTable]:
    """Return the tables of `rows_of`."""
    return {date.fromisoformat(day): DayTable(at, revision, counts) for day, at, revision, counts in rows}
