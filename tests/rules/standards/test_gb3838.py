"""GB 3838-2002, table 1: every limit at, just below and just above; classes against published ones."""

import csv
import math
from decimal import Decimal
from pathlib import Path

import pytest

from domain.kinds import KINDS
from rules.standards.gb3838 import (
    AUTO5,
    CLASS_ITEMS,
    GRADES,
    ITEMS,
    Body,
    Bound,
    item_class,
    section_class,
    worst_class,
)

# a second copy of the table, as the standard prints it: item, body, limits of Ⅰ…Ⅴ
TABLE = {
    ("codmn", "river"): "2 4 6 10 15",
    ("cod", "river"): "15 15 20 30 40",
    ("bod5", "river"): "3 3 4 6 10",
    ("nh3n", "river"): "0.15 0.5 1.0 1.5 2.0",
    ("tp", "river"): "0.02 0.1 0.2 0.3 0.4",
    ("tp", "lake"): "0.01 0.025 0.05 0.1 0.2",
    ("tn", "lake"): "0.2 0.5 1.0 1.5 2.0",
    ("cu", "river"): "0.01 1.0 1.0 1.0 1.0",
    ("zn", "river"): "0.05 1.0 1.0 2.0 2.0",
    ("f", "river"): "1.0 1.0 1.0 1.5 1.5",
    ("se", "river"): "0.01 0.01 0.01 0.02 0.02",
    ("as", "river"): "0.05 0.05 0.05 0.1 0.1",
    ("hg", "river"): "0.00005 0.00005 0.0001 0.001 0.001",
    ("cd", "river"): "0.001 0.005 0.005 0.005 0.01",
    ("cr6", "river"): "0.01 0.05 0.05 0.05 0.1",
    ("pb", "river"): "0.01 0.01 0.05 0.05 0.1",
    ("cn", "river"): "0.005 0.05 0.2 0.2 0.2",
    ("phenol", "river"): "0.002 0.002 0.005 0.01 0.1",
    ("oil", "river"): "0.05 0.05 0.05 0.5 1.0",
    ("las", "river"): "0.2 0.2 0.2 0.3 0.3",
    ("s2", "river"): "0.05 0.1 0.2 0.5 1.0",
    ("fc", "river"): "200 2000 10000 20000 40000",
}
CASES = [(key, body, limits.split()) for (key, body), limits in TABLE.items()]
CASES += [(key, "lake", limits.split()) for (key, _), limits in TABLE.items() if (key, "lake") not in TABLE]


def _best(limits: list[str], limit: str) -> int:
    return limits.index(limit) + 1


@pytest.mark.parametrize(("key", "body", "limits"), CASES)
def test_a_value_at_a_limit_is_in_its_class_and_one_step_above_is_worse(key: str, body: str, limits: list[str]) -> None:
    for number, limit in enumerate(limits, 1):
        worse = next((n for n, other in enumerate(limits, 1) if Decimal(other) > Decimal(limit)), 6)
        assert item_class(key, float(limit), Body(body)) == _best(limits, limit) <= number
        assert item_class(key, math.nextafter(float(limit), math.inf), Body(body)) == worse
        assert item_class(key, Decimal(limit), Body(body)) == _best(limits, limit)
        assert item_class(key, Decimal(limit) + Decimal("1e-9"), Body(body)) == worse


@pytest.mark.parametrize(("number", "limit"), list(enumerate(["7.5", "6", "5", "3", "2"], 1)))
def test_dissolved_oxygen_must_be_at_least_its_limit(number: int, limit: str) -> None:
    assert item_class("do", float(limit), Body.RIVER) == number
    assert item_class("do", math.nextafter(float(limit), 0), Body.RIVER) == number + 1
    assert item_class("do", Decimal(limit), Body.LAKE) == number
    assert item_class("do", Decimal(limit) - Decimal("1e-9"), Body.LAKE) == number + 1


@pytest.mark.parametrize(
    ("value", "found"), [(6.0, 1), (9.0, 1), (7.3, 1), (5.999999, 6), (9.000001, 6), (Decimal(9), 1), (Decimal(5), 6)]
)
def test_ph_is_allowed_from_6_to_9_in_every_class_and_else_worse_than_v(value: float | Decimal, found: int) -> None:
    assert item_class("ph", value, Body.RIVER) == found


def test_rivers_have_no_limit_of_nitrogen_and_nothing_has_one_of_temperature() -> None:
    assert item_class("tn", 50.0, Body.RIVER) is None
    assert item_class("water_temp", 20.0, Body.RIVER) is None
    assert item_class("water_temp", 20.0, Body.LAKE) is None


def test_there_are_24_items_of_which_21_take_part_in_the_class() -> None:
    assert [item.no for item in ITEMS.values()] == list(range(1, 25))
    assert set(ITEMS) - set(CLASS_ITEMS) == {"water_temp", "tn", "fc"}
    assert len(CLASS_ITEMS) == 21


