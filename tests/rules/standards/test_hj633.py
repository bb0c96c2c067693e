"""HJ 633: every breakpoint and both its sides, caps, primary pollutants, editions by date, worked examples."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from math import ceil, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.standards.hj633 import GRADES, Pollutant, Scale, daily, grade, hourly, hourly_by_text_of_2012, iaqi, rounded
from rules.standards.hj633_editions import Edition, edition_of_day, edition_of_hour
from tests.support.air import COMMON, INDEX, TABLES

POINTS = [
    (edition, name, n)
    for edition, table in TABLES.items()
    for name, points in table.items()
    for n in range(len(points))
]


def _step(scale: str) -> Decimal:
    return Decimal("0.1") if scale.startswith("co") else Decimal(1)


@pytest.mark.parametrize(("edition", "name", "n"), POINTS)
def test_a_breakpoint_has_its_index_and_a_step_to_either_side_is_on_the_line(edition: str, name: str, n: int) -> None:
    scale, points, step = Scale(name), TABLES[edition][name], _step(name)
    assert iaqi(scale, points[n], Edition(edition)) == INDEX[n]
    if n > 0:
        slope = Fraction(INDEX[n] - INDEX[n - 1], points[n] - points[n - 1])
        assert iaqi(scale, points[n] - step, Edition(edition)) == ceil(INDEX[n] - slope * Fraction(step))
    if n + 1 < len(points):
        slope = Fraction(INDEX[n + 1] - INDEX[n], points[n + 1] - points[n])
        assert iaqi(scale, points[n] + step, Edition(edition)) == ceil(INDEX[n] + slope * Fraction(step))


@pytest.mark.parametrize("name", sorted({*TABLES["2012"]} - {"so2_1h", "o3_8h"}))
@pytest.mark.parametrize("edition", Edition)
def test_above_the_last_breakpoint_the_index_stays_500(name: str, edition: Edition) -> None:
    last = TABLES[edition.value][name][-1]
    assert iaqi(Scale(name), last + _step(name), edition) == 500
    assert iaqi(Scale(name), last * 10, edition) == 500


@pytest.mark.parametrize(("scale", "capped"), [(Scale.SO2_1H, 200), (Scale.O3_8H, 300)])
def test_above_800_these_have_no_index_in_2012_and_a_capped_one_in_2026(scale: Scale, capped: int) -> None:
    for value in (801, Decimal("800.6"), 5000):
        assert iaqi(scale, value, Edition.Y2012) is None
        assert iaqi(scale, value, Edition.Y2026) == capped
    assert iaqi(scale, Decimal("800.5"), Edition.Y2012) == capped  # half to even: 800


@given(st.sampled_from(Scale), st.sampled_from(Edition), st.decimals(0, 5000, places=2), st.decimals(0, 9, places=2))
def test_the_index_never_falls_as_the_concentration_rises(
    scale: Scale, edition: Edition, value: Decimal, more: Decimal
) -> None:
    low, high = iaqi(scale, value, edition), iaqi(scale, value + more, edition)
    assert low is None or high is None or 0 <= low <= high <= 500


def test_concentrations_are_rounded_half_even_to_whole_micrograms_and_tenths_of_co() -> None:
    cases = {"0.5": 0, "1.5": 2, "2.5": 2, "35.5": 36, "36.5": 36, "36.49": 36, "36.51": 37}
    assert {text: rounded(Pollutant.PM25, Decimal(text)) for text in cases} == cases
    assert [str(rounded(Pollutant.CO, v)) for v in (0.25, 0.35, 0.449, Fraction(1, 3), 2)] == [
        "0.2",
        "0.4",
        "0.4",
        "0.3",
        "2.0",
    ]
    assert iaqi(Scale.PM25_24H, 35.5, Edition.Y2012) == iaqi(Scale.PM25_24H, 36, Edition.Y2012) == 52


@pytest.mark.parametrize(
    ("scale", "value", "index"), [(Scale.CO_24H, 2.2, 55), (Scale.CO_1H, 65.4, 218), (Scale.CO_1H, 66.9, 223)]
)
def test_carbon_monoxide_is_exact_where_binary_floats_are_one_too_high(scale: Scale, value: float, index: int) -> None:
    assert iaqi(scale, value, Edition.Y2012) == iaqi(scale, Decimal(str(value)), Edition.Y2026) == index
    points = COMMON[scale.value]
    n = next(n for n, point in enumerate(points) if point >= value)
    slope = (INDEX[n] - INDEX[n - 1]) / (points[n] - points[n - 1])
    assert ceil(slope * (value - points[n - 1]) + INDEX[n - 1]) == index + 1


@pytest.mark.parametrize("value", [-1, -0.6, Decimal(-30)])
def test_negative_concentrations_are_errors(value: float | Decimal) -> None:
    with pytest.raises(ValueError, match="negative"):
        iaqi(Scale.PM25_24H, value, Edition.Y2012)


def test_what_is_no_number_is_an_error() -> None:
    with pytest.raises(ValueError, match="NaN"):
        iaqi(Scale.PM25_24H, nan, Edition.Y2012)


VECTORS = """
PM2.5,35,50,50
PM2.5,36,52,52
PM2.5,59,80,98
PM2.5,60,82,100
PM2.5,61,83,101
PM2.5,75,100,114
PM2.5,76,102,115
PM2.5,115,150,150
PM2.5,150,200,200
PM2.5,501,500,500
PM10,50,50,50
PM10,119,85,100
PM10,120,85,100
PM10,121,86,101
PM10,150,100,112
PM10,151,101,112
PM10,250,150,150
"""


@pytest.mark.parametrize("row", VECTORS.split())
def test_particles_have_the_indices_of_the_worked_examples_in_either_edition(row: str) -> None:
    name, value, *expected = row.split(",")
    scale = Scale.PM25_24H if name == "PM2.5" else Scale.PM10_24H
    assert [iaqi(scale, int(value), edition) for edition in Edition] == [int(e) for e in expected]


def _hour(pm25: str, pm10: str, so2: str, no2: str, co: str, o3: str) -> dict[Pollutant, Decimal]:
    p = Pollutant
    order = (p.PM25, p.PM10, p.SO2, p.NO2, p.CO, p.O3)
    return {key: Decimal(text) for key, text in zip(order, (pm25, pm10, so2, no2, co, o3), strict=True)}


STATIONS = """
125,178,33,53,1.7,6,165,PM2.5
118,148,28,39,1.8,6,155,PM2.5
129,167,24,36,1.4,4,170,PM2.5
120,153,38,46,1.5,6,158,PM2.5
80,206,5,35,3.0,32,128,PM10
43,69,10,69,1.2,3,60,PM10;PM2.5
26,39,154,38,0.7,41,51,SO2
0,7,3,8,0.2,83,26,
"""


@pytest.mark.parametrize("row", STATIONS.split())
def test_real_stations_have_their_published_hourly_index_and_primary_pollutants(row: str) -> None:
    *values, aqi, primary = row.split(",")
    report = hourly(_hour(*values), Edition.Y2012)
    assert (report.value, ";".join(p.label for p in report.primary)) == (int(aqi), primary)


def test_a_day_of_all_six_has_the_indices_of_the_worked_example() -> None:
    s = Scale
    values = {s.PM25_24H: 45, s.PM10_24H: 80, s.SO2_24H: 35, s.NO2_24H: 85, s.CO_24H: 3.0, s.O3_8H: 140}
    for edition, expected in ((Edition.Y2012, [63, 65, 35, 103, 75, 84]), (Edition.Y2026, [70, 72, 35, 103, 75, 84])):
        report = daily(values, edition)
        assert [report.iaqi[scale.pollutant] for scale in values] == expected
        assert (report.edition, report.value, report.primary, report.missing) == (edition, 103, (Pollutant.NO2,), ())


def test_examples_of_the_old_interface_by_the_24_hour_mean() -> None:
    assert iaqi(Scale.PM25_24H, 60, Edition.Y2012) == 82
    assert iaqi(Scale.PM10_24H, 24, Edition.Y2012) == 24
    assert iaqi(Scale.PM25_24H, 232, Edition.Y2012) == 282
    assert iaqi(Scale.PM10_24H, 434, Edition.Y2012) == 318


def test_a_day_of_2012_takes_the_larger_of_both_ozone_indices_and_one_of_2026_the_moving_mean() -> None:
    values = {Scale.O3_1H: 250, Scale.O3_8H: 120, Scale.PM25_24H: 10}
    assert daily(values, Edition.Y2012).value == 125
    assert daily(values, Edition.Y2012).primary == (Pollutant.O3,)
    assert daily(values, Edition.Y2026).iaqi[Pollutant.O3] == 67
    beyond = {Scale.O3_1H: 810, Scale.O3_8H: 801}
    assert daily(beyond, Edition.Y2012).value == 305
    assert daily(beyond, Edition.Y2026).value == 300


def test_the_letter_of_2012_takes_moving_means_of_particles_and_both_of_ozone() -> None:
    values = {Scale.PM25_24H: 100, Scale.PM10_24H: 40, Scale.O3_1H: 60, Scale.O3_8H: 220, Scale.SO2_1H: 3}
    report = hourly_by_text_of_2012(values)
    assert report.iaqi == {
        Pollutant.PM25: 132,
        Pollutant.PM10: 40,
        Pollutant.O3: 155,
        Pollutant.SO2: 1,
    }
    assert (report.value, report.primary) == (155, (Pollutant.O3,))
    assert report.missing == (Pollutant.NO2, Pollutant.CO)


FULL = dict.fromkeys(Pollutant, 1)


def test_with_a_pollutant_missing_2012_judges_by_the_rest_and_2026_only_above_100() -> None:
    some = {Pollutant.PM25: 60, Pollutant.PM10: 20}
    old, new = hourly(some, Edition.Y2012), hourly(some, Edition.Y2026)
    assert (old.value, new.value, new.iaqi[Pollutant.PM25]) == (82, None, 100)
    assert (new.grade, new.primary) == (None, ())
    assert new.missing == (Pollutant.SO2, Pollutant.NO2, Pollutant.CO, Pollutant.O3)
    assert hourly({Pollutant.PM25: 61}, Edition.Y2026).value == 101
    assert hourly(FULL | {Pollutant.PM25: 60}, Edition.Y2026).value == 100


def test_what_is_not_monitored_by_plan_is_not_missing() -> None:
    some = {Pollutant.PM25: 35, Pollutant.PM10: 20}
    others = set(Pollutant) - set(some)
    report = hourly(some, Edition.Y2026, others)
    assert (report.value, report.missing) == (50, ())
    day = daily({Scale.PM25_24H: 35, Scale.PM10_24H: 20}, Edition.Y2026, others)
    assert day.value == 50


@pytest.mark.parametrize("edition", Edition)
def test_of_nothing_there_is_no_index(edition: Edition) -> None:
    report = hourly({}, edition)
    assert (report.value, report.grade, report.primary, dict(report.iaqi)) == (None, None, (), {})
    assert report.missing == tuple(Pollutant)


def test_sulphur_dioxide_beyond_its_hourly_scale_takes_no_part_in_2012_and_counts_200_in_2026() -> None:
    values = FULL | {Pollutant.SO2: 900, Pollutant.PM25: 70}
    old, new = hourly(values, Edition.Y2012), hourly(values, Edition.Y2026)
    assert (old.value, old.missing, old.primary) == (94, (Pollutant.SO2,), (Pollutant.PM25,))
    assert (new.value, new.missing, new.primary) == (200, (), (Pollutant.SO2,))


def test_the_index_of_2026_begins_at_1() -> None:
    nothing = dict.fromkeys(Pollutant, 0)
    assert hourly(nothing, Edition.Y2026).value == 1
    assert hourly(nothing, Edition.Y2012).value == 0
    assert set(hourly(nothing, Edition.Y2026).iaqi.values()) == {0}


def test_a_primary_pollutant_is_named_above_50_and_ties_are_all_named() -> None:
    assert hourly({Pollutant.PM25: 35, Pollutant.PM10: 50}, Edition.Y2012).primary == ()
    tie = hourly({Pollutant.PM25: 36, Pollutant.PM10: 54}, Edition.Y2012)
    assert (tie.value, tie.primary) == (52, (Pollutant.PM10, Pollutant.PM25))


@pytest.mark.parametrize(
    ("aqi", "category", "colour"),
    [
        (0, "优", "绿"),
        (50, "优", "绿"),
        (51, "良", "黄"),
        (100, "良", "黄"),
        (101, "轻度污染", "橙"),
        (150, "轻度污染", "橙"),
        (151, "中度污染", "红"),
        (200, "中度污染", "红"),
        (201, "重度污染", "紫"),
        (300, "重度污染", "紫"),
        (301, "严重污染", "褐红"),
        (500, "严重污染", "褐红"),
    ],
)
def test_levels_have_their_bounds_categories_and_colours(aqi: int, category: str, colour: str) -> None:
    assert (grade(aqi).category, grade(aqi).colour) == (category, colour)


def test_levels_are_six_in_order_with_their_official_colours() -> None:
    assert [g.number for g in GRADES] == [1, 2, 3, 4, 5, 6]
    assert "".join(g.level[0] for g in GRADES) == "一二三四五六"
    assert [g.rgb for g in GRADES] == [
        (0, 228, 0),
        (255, 255, 0),
        (255, 126, 0),
        (255, 0, 0),
        (153, 0, 76),
        (126, 0, 35),
    ]
    assert " ".join(g.category_en.split()[0] for g in GRADES) == "excellent good lightly moderately heavily severely"
    assert [g.colour_en for g in GRADES] == ["green", "yellow", "orange", "red", "purple", "maroon"]
    assert all(a.highest < b.highest for a, b in pairwise(GRADES))


@pytest.mark.parametrize(
    ("label", "edition"),
    [
        ("2018-02-20T07:00+08:00", "2012"),
        ("2026-02-28T23:00+08:00", "2012"),
        ("2026-03-01T00:00+08:00", "2012"),
        ("2026-03-01T01:00+08:00", "2026"),
        ("2026-02-28T16:00+00:00", "2012"),
        ("2026-02-28T17:00+00:00", "2026"),
        ("2031-01-01T01:00+08:00", "2026"),
    ],
)
def test_the_edition_follows_the_end_of_the_hour_in_beijing(label: str, edition: str) -> None:
    assert edition_of_hour(datetime.fromisoformat(label)) == Edition(edition)


def test_the_edition_of_a_day_changes_on_the_first_of_march_2026() -> None:
    assert edition_of_day(date(2026, 2, 28)) is Edition.Y2012
    assert edition_of_day(date(2026, 3, 1)) is Edition.Y2026
    assert [e.cited for e in Edition] == ["HJ 633-2012", "HJ 633-2026"]


def test_a_day_before_every_edition_is_an_error() -> None:
    with pytest.raises(ValueError, match="covers 2011-12-31"):
        edition_of_day(date(2011, 12, 31))
    first = datetime.fromisoformat("2012-01-01T00:00+08:00")
    with pytest.raises(ValueError, match="no edition"):
        edition_of_hour(first)
    assert edition_of_hour(first + timedelta(hours=1)) is Edition.Y2012


def test_pollutants_are_printed_with_their_units() -> None:
    assert [(p.label, p.unit) for p in Pollutant] == [
        ("SO2", "ug/m3"),
        ("NO2", "ug/m3"),
        ("CO", "mg/m3"),
        ("O3", "ug/m3"),
        ("PM10", "ug/m3"),
        ("PM2.5", "ug/m3"),
    ]
