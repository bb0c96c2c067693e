"""环办〔2011〕22号 and the statistics rules of 2020: means, multiples, main pollution indicators, rivers and basins.

All arithmetic on evaluation values is exact: means are fractions, rounding is half-even by GB/T 8170.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Context, Decimal
from fractions import Fraction
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from rules.standards.gb3838 import (
    CLASS_ITEMS,
    GRADES,
    ITEMS,
    WORSE_THAN_V,
    Body,
    SectionClass,
    section_class,
    worst_class,
)

_BY_DECIMALS: Final = (
    (0, ("ph",)),
    (1, ("water_temp", "do", "codmn", "cod", "bod5")),
    (2, ("nh3n", "tn", "oil", "las")),
    (3, ("tp", "cu", "zn", "f", "cr6", "pb", "cn", "s2")),
    (4, ("se", "as", "phenol")),
    (5, ("hg", "cd")),
)
DECIMALS: Final[Mapping[str, int]] = MappingProxyType({key: n for n, keys in _BY_DECIMALS for key in keys})
"""Decimals of evaluation values (means) before they are classed; faecal coliform has none."""

REFERENCE_CLASS: Final = 3
"""Main pollution indicators are named against class Ⅲ, whatever the section's own target is."""
MAIN_INDICATORS: Final = 3
"""How many main pollution indicators are named."""
SMALL_RIVER: Final = 5
"""A river or basin with fewer sections is judged by the mean of its sections, others by shares of classes."""

_NO_MULTIPLE: Final = frozenset({"water_temp", "ph", "do"})
_FIRST: Final = frozenset({"cn", "as", "hg", "cd", "cr6", "pb"})
"""Cyanide and heavy metals are named first when they exceed."""
_PRECISE: Final = Context(prec=40)
_PH_VALUES: Final = 4096
"""pH is said to two decimals: hydrogen ions of so many values are remembered."""


@dataclass(frozen=True, slots=True)
class MainIndicator:
    """A main pollution indicator of a section. `multiple` is over class Ⅲ; None for pH and dissolved oxygen."""

    item: str
    item_class: int
    multiple: Decimal | None

    @property
    def text(self) -> str:
        """The print form: the name, with the multiple to one decimal where there is one."""
        name = ITEMS[self.item].name.removesuffix("值")
        return name if self.multiple is None else f"{name}({half_even(Fraction(self.multiple), 1):f})"


@dataclass(frozen=True, slots=True)
class RiverStatus:
    """The condition of a river or basin. `mean` is the class of the means, for fewer than five sections."""

    wording: str
    sections: int
    mean: SectionClass | None
    shares: Mapping[int, Fraction]
    """Share of the sections (0…1) by class, 1…6."""
    main: tuple[str, ...]
    """Names of the main pollution indicators."""