def test_items_are_the_metrics_of_a_river_section_in_the_same_unit() -> None:
    units = {m.name: m.unit for m in KINDS["river_section"].metrics}
    assert {key: item.unit for key, item in ITEMS.items()} == {key: units[key] for key in ITEMS}
    assert ITEMS["water_temp"].bound is Bound.RULE


def test_codes_are_those_of_the_transmission_standard() -> None:
    codes = (
        "w01010 w01001 w01009 w01019 w01018 w01017 w21003 w21011 w21001 w20122 w20123 w21017 w20128 w20119 w20111 "
        "w20115 w20117 w20120 w21016 w23002 w22001 w19002 w21019 w02003"
    )
    assert [item.code for item in ITEMS.values()] == codes.split()


def test_the_section_class_is_the_worst_item_that_takes_part() -> None:
    values = {"ph": 8.0, "do": 8.0, "codmn": 3.0, "nh3n": 1.2, "tp": 0.05, "tn": 9.0, "fc": 1e9}
    found = section_class(values, Body.RIVER)
    assert found is not None
    assert found.worst == 4
    assert found.by_item == {"ph": 1, "do": 1, "codmn": 2, "nh3n": 4, "tp": 2}
    assert found.grade.name == "Ⅳ"


def test_only_the_items_asked_for_take_part() -> None:
    values = {"ph": 8.0, "do": 8.0, "codmn": 3.0, "nh3n": 0.1, "cod": 99.0}
    wide, narrow = section_class(values, Body.RIVER), section_class(values, Body.RIVER, AUTO5)
    assert wide is not None
    assert narrow is not None
    assert (wide.worst, narrow.worst) == (6, 2)


@pytest.mark.parametrize("missing", ["ph", "do", "codmn", "nh3n"])
def test_without_a_required_item_there_is_no_class(missing: str) -> None:
    values = {"ph": 8.0, "do": 8.0, "codmn": 3.0, "nh3n": 0.1, "tp": 0.05}
    del values[missing]
    assert section_class(values, Body.RIVER, AUTO5) is None


def test_without_phosphorus_the_class_is_still_published() -> None:
    found = section_class({"ph": 8.0, "do": 8.0, "codmn": 3.0, "nh3n": 0.1}, Body.LAKE, AUTO5)
    assert found is not None
    assert found.worst == 2


def test_a_class_of_nothing_is_an_error() -> None:
    with pytest.raises(ValueError, match="empty"):
        worst_class({}, Body.RIVER)


def test_classes_have_their_names_wordings_and_colours() -> None:
    assert [(g.number, g.name, g.wording, g.colour) for g in GRADES.values()] == [
        (1, "Ⅰ", "优", "blue"),
        (2, "Ⅱ", "优", "blue"),
        (3, "Ⅲ", "良好", "green"),
        (4, "Ⅳ", "轻度污染", "yellow"),
        (5, "Ⅴ", "中度污染", "orange"),
        (6, "劣Ⅴ", "重度污染", "red"),
    ]


@pytest.mark.parametrize(("columns", "least"), [("raw", 0.9997), ("shown", 0.996)])
def test_classes_agree_with_those_published(shared_data: Path, columns: str, least: float) -> None:
    with (shared_data / "water" / "sections_daily_2020.csv").open(encoding="utf-8-sig") as file:
        rows = [row for row in csv.DictReader(file) if row["class"]]
    agree = 0
    for row in rows:
        said = {key: row[f"{key}_{columns}"] for key in AUTO5}
        values = {key: float(text) for key, text in said.items() if text not in {"*", "--", ""}}
        found = section_class(values, Body(row["body_type"]), AUTO5)
        agree += found is not None and found.grade.name == row["class"]
    assert len(rows) == 17459
    assert agree / len(rows) >= least


def test_all_24_items_have_the_codes_units_and_limits_of_the_source_at_hand(shared_data: Path) -> None:
    text = (shared_data.parent / "domain" / "environment_standards.md").read_text(encoding="utf-8")
    table = text.split("```csv\n")[1].split("```")[0]
    rows = list(csv.DictReader(table.splitlines()))
    assert len(rows) == 25
    for row in rows:
        key = row["key"].removesuffix("_river").removesuffix("_lake")
        item = ITEMS[key]
        assert (str(item.no), item.code) == (row["no"].rstrip("ab"), row["code"])
        assert (item.in_class, row["name_zh"].startswith(item.name)) == (row["in21"] == "yes", True)
        limits = [row[number] for number in ("I", "II", "III", "IV", "V")]
        if item.bound is Bound.RULE:
            assert limits == [""] * 5
            continue
        asked = limits[0].split("-") if item.bound is Bound.RANGE else limits
        bodies = {"all": tuple(Body), "river": (Body.RIVER,), "lake": (Body.LAKE,)}[row["water_body"]]
        for body in bodies:
            assert [str(limit) for limit in item.limits(body).exact] == asked, key
            assert item.limits(body).raw == tuple(float(limit) for limit in asked), key
        assert {"ge": Bound.AT_LEAST, "le": Bound.AT_MOST}.get(row["op"], Bound.RANGE) is item.bound
