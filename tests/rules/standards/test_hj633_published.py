"""HJ 633 against published hours, and wrong methods, which the same hours must reject."""

from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from rules.standards.hj633 import HOURLY, Pollutant, Report, Scale, hourly, hourly_by_text_of_2012
from rules.standards.hj633_editions import edition_of_hour
from tests.support.air import FILES, INDEX, TABLES, Published, published


@pytest.mark.shared
@pytest.mark.parametrize(("name", "rows"), FILES.items())
def test_index_category_and_primary_pollutants_agree_with_every_published_row(
    shared_data: Path, name: str, rows: int
) -> None:
    found = published(shared_data, name)
    assert len(found) == rows
    assert [d for row in found if (d := _disagreement(row))] == []


def _disagreement(row: Published) -> str:
    report = hourly(row.values, edition_of_hour(row.hour_ending))
    ours = (report.value, report.grade and report.grade.category, {p.label for p in report.primary})
    theirs = (row.aqi, row.cells["level"], row.primary)
    return "" if ours == theirs else f"line {row.line}: {ours} is published as {theirs}"


def _complete(rows: list[Published]) -> list[Published]:
    return [row for row in rows if len(row.values) == len(Pollutant)]


def _half_up(scale: Scale, value: Decimal) -> int:
    """The index with the nearest whole number instead of the next one: a wrong method."""
    points = TABLES["2012"][scale.value]
    n = next(n for n, point in enumerate(points) if n and value <= point)
    slope = Fraction(INDEX[n] - INDEX[n - 1], points[n] - points[n - 1])
    return int(INDEX[n - 1] + slope * (Fraction(value) - points[n - 1]) + Fraction(1, 2))


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "agreeing", "of"),
    [
        ("national_20180220T07.csv", 927, 1214),
        ("national_20190723T10.csv", 1166, 1336),
        ("stations_hourly_2020_shandong.csv", 4043, 4569),
    ],
)
def test_rounding_half_up_instead_of_up_is_rejected(shared_data: Path, name: str, agreeing: int, of: int) -> None:
    rows = _complete(published(shared_data, name))
    agree = sum(max(_half_up(HOURLY[p], v) for p, v in row.values.items()) == row.aqi for row in rows)
    assert (agree, len(rows)) == (agreeing, of)


def _by_text(row: Published) -> Report:
    columns = {
        **{scale: row.cells["o3_1h" if p is Pollutant.O3 else p.value] for p, scale in HOURLY.items()},
        Scale.PM25_24H: row.cells["pm25_24h"],
        Scale.PM10_24H: row.cells["pm10_24h"],
        Scale.O3_8H: row.cells["o3_8h"],
    }
    return hourly_by_text_of_2012({scale: Decimal(text) for scale, text in columns.items() if text})


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "agreeing", "of"), [("national_20180220T07.csv", 36, 1214), ("national_20190723T10.csv", 76, 1336)]
)
def test_moving_means_of_24_hours_as_the_text_of_2012_has_them_are_rejected(
    shared_data: Path, name: str, agreeing: int, of: int
) -> None:
    rows = _complete(published(shared_data, name))
    assert (sum(_by_text(row).value == row.aqi for row in rows), len(rows)) == (agreeing, of)