def half_even(value: Fraction, decimals: int) -> Decimal:
    """Round half to even in one step (GB/T 8170); what would become 0 keeps one significant digit instead."""
    rounded = round(value, decimals)
    places = decimals
    while rounded == 0 and value != 0:
        places += 1
        rounded = round(value, places)
    return Decimal(rounded.numerator * 10**places // rounded.denominator).scaleb(-places)


def exactly(value: float | Decimal | Fraction) -> Fraction:
    """Return the number that a float was written as: 0.1 is one tenth, not its binary neighbour."""
    if isinstance(value, Fraction):
        return value
    return Fraction(value if isinstance(value, Decimal) else Decimal(repr(value)))


@lru_cache(_PH_VALUES)
def hydrogen(ph: float | Decimal | Fraction) -> Fraction:
    """Return the concentration of hydrogen ions (mol/L) at a pH, to 40 digits."""
    return Fraction(_PRECISE.power(Decimal(10), -_decimal(exactly(ph))))


def mean(item: str, amounts: Iterable[Fraction]) -> Fraction:
    """Return the mean of amounts as `amount` gives them, as a value of the item again. For pH: −log10 of the mean."""
    parts = list(amounts)
    return value_of(item, sum(parts, Fraction(0)) / len(parts))


def value_of(item: str, averaged: Fraction) -> Fraction:
    """Return what was averaged as a value of the item again: for pH −log10 of the hydrogen ions."""
    return Fraction(-_PRECISE.log10(_decimal(averaged))) if item == "ph" else averaged


def amount(item: str, value: float | Decimal | Fraction) -> Fraction:
    """Return what is averaged for an item: the value itself, for pH the hydrogen ions."""
    return hydrogen(value) if item == "ph" else exactly(value)


def evaluation_value(item: str, value: Fraction) -> Decimal:
    """Round a mean to the decimals in which it is classed. `item` must be one of `DECIMALS`."""
    return half_even(value, DECIMALS[item])


def multiple_over(item: str, value: float | Decimal, class_limit: int, body: Body) -> Decimal | None:
    """Return (value - limit) / limit over the limit of a class (1…5); None if not exceeded or not defined."""
    limits = ITEMS[item].limits(body).exact
    if item in _NO_MULTIPLE or not limits:
        return None
    limit = Fraction(limits[class_limit - 1])
    over = (exactly(value) - limit) / limit
    return _decimal(over) if over > 0 else None


def main_indicators(values: Mapping[str, float | Decimal], body: Body, of: SectionClass) -> tuple[MainIndicator, ...]:
    """Return up to three main pollution indicators of a section; none when it is 优 or 良好.

    Order: cyanide and heavy metals first, then the worst class, then the largest multiple over class Ⅲ.
    """
    over = [
        MainIndicator(item, n, multiple_over(item, values[item], REFERENCE_CLASS, body))
        for item, n in of.by_item.items()
        if n > REFERENCE_CLASS
    ]
    over.sort(key=lambda m: (m.item not in _FIRST, -m.item_class, -(m.multiple or 0)))
    return tuple(over[:MAIN_INDICATORS])


def river_status(sections: Sequence[tuple[Mapping[str, float | Decimal], Body]]) -> RiverStatus | None:
    """Return the condition of a river or basin from its sections' values; None when no section has a class.

    Fewer than five sections: the mean of each item over the sections is classed (limits of lakes only if all are
    lakes). Five and more: shares of classes Ⅰ-Ⅲ and 劣Ⅴ. Source: 环办〔2011〕22号.
    """
    classed = [(v, body, c) for v, body in sections if (c := section_class(v, body)) is not None]
    if not classed:
        return None
    counts = Counter(c.worst for _, _, c in classed)
    shares = {n: Fraction(counts[n], len(classed)) for n in GRADES}
    if len(classed) >= SMALL_RIVER:
        return RiverStatus(_wording(shares), len(classed), None, shares, _most_exceeded([c for _, _, c in classed]))
    body = Body.LAKE if all(b is Body.LAKE for _, b, _ in classed) else Body.RIVER
    means = mean_values([v for v, _, _ in classed])
    of_means = worst_class(means, body)
    main = tuple(m.text for m in main_indicators(means, body, of_means))
    return RiverStatus(of_means.grade.wording, len(classed), of_means, shares, main)


def mean_values(samples: Sequence[Mapping[str, float | Decimal]]) -> dict[str, Decimal]:
    """Return the evaluation value of each class item: its mean over the samples that have it."""
    found = {item: [amount(item, s[item]) for s in samples if item in s] for item in CLASS_ITEMS}
    return {item: evaluation_value(item, mean(item, parts)) for item, parts in found.items() if parts}


def _wording(shares: Mapping[int, Fraction]) -> str:
    good = shares[1] + shares[2] + shares[3]
    worst = shares[WORSE_THAN_V]
    if worst >= Fraction(40, 100):
        return "重度污染"
    if good >= Fraction(90, 100):
        return "优"
    if good >= Fraction(75, 100):
        return "良好"
    return "轻度污染" if worst < Fraction(20, 100) else "中度污染"


def _most_exceeded(classes: Sequence[SectionClass]) -> tuple[str, ...]:
    """Rank items by the share of sections that exceed class Ⅲ; equal shares in the standard's order."""
    over = Counter(item for c in classes for item, n in c.by_item.items() if n > REFERENCE_CLASS)
    ranked = sorted(over, key=lambda item: (-over[item], ITEMS[item].no))
    return tuple(ITEMS[item].name.removesuffix("值") for item in ranked[:MAIN_INDICATORS])


def _decimal(value: Fraction) -> Decimal:
    return _PRECISE.divide(Decimal(value.numerator), Decimal(value.denominator))
