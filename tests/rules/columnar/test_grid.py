"""What a kernel found confirms what was published only if scopes and figures are the same."""

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np

from domain.measure import Measure
from rules.columnar.kernel import Grid

GRID = Grid(
    scopes=["city", "station:a", "station:b"],
    there=np.array([[True, True, False], [True, True, False]]),
    value=np.array([[41.0, np.nan, 7.0], [41.0, np.nan, 7.0]]),
    numerator=np.array([[1, 0, 0], [1, 0, 0]]),
    denominator=np.array([[2, 1, 1], [2, 1, 1]]),
    unknown=np.array([[1, 1, 1], [1, 1, 1]]),
    judged=np.array([True, False]),
)
CITY = Measure("aqi", "city", datetime(2026, 2, 1, tzinfo=UTC), "", 41.0, 1, 2, 1, 0.5)
STATION = replace(CITY, scope="station:a", value=None, numerator=0.0, denominator=1.0, unknown=1.0)
PUBLISHED = {"station:a": STATION, "city": CITY}


def test_the_same_figures_in_any_order_are_confirmed() -> None:
    assert GRID.confirms(0, PUBLISHED)


def test_an_instant_that_is_not_judged_confirms_nothing() -> None:
    assert not GRID.confirms(1, PUBLISHED)


def test_a_scope_more_or_less_is_not_confirmed() -> None:
    other = replace(STATION, scope="station:b", value=7.0)
    assert not GRID.confirms(0, {"city": CITY})
    assert not GRID.confirms(0, {**PUBLISHED, "station:b": other})
    assert not GRID.confirms(0, {"city": CITY, "station:b": other})
    assert not GRID.confirms(0, {})


def test_another_figure_is_not_confirmed() -> None:
    for wrong in (
        replace(CITY, value=42.0),
        replace(CITY, value=None),
        replace(CITY, numerator=2),
        replace(CITY, denominator=3),
        replace(CITY, unknown=0),
    ):
        assert not GRID.confirms(0, {**PUBLISHED, "city": wrong})
    assert not GRID.confirms(0, {**PUBLISHED, "station:a": replace(STATION, value=0.0)})
