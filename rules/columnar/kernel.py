"""What a columnar kernel is: the figures of many periods at once, or measures in full; as the scalar rules say them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import compress
from typing import NamedTuple

import numpy as np

from domain.instants import micros
from domain.measure import Measure
from rules.columnar.table import Bools, Floats, Ints, Table
from rules.indicator import Indicator, World
from rules.kept import Due
from rules.replay import Replayed, Window


class Figures(NamedTuple):
    """The figures of a measure: what a kernel computes, and what decides whether the scalar rules are asked."""

    value: float | None
    numerator: float
    denominator: float
    unknown: float


def figures_of(measure: Measure) -> Figures:
    """Return the figures of a measure."""
    return Figures(measure.value, measure.numerator, measure.denominator, measure.unknown)


ByScope = Mapping[str, tuple[float | None, float, float, float]]
"""The fields of `Figures`, plain: kernels make many of them."""


@dataclass(frozen=True, slots=True)
class Grid:
    """Figures of due instants (rows) and scopes (columns)."""

    scopes: Sequence[str]
    there: Bools
    """Whether a scope has a device then."""
    value: Floats
    """NaN where there is none."""
    numerator: Ints
    denominator: Ints
    unknown: Ints
    judged: Bools
    """By due instant: False where the kernel cannot judge."""

    def rows(self, dues: Sequence[Due]) -> Iterator[tuple[datetime, ByScope]]:
        """Yield what was judged, by instant and scope."""
        for n, due in enumerate(dues):
            if self.judged[n]:
                value = [None if v != v else v for v in self.value[n].tolist()]  # noqa: PLR0124 - NaN is not itself
                counts = (column[n].tolist() for column in (self.numerator, self.denominator, self.unknown))
                found = zip(self.scopes, zip(value, *counts, strict=True), strict=True)
                yield due.at, dict(found if self.there[n].all() else compress(found, self.there[n].tolist()))


Compute = Callable[[Sequence[Due], Table], Grid]
"""Due instants in order, and every reading of the kernel's reach before each → their figures."""


@dataclass(frozen=True, slots=True)
class Kernel:
    """One indicator over columns. What it cannot judge it leaves out: then the scalar rules are asked."""

    kind: str
    metrics: tuple[str, ...]
    """The columns that it needs."""
    reach: timedelta
    """How far back readings matter to the figures."""
    prepare: Callable[[World], Compute]
    """Looks up once what the register and the lighting plan say, for any number of computations."""


@dataclass(frozen=True, slots=True)
class InFull:
    """Indicators whose measures come whole, details too, with what many readings say found over columns."""

    kind: str
    metrics: tuple[str, ...]
    """The columns that it needs, of the indicator's whole look-back."""
    measures: Callable[[Indicator, Sequence[Due], Table, Window, World], Iterator[Replayed]]
    """Indicator, due instants in order, every reading of the kind that matters to them, and of the other kinds where
    they are to be had → the measures."""


def figures(compute: Compute, dues: Sequence[Due], table: Table) -> dict[datetime, ByScope]:
    """Return the figures by instant and scope; instants that cannot be judged are left out."""
    return dict(compute(dues, table).rows(dues))


def instants(dues: Sequence[Due]) -> Ints:
    """Return the due instants in microseconds."""
    return np.array([micros(due.at) for due in dues], dtype=np.int64)
