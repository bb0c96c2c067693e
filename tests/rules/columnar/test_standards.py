"""The standards over columns: each number of each table, and the roundings, as the scalar ones have them."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.air.day_hours import Hour
from rules.air.day_value import station_day
from rules.columnar import gb3838 as water
from rules.columnar.exact import NONE, SCALE, half_even, scaled
from rules.columnar.hj633 import aqi, by_pollutant, iaqi, primaries
from rules.columnar.lamps import shines
from rules.columnar.station_days import many_days, station_days
from rules.columnar.table import Table
from rules.lighting.lamp import Glow, glow_of
from rules.standards import gb3838
from rules.standards import hj633 as scalar
from rules.standards.gb3838 import AUTO5, Body
from rules.standards.hj633 import DAILY, HOURLY, Scale
from rules.standards.hj633_editions import Edition


@pytest.mark.parametrize("edition", Edition)
@pytest.mark.parametrize("scale", Scale)
def test_every_concentration_has_the_index_of_the_scalar_rules(scale: Scale, edition: Edition) -> None:
    unit = 10**scale.pollutant.decimals
    values = np.arange(scalar.breakpoints(scale, edition)[-1] + 3)
    said = [scalar.iaqi(scale, Fraction(int(v), unit), edition) for v in values]
    assert iaqi(scale, values, edition).tolist() == [NONE if index is None else index for index in said]


HOURS = st.one_of(
    st.none(), st.sampled_from([159.9, 160.0, 160.0, 160.0, 160.1, 200.0]), st.integers(0, 900).map(float)
)
DAY = st.one_of(
    st.lists(HOURS, min_size=25, max_size=25), st.lists(st.sampled_from([None, 160.0]), min_size=25, max_size=25)
)


@given(st.lists(st.tuples(DAY, DAY), min_size=1, max_size=4), st.sampled_from([23, 24, 25]))
def test_days_of_stations(stations: list[tuple[list[float | None], list[float | None]]], length: int) -> None:
    """Means and the largest moving mean of ozone, from any gaps; a fraction each, compared as such."""
    hours = [{n + 1: Hour((a[n], b[n], a[n], b[n], a[n], b[n]), "") for n in range(length)} for a, b in stations]
    cube = np.full((6, 1, 25, len(stations)), NONE)
    for k, said in enumerate(hours):
        for n, hour in said.items():
            cube[:, 0, n - 1, k] = [NONE if v is None else round(v * SCALE) for v in hour.values]
    found = station_days(cube, np.array([length]))
    for k, said in enumerate(hours):
        expected = station_day(said, length).values
        values = {
            scale: Fraction(int(value.total[0, k]), value.parts * SCALE)
            for scale, value in found.items()
            if value.there[0, k]
        }
        assert values == expected
    assert many_days([(said, length) for said in hours]) == [station_day(said, length) for said in hours]


def test_days_with_values_that_columns_cannot_hold_are_left_to_the_scalar_rules() -> None:
    odd = {n: Hour((1 / 3, 0.00001, None, 2.0, 3.0, 4.0), "") for n in range(1, 24)}
    days = [(odd, 24), ({}, 23), ({n: Hour((1.0,) * 6, "") for n in range(1, 27)}, 26)]
    assert many_days(days) == [station_day(hours, length) for hours, length in days]
    assert many_days([]) == []


NEAR = st.sampled_from([0, 0, 0, 0, 1, 35, 50, 51, 60, 61, 75, 76, 100, 120, 121, 150, 160, 161, 265, 800, 801])
SAID = st.dictionaries(st.sampled_from(Scale), NEAR)
ZEROS = st.fixed_dictionaries({scale: st.just(0) for scale in Scale})


@given(st.one_of(SAID, ZEROS), st.sampled_from(Edition), st.sampled_from(["hour", "day"]))
def test_indices_and_primary_pollutants_of_any_mixture(said: dict[Scale, int], edition: Edition, over: str) -> None:
    scales = tuple(HOURLY.values()) if over == "hour" else DAILY[edition]
    columns = {s: (np.array([said.get(s, 0)]), np.array([s in said])) for s in scales}
    units = {s: Fraction(v, 10**s.pollutant.decimals) for s, v in said.items()}
    if over == "hour":
        report = scalar.hourly({p: units[s] for p, s in HOURLY.items() if s in units}, edition)
    else:
        report = scalar.daily(units, edition)
    indices = by_pollutant(columns, edition)
    value = aqi(indices, edition)
    assert value.tolist() == [NONE if report.value is None else report.value]
    assert primaries(indices, value).tolist() == [NONE if report.value is None else len(report.primary)]


def test_no_pollutant_is_primary_up_to_50() -> None:
    indices = np.array([[50, 51, 51], [50, 51, 20], *[[1, 2, 3]] * 4])
    assert primaries(indices, indices.max(axis=0)).tolist() == [0, 2, 1]


@given(st.integers(0, 10**9), st.integers(1, 10**6))
def test_halves_are_rounded_to_even(total: int, parts: int) -> None:
    for whole, by in ((total, parts), (total * parts + parts // 2, parts), ((2 * total + 1) * parts, 2 * parts)):
        assert half_even(np.array([whole]), np.array([by])).tolist() == [round(Fraction(whole, by))]
        assert half_even(np.array([whole]), by).tolist() == [round(Fraction(whole, by))]


@given(st.integers(0, 10**9 - 1))
def test_decimals_of_four_places_are_held_exactly(number: int) -> None:
    whole, inexact = scaled(np.array([number / SCALE]))
    assert (whole.tolist(), inexact.tolist()) == ([number], [False])


def test_what_is_no_such_decimal_is_told_apart_from_what_is_missing() -> None:
    whole, inexact = scaled(np.array([float("nan"), 0.00001, 1 / 3, -1.0, 1e5, 1e305, float("inf"), 0.0]))
    assert whole.tolist() == [NONE] * 7 + [0]
    assert inexact.tolist() == [False, True, True, True, True, True, True, False]


@pytest.mark.parametrize("body", Body)
@pytest.mark.parametrize("item", gb3838.ITEMS)
def test_every_limit_of_water_stands_on_its_side(item: str, body: Body) -> None:
    limits = gb3838.ITEMS[item].limits(body).raw
    values = [v for limit in (*limits, 1.0) for v in (limit, np.nextafter(limit, 0), np.nextafter(limit, 1e9))]
    if gb3838.ITEMS[item].bound is gb3838.Bound.RULE:
        return
    said = [gb3838.item_class(item, float(v), body) or water.NO_CLASS for v in values]
    assert water.item_class(item, np.array(values), body).tolist() == said


@given(st.dictionaries(st.sampled_from(AUTO5), st.sampled_from([0.02, 0.2, 2.0, 4.0, 5.0, 6.0, 7.5, 9.5])))
def test_a_section_without_a_required_item_has_no_class(said: dict[str, float]) -> None:
    columns = {item: np.array([said.get(item, float("nan"))]) for item in AUTO5}
    for body in Body:
        found = gb3838.section_class(said, body, AUTO5)
        assert water.section_class(columns, body).tolist() == [water.NO_CLASS if found is None else found.worst]


LAMP_VALUES = st.fixed_dictionaries(
    {},
    optional={
        "power": st.sampled_from([0.0, 2.0, 2.1, 6.6, 10.0, 20.0, 20.1]),
        "current": st.sampled_from([0.0, 0.01, 0.0909, 0.5]),
        "voltage": st.sampled_from([0.0, 100.0, 230.5]),
        "dim": st.sampled_from([0.0, 33.3, 50.0, 100.0]),
    },
)


@given(st.lists(st.tuples(LAMP_VALUES, st.sampled_from([0.0, 33.3, 100.0])), min_size=1, max_size=9))
def test_lamps_shine_as_the_scalar_rule_has_it(said: list[tuple[dict[str, float], float]]) -> None:
    columns = {
        name: np.array([values.get(name, float("nan")) for values, _ in said])
        for name in ("power", "current", "voltage", "dim")
    }
    zeros = np.zeros(len(said), dtype=np.int64)
    table = Table(["l"], zeros, np.arange(len(said)), columns, [()], zeros)
    light, evidence = shines(table, np.arange(len(said)), np.array([rated for _, rated in said]))
    expected = [glow_of(rated, values) for values, rated in said]
    assert light.tolist() == [glow is Glow.LIT for glow in expected]
    assert evidence.tolist() == [glow is not None for glow in expected]
