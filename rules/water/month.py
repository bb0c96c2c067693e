"""A month of a section: daily means → month mean in evaluation decimals → class (statistics rules of 2020).

A day counts for an item with at least four of its six values, a month with at least 60 % of its days (our choice; no
rule was found). An item that was measured but has too few days leaves the section without a class: the missing days
could have been the bad ones.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Final
from zoneinfo import ZoneInfo

from domain.device import Device
from rules.standards.gb3838 import AUTO5, REQUIRED, Body, section_class
from rules.standards.water_evaluation import evaluation_value, mean
from rules.water.outcome import Outcome
from rules.water.samples import Samples

DAYS_PER_MONTH: Final = Fraction(60, 100)
"""Of the days of a month so many must be valid."""
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Month:
    """The complete local days of a month. `end` is the first instant after them, in UTC."""

    name: str
    """As in 2026-11."""
    days: tuple[date, ...]
    end: datetime


def closed_month(now: datetime, tz: ZoneInfo) -> Month:
    """Return the last local month that is over at `now`."""
    first = now.astimezone(tz).date().replace(day=1)
    return _month((first - _DAY).replace(day=1), first, tz)


def month_to_date(now: datetime, tz: ZoneInfo) -> Month:
    """Return the complete local days of the running month; none on its first day."""
    today = now.astimezone(tz).date()
    return _month(today.replace(day=1), today, tz)


def _month(first: date, until: date, tz: ZoneInfo) -> Month:
    days = tuple(first + n * _DAY for n in range((until - first).days))
    end = datetime(until.year, until.month, until.day, tzinfo=tz).astimezone(UTC)
    return Month(f"{first:%Y-%m}", days, end)


def month_outcome(section: Device, samples: Samples, month: Month, counts: Callable[[datetime], bool]) -> Outcome:
    """Return how a section stands over a month; samples count at the instants for which `counts` says so."""
    days = [samples.means(day, counts) for day in month.days]
    valid = {item: [d[item] for d in days if item in d] for item in AUTO5}
    shares = {item: len(v) / len(days) for item, v in valid.items() if v}
    enough = {item for item, v in valid.items() if v and Fraction(len(v), len(days)) >= DAYS_PER_MONTH}
    values = {item: evaluation_value(item, mean(item, valid[item])) for item in AUTO5 if item in enough}
    short = _short(samples, month.days, counts, enough)
    if short:
        return Outcome(section, None, f"too_few_days: {', '.join(short)}", values, days=shares)
    body = Body(section.text("body_type", Body.RIVER.value))
    return Outcome(section, section_class(values, body, AUTO5), "", values, days=shares)


def _short(
    samples: Samples, days: Sequence[date], counts: Callable[[datetime], bool], enough: set[str]
) -> tuple[str, ...]:
    """Return the items with too few days: the required ones, and those that were measured at all."""
    measured = frozenset(REQUIRED).union(*(samples.measured(day, counts) for day in days))
    return tuple(item for item in AUTO5 if item in measured and item not in enough)
