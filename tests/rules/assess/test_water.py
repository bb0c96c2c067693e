"""A section record by GB 3838: cells in, cells out."""

import pytest

from rules.assess.water import COMPUTED, assess_water
from rules.standards.gb3838 import Body

RAW = {"ph_raw": "8", "do_raw": "8.1", "codmn_raw": "3", "nh3n_raw": "0.2", "tp_raw": "0.04", "body_type": "river"}


def _cells(row: dict[str, str], body: Body | None = None) -> tuple[str, ...]:
    found = assess_water(row, body)
    assert tuple(found) == COMPUTED
    return tuple(found.values())


def test_the_limits_are_those_of_the_body_in_the_column_or_of_the_one_named() -> None:
    assert _cells(RAW) == ("Ⅱ", "", "")
    assert _cells(RAW | {"body_type": " Lake "}) == ("Ⅲ", "", "")
    assert _cells(RAW, Body.LAKE) == ("Ⅲ", "", "")


def test_raw_values_are_classed_before_displayed_ones() -> None:
    row = RAW | {"nh3n_raw": "0.5004", "nh3n_shown": "0.500"}
    assert _cells(row)[0] == "Ⅲ"
    assert _cells(row | {"nh3n_raw": ""})[0] == "Ⅱ"
    del row["nh3n_raw"]
    assert _cells(row)[0] == "Ⅱ"
    assert _cells(row | {"nh3n": "1.2"})[0] == "Ⅳ"


def test_main_pollution_indicators_have_their_multiples_over_class_3() -> None:
    row = RAW | {"nh3n_raw": "5.906", "tp_raw": "0.323", "codmn_raw": "11.88", "do_raw": "3.962"}
    assert _cells(row)[:2] == ("劣Ⅴ", "氨氮(4.9);高锰酸盐指数(1.0);总磷(0.6)")


def test_other_items_of_the_21_take_part_where_a_table_has_them() -> None:
    assert _cells(RAW | {"cod": "20.1", "pb_raw": "0.05", "tn_raw": "9", "fc": "99999"})[0] == "Ⅳ"
    assert _cells(RAW | {"cod": "40", "pb": "0.11"})[:2] == ("劣Ⅴ", "铅(1.2);化学需氧量(1.0)")
    assert _cells(RAW | {"cod": "*"})[0] == "Ⅱ"


@pytest.mark.parametrize("sign", ["*", "--", ""])
def test_phosphorus_may_be_missing_and_is_noted(sign: str) -> None:
    assert _cells(RAW | {"tp_raw": sign}) == ("Ⅱ", "", "without tp")


@pytest.mark.parametrize("cell", ["0.5L", "<0.5", " < 0.5 ", "0.5 L"])
def test_what_was_not_detected_counts_as_half_of_the_limit_and_is_noted(cell: str) -> None:
    note = "not detected, half of the limit counts: nh3n"
    assert _cells(RAW | {"nh3n_raw": cell}) == ("Ⅱ", "", note)
    assert _cells(RAW | {"nh3n_raw": cell, "tp_raw": "*"}) == ("Ⅱ", "", f"without tp; {note}")
    assert _cells(RAW | {"nh3n_raw": "1.2L"})[0] == "Ⅲ"


def test_without_a_required_item_there_is_no_class() -> None:
    assert _cells(RAW | {"nh3n_raw": "*", "do_raw": "--"}) == ("", "", "no class: do, nh3n missing")


@pytest.mark.parametrize(
    ("column", "text", "message"),
    [
        ("ph_raw", "neutral", "ph_raw: 'neutral' is no number"),
        ("tp_raw", "lowL", "tp_raw: 'low' is no number"),
        ("tp_raw", "<-1", "tp_raw: -1 is negative"),
        ("tp_raw", "-0.1", "tp_raw: -0.1 is negative"),
        ("body_type", "pond", "body_type: 'pond' is neither river nor lake"),
        ("body_type", "", "body_type: '' is neither"),
    ],
)
def test_what_cannot_be_judged_is_an_error(column: str, text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        assess_water(RAW | {column: text}, None)
