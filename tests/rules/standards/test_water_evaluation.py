"""环办〔2011〕22号: rounding, means, multiples, main pollution indicators, rivers and basins."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.standards.gb3838 import Body, SectionClass, worst_class
from rules.standards.water_evaluation import (
    DECIMALS,
    amount,
    evaluation_value,
    exactly,
    half_even,
    hydrogen,
    main_indicators,
    mean,
    mean_values,
    multiple_over,
    river_status,
)

CLEAN = {"ph": 8.0, "do": 8.0, "codmn": 3.0, "nh3n": 0.2, "tp": 0.05}


@pytest.mark.parametrize(
    ("value", "decimals", "rounded"),
    [
        ("0.125", 2, "0.12"),
        ("0.135", 2, "0.14"),
        ("0.1350001", 2, "0.14"),
        ("2.5", 0, "2"),
        ("3.5", 0, "4"),
        ("9.4", 0, "9"),
        ("1.005", 2, "1.00"),
        ("0.0004", 3, "0.0004"),
        ("0.00046", 3, "0.0005"),
        ("0.0005", 3, "0.0005"),
        ("0.0006", 3, "0.001"),
        ("0", 3, "0.000"),
        ("-0.0304", 2, "-0.03"),
    ],
)
def test_rounding_is_half_even_and_keeps_one_significant_digit(value: str, decimals: int, rounded: str) -> None:
    found = half_even(Fraction(value), decimals)
    assert (found, str(found)) == (Decimal(rounded), rounded)


@given(st.decimals(min_value=-9999, max_value=9999, places=6), st.integers(0, 4))
def test_rounding_moves_a_value_by_half_a_unit_at_most(value: Decimal, decimals: int) -> None:
    assert abs(half_even(Fraction(value), decimals) - value) <= Decimal(5).scaleb(-decimals - 1)


def test_a_float_stands_for_the_number_it_was_written_as() -> None:
    assert exactly(0.1) == Fraction(1, 10)
    assert exactly(Decimal("0.10")) == Fraction(1, 10)


def test_the_mean_of_ph_is_taken_over_hydrogen_ions() -> None:
    assert half_even(mean("ph", [hydrogen(7.0), hydrogen(9.0)]), 2) == Decimal("7.30")
    assert hydrogen(7.0) == Fraction(1, 10**7)
    assert amount("ph", 7.0) == Fraction(1, 10**7)


def test_the_mean_of_another_item_is_exact() -> None:
    assert mean("do", [amount("do", 0.1), amount("do", 0.2), amount("do", 0.3)]) == Fraction(1, 5)


def test_evaluation_values_have_the_decimals_of_the_rules() -> None:
    said = "water_temp1 ph0 do1 codmn1 cod1 bod51 nh3n2 tp3 tn2 cu3 zn3 f3 se4 as4 hg5 cd5 cr63 pb3 cn3"
    said += " phenol4 oil2 las2 s23"
    assert dict(DECIMALS) == {text[:-1]: int(text[-1]) for text in said.split()}
    assert evaluation_value("ph", Fraction("9.4")) == 9
    assert evaluation_value("nh3n", Fraction("1.005")) == Decimal("1.00")


def test_a_mean_that_ties_passes_where_the_raw_value_would_fail() -> None:
    assert mean_values([{"nh3n": 1.0}, {"nh3n": 1.01}]) == {"nh3n": Decimal("1.00")}


@pytest.mark.parametrize(
    ("item", "value", "class_limit", "body", "multiple"),
    [
        ("tp", 0.34, 3, Body.RIVER, "0.7"),
        ("tp", 0.34, 3, Body.LAKE, "5.8"),
        ("nh3n", 1.5, 3, Body.RIVER, "0.5"),
        ("nh3n", 1.5, 2, Body.RIVER, "2"),
        ("nh3n", Decimal("1.5"), 4, Body.RIVER, None),
        ("codmn", 6.0, 3, Body.RIVER, None),
        ("do", 1.0, 3, Body.RIVER, None),
        ("ph", 9.8, 3, Body.RIVER, None),
        ("water_temp", 40.0, 3, Body.RIVER, None),
        ("tn", 3.0, 3, Body.RIVER, None),
        ("tn", 3.0, 3, Body.LAKE, "2"),
    ],
)
def test_the_multiple_is_the_excess_over_the_limit(
    item: str, value: float | Decimal, class_limit: int, body: Body, multiple: str | None
) -> None:
    assert multiple_over(item, value, class_limit, body) == (None if multiple is None else Decimal(multiple))


def _main(values: dict[str, float]) -> list[str]:
    return [m.text for m in main_indicators(values, Body.RIVER, worst_class(values, Body.RIVER))]


def test_a_section_of_class_iii_has_no_main_pollution_indicator() -> None:
    assert _main({**CLEAN, "nh3n": 1.0}) == []


def test_main_indicators_are_ordered_by_class_and_then_by_multiple() -> None:
    # phosphorus is 劣Ⅴ; permanganate and ammonia are Ⅳ with multiples 0.2 and 0.4
    assert _main({**CLEAN, "tp": 0.5, "codmn": 7.2, "nh3n": 1.4}) == ["总磷(1.5)", "氨氮(0.4)", "高锰酸盐指数(0.2)"]


def test_a_worse_class_comes_before_a_larger_multiple() -> None:
    # oil is Ⅳ with multiple 8, ammonia Ⅴ with 0.6
    assert _main({**CLEAN, "oil": 0.45, "nh3n": 1.6}) == ["氨氮(0.6)", "石油类(8.0)"]


def test_three_main_indicators_are_named() -> None:
    assert len(_main({**CLEAN, "tp": 0.5, "codmn": 7.2, "nh3n": 1.4, "cod": 25.0})) == 3


def test_oxygen_and_ph_are_named_without_a_number_and_after_their_equals() -> None:
    assert _main({**CLEAN, "do": 1.0, "ph": 9.5, "tp": 0.5}) == ["总磷(1.5)", "pH", "溶解氧"]


def test_an_item_without_a_multiple_comes_after_the_smallest_multiple_of_its_class() -> None:
    assert _main({**CLEAN, "do": 4.0, "codmn": 7.2}) == ["高锰酸盐指数(0.2)", "溶解氧"]


@pytest.mark.parametrize(("item", "value"), [("cn", 0.3), ("pb", 0.06), ("cr6", 0.06), ("hg", 0.0005), ("cd", 0.006)])
def test_cyanide_and_heavy_metals_are_named_first(item: str, value: float) -> None:
    values = {**CLEAN, "tp": 5.0, item: value}
    found = main_indicators(values, Body.RIVER, worst_class(values, Body.RIVER))
    assert [m.item for m in found] == [item, "tp"]


def test_arsenic_counts_among_the_heavy_metals() -> None:
    assert _main({**CLEAN, "tp": 5.0, "as": 0.06}) == ["砷(0.2)", "总磷(24.0)"]


def test_a_tiny_multiple_keeps_one_significant_digit() -> None:
    assert _main({**CLEAN, "nh3n": 1.04}) == ["氨氮(0.04)"]
    assert _main({**CLEAN, "nh3n": 1.00000004}) == ["氨氮(0.00000004)"]


def _river(*classes: float) -> list[tuple[dict[str, float | Decimal], Body]]:
    """Sections whose class is set by ammonia."""
    ammonia = {1: 0.1, 2: 0.3, 3: 0.8, 4: 1.2, 5: 1.8, 6: 3.0}
    return [({"ph": 8.0, "do": 9.0, "codmn": 1.0, "nh3n": ammonia[int(c)]}, Body.RIVER) for c in classes]


@pytest.mark.parametrize(
    ("classes", "wording"),
    [
        ([1] * 9 + [4], "优"),
        ([3] * 9 + [6], "优"),
        ([2] * 89 + [4] * 11, "良好"),
        ([2] * 3 + [4], None),
        ([2] * 75 + [4] * 25, "良好"),
        ([2] * 74 + [4] * 26, "轻度污染"),
        ([2] * 74 + [4] * 7 + [6] * 19, "轻度污染"),
        ([2] * 74 + [4] * 6 + [6] * 20, "中度污染"),
        ([2] * 61 + [6] * 39, "中度污染"),
        ([2] * 60 + [6] * 40, "重度污染"),
        ([2] * 899 + [4] * 101, "良好"),
        ([2] * 749 + [4] * 251, "轻度污染"),
        ([2] * 700 + [4] * 101 + [6] * 199, "轻度污染"),
        ([2] * 601 + [6] * 399, "中度污染"),
        ([5] * 5, "轻度污染"),
    ],
)
def test_a_river_of_five_and_more_sections_is_worded_by_shares(classes: list[int], wording: str | None) -> None:
    status = river_status(_river(*classes))
    assert status is not None
    if wording is None:
        assert status.mean is not None
    else:
        assert (status.wording, status.mean, status.sections) == (wording, None, len(classes))
        assert sum(status.shares.values()) == 1


def test_a_river_of_fewer_than_five_sections_is_classed_by_the_mean() -> None:
    status = river_status(_river(1, 1, 1, 6))
    assert status is not None
    assert status.mean == SectionClass(3, {"ph": 1, "do": 1, "codmn": 1, "nh3n": 3})
    assert status.wording == "良好"
    assert status.main == ()
    assert status.shares[1] == Fraction(3, 4)


def test_the_mean_of_a_small_river_names_its_main_indicators() -> None:
    status = river_status(_river(6, 6))
    assert status is not None
    assert (status.wording, status.main) == ("重度污染", ("氨氮(2.0)",))


def test_a_river_of_five_ranks_items_by_how_many_sections_exceed() -> None:
    sections = _river(6, 6, 6, 2, 2)
    more: list[tuple[dict[str, float | Decimal], Body]] = [({**v, "codmn": 11.0}, b) for v, b in sections]
    more[0] = ({**more[0][0], "codmn": 1.0, "cod": 50.0, "do": 1.0, "tp": 1.0}, Body.RIVER)
    status = river_status(more)
    assert status is not None
    assert status.main == ("高锰酸盐指数", "氨氮", "溶解氧")


def test_what_is_within_class_iii_is_no_main_indicator_of_a_river() -> None:
    sections = _river(3, 3, 3, 3, 3)
    sections[0] = ({**sections[0][0], "cod": 50.0}, Body.RIVER)
    status = river_status(sections)
    assert status is not None
    assert status.main == ("化学需氧量",)


def test_lake_limits_hold_for_the_mean_only_if_all_sections_are_lakes() -> None:
    lakes: list[tuple[dict[str, float | Decimal], Body]] = [({**CLEAN, "tp": 0.08}, Body.LAKE)] * 2
    status, mixed = river_status(lakes), river_status([*lakes, ({**CLEAN, "tp": 0.08}, Body.RIVER)])
    assert status is not None
    assert status.mean is not None
    assert mixed is not None
    assert mixed.mean is not None
    assert (status.mean.worst, mixed.mean.worst) == (4, 2)


def test_the_shares_of_five_sections_go_by_the_limits_of_what_each_is() -> None:
    lakes: list[tuple[dict[str, float | Decimal], Body]] = [({**CLEAN, "tp": 0.08}, Body.LAKE)] * 4
    status = river_status([*lakes, ({**CLEAN, "tp": 0.08}, Body.RIVER)])
    assert status is not None
    assert (status.shares[4], status.shares[2]) == (Fraction(4, 5), Fraction(1, 5))


def test_sections_without_a_class_take_no_part_and_none_at_all_means_nothing() -> None:
    silent: list[tuple[dict[str, float | Decimal], Body]] = [({"ph": 8.0}, Body.RIVER)]
    assert river_status(silent) is None
    status = river_status(silent + _river(1))
    assert status is not None
    assert status.sections == 1
