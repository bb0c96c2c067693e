"""What a columnar kernel is: the figures of many periods at once, equal to those of the scalar rules."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from domain.measure import Measure
from rules.columnar.table import Table
from rules.indicator import World
from rules.kept import Due


class Figures(NamedTuple):
    """The figures of a measure: what a kernel computes, and what decides whether the scalar rules are asked."""

    value: float | None
    numerator: float
    denominator: float
    unknown: float


def figures_of(measure: Measure) -> Figures:
    """Return the figures of a measure."""
    return Figures(measure.value, measure.numerator, measure.denominator, measure.unknown)


ByScope = Mapping[str, Figures]


@dataclass(frozen=True, slots=True)
class Kernel:
    """One indicator over columns. What it cannot judge it leaves out: then the scalar rules are asked."""

    kind: str
    metrics: tuple[str, ...]
    """The columns that it needs."""
    figures: Callable[[Sequence[Due], Table, World], Mapping[datetime, ByScope]]
    """Due instants in order, every reading of the look-back before each, the world → figures by instant and scope."""
