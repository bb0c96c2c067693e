"""Months, quarters and years of a section: exact means of each item, and where they come from.

Automatic values of pH, DO, CODMn, NH3-N and TP take precedence over laboratory samples; other items come from the
laboratory (环办监测函〔2020〕82号). A day counts for an item with at least four of its six values, a month with at
least 60 % of its days (our choice; no rule was found). An automatic item with too few days takes the month's
laboratory value if there is one (our choice), else leaves the section without a class: the missing days could have
been the bad ones.

A month rests on one laboratory sample or the mean of several; a quarter on two months at least, a year on eight, means
of the unrounded monthly means (rounding only once is our choice); of a running year two thirds of its closed months.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Final, NamedTuple

from domain.device import Device
from domain.period import PeriodKind
from rules.standards.gb3838 import AUTO5, CLASS_ITEMS, REQUIRED, Body, section_class
from rules.standards.gb3838_sources import SUPPLEMENTARY
from rules.standards.water_evaluation import amount, evaluation_value, half_even, mean, value_of
from rules.water.outcome import Outcome
from rules.water.samples import LABORATORY_ITEMS, Counts, Samples

DAYS_PER_MONTH: Final = Fraction(60, 100)
"""Of the days of a month so many must be valid."""
MONTHS_NEEDED: Final = {PeriodKind.MONTH: 1, PeriodKind.QUARTER: 2, PeriodKind.YEAR: 8}
SHARE_OF_MONTHS: Final = Fraction(2, 3)
"""Of a running year so many of its closed months must have a value (our choice, as 2 of 3 and 8 of 12)."""
_TOO_FEW: Final = {
    PeriodKind.DAY: "too_few_values",
    PeriodKind.MONTH: "too_few_days",
    PeriodKind.QUARTER: "too_few_months",
    PeriodKind.YEAR: "too_few_months",
}
SUPPLEMENTARY_DECIMALS: Final = 3
"""Of means of the supplementary items before they are judged (our choice)."""


class Origin(StrEnum):
    """Where the figure of an item comes from."""

    AUTOMATIC = "automatic"
    LABORATORY = "laboratory"
    BOTH = "automatic and laboratory"
    """Of a quarter or year whose months differ in it."""


@dataclass(frozen=True, slots=True)
class PeriodValue:
    """What a period says of a section. `means` are exact and unrounded, as values of the item (pH as pH)."""

    means: Mapping[str, Fraction] = field(default_factory=dict)
    origins: Mapping[str, Origin] = field(default_factory=dict)
    days: Mapping[str, float] = field(default_factory=dict)
    """Share of days with a valid automatic mean, by item."""
    short: tuple[str, ...] = ()
    """Required or automatic items with too little data: they leave the section without a class."""
    left_out: tuple[str, ...] = ()
    """Laboratory items of a quarter or year with too few months; they take no part."""
    months: int = 1
    """How many months it is made of."""

    def rounded(self) -> dict[str, Decimal]:
        """Return the evaluation values."""
        return {item: rounded(item, value) for item, value in self.means.items()}


def rounded(item: str, value: Fraction) -> Decimal:
    """Round a mean to the decimals in which it is judged."""
    return half_even(value, SUPPLEMENTARY_DECIMALS) if item in SUPPLEMENTARY else evaluation_value(item, value)


class StationMonth(NamedTuple):
    """What an automatic station says of the closed days of a month."""

    days: Mapping[str, int]
    """By item: days with a mean; only items that have one."""
    amounts: Mapping[str, Fraction]
    """By item: the mean over these days, exact, of what is averaged (pH as hydrogen ions)."""
    measured: frozenset[str]
    """Items with at least one valid value."""


SILENT: Final = StationMonth({}, {}, frozenset())


def station_month(samples: Samples, days: Sequence[date], counts: Counts) -> StationMonth:
    """Return what the samples of a station say of days of one month."""
    means = [samples.means(day, counts) for day in days]
    valid = {item: said for item in AUTO5 if (said := [d[item] for d in means if item in d])}
    return StationMonth(
        days={item: len(said) for item, said in valid.items()},
        amounts={item: sum(said, Fraction(0)) / len(said) for item, said in valid.items()},
        measured=frozenset[str]().union(*(samples.measured(day, counts) for day in days)),
    )


def month_value(station: StationMonth, days: int, laboratory: Sequence[Mapping[str, float]]) -> PeriodValue:
    """Return what a month of so many closed days says: the station of the section, and its laboratory samples."""
    found, origins = {}, {}
    for item in LABORATORY_ITEMS:
        valid = station.days.get(item, 0)
        if valid and Fraction(valid, days) >= DAYS_PER_MONTH:
            found[item], origins[item] = value_of(item, station.amounts[item]), Origin.AUTOMATIC
        elif sampled := [amount(item, said[item]) for said in laboratory if item in said]:
            found[item], origins[item] = mean(item, sampled), Origin.LABORATORY
    measured = station.measured.union(REQUIRED)
    return PeriodValue(
        means=found,
        origins=origins,
        days={item: valid / days for item, valid in station.days.items()},
        short=tuple(item for item in AUTO5 if item in measured and item not in found),
    )


def months_together(months: Sequence[PeriodValue], kind: PeriodKind, *, closed: bool) -> PeriodValue:
    """Return what a quarter or year says, from its closed months."""
    needed: Fraction = Fraction(MONTHS_NEEDED[kind]) if closed else SHARE_OF_MONTHS * len(months)
    found, origins, short, left_out = {}, {}, [], []
    for item in LABORATORY_ITEMS:
        having = [month for month in months if item in month.means]
        if having and len(having) >= needed:
            found[item] = mean(item, [amount(item, month.means[item]) for month in having])
            of = {month.origins[item] for month in having}
            origins[item] = of.pop() if len(of) == 1 else Origin.BOTH
        elif item in REQUIRED or (item in AUTO5 and any(item in m.short or item in m.means for m in months)):
            short.append(item)
        elif having:
            left_out.append(item)
    return PeriodValue(found, origins, short=tuple(short), left_out=tuple(left_out), months=len(months))


def outcome_over(section: Device, value: PeriodValue, kind: PeriodKind) -> Outcome:
    """Return how a section stands over a period."""
    values = value.rounded()
    body = Body(section.text("body_type", Body.RIVER.value))
    why = f"{_TOO_FEW[kind]}: {', '.join(value.short)}" if value.short else ""
    found = None if value.short else section_class(values, body, CLASS_ITEMS)
    return Outcome(
        section,
        found,
        why,
        values,
        days=value.days,
        origins={item: origin.value for item, origin in value.origins.items()},
        left_out=value.left_out,
    )
