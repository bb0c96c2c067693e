"""What a columnar kernel is: the figures of many periods at once, or measures in full; as the scalar rules say them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import compress

import numpy as np

from domain.instants import micros
from domain.measure import Measure
from rules.columnar.table import Bools, Floats, Ints, Table
from rules.indicator import Indicator, World
from rules.kept import Due
from rules.replay import Replayed, Window


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

    def confirms(self, row: int, published: Mapping[str, Measure]) -> bool:
        """Return whether a due instant has exactly these scopes with these figures; False where it is not judged."""
        there = self.there[row]
        scopes = list(compress(self.scopes, there.tolist()))
        if not self.judged[row] or published.keys() != set(scopes):
            return False
        said = [published[scope] for scope in scopes]
        return (
            [None if v != v else v for v in self.value[row][there].tolist()]  # noqa: PLR0124 - NaN is not itself
            == [measure.value for measure in said]
            and self.numerator[row][there].tolist() == [measure.numerator for measure in said]
            and self.denominator[row][there].tolist() == [measure.denominator for measure in said]
            and self.unknown[row][there].tolist() == [measure.unknown for measure in said]
        )


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


def instants(dues: Sequence[Due]) -> Ints:
    """Return the due instants in microseconds."""
    return np.array([micros(due.at) for due in dues], dtype=np.int64)
