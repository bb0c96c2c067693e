"""The guide of 2015: bounds of the four indicators, points and bodies."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.standards.black_odorous import (
    BodyGrade,
    Grade,
    ItemCounts,
    body_grade,
    grade_of,
    grades_of,
    point_grade,
)

C, L, H = Grade.CLEAR, Grade.LIGHT, Grade.HEAVY


@pytest.mark.parametrize(
    ("item", "value", "grade"),
    [
        ("transparency", 25.0, C),
        ("transparency", 24.9, L),
        ("transparency", 10.0, L),
        ("transparency", 9.9, H),
        ("do", 2.0, C),
        ("do", 1.99, L),
        ("do", 0.2, L),
        ("do", 0.19, H),
        ("orp", 50.0, C),
        ("orp", 49.0, L),
        ("orp", -200.0, L),
        ("orp", -201.0, H),
        ("nh3n", 8.0, C),
        ("nh3n", 8.01, L),
        ("nh3n", 15.0, L),
        ("nh3n", 15.01, H),
    ],
)
def test_each_indicator_has_its_ranges_with_the_bounds_where_the_guide_puts_them(
    item: str, value: float, grade: Grade
) -> None:
    assert grade_of(item, value) is grade


@pytest.mark.parametrize(
    ("depth", "transparency", "grade"),
    [
        (20.0, 8.0, C),
        (20.0, 7.9, H),
        (15.0, 6.0, C),
        (24.9, 9.96, C),
        (24.9, 9.95, H),
        (25.0, 9.96, H),
        (25.0, 24.0, L),
        (100.0, 24.0, L),
    ],
)
def test_shallow_water_is_judged_by_forty_percent_of_its_depth(depth: float, transparency: float, grade: Grade) -> None:
    assert grade_of("transparency", transparency, depth) is grade


def test_depth_changes_transparency_only_and_what_was_not_measured_has_no_range() -> None:
    assert grades_of({"do": 1.0, "transparency": 9.0, "ph": 7.0}, depth=20) == {"transparency": C, "do": L}


def counts(**items: tuple[int, int, int]) -> dict[str, ItemCounts]:
    return {item: ItemCounts(*each) for item, each in items.items()}


@pytest.mark.parametrize(
    ("data", "grade"),
    [
        (counts(do=(10, 0, 6)), H),  # one indicator with 60 % heavy
        (counts(do=(10, 0, 5)), C),  # 50 % is neither 60 % of one nor 30 % of two
        (counts(do=(10, 0, 3), nh3n=(10, 0, 3)), H),  # two with 30 % each
        (counts(do=(10, 0, 3), nh3n=(10, 0, 2)), C),
        (counts(do=(10, 4, 2)), L),  # 60 % light or heavy together
        (counts(do=(10, 3, 0), orp=(10, 0, 3)), L),  # two with 30 %, but only one of them heavy
        (counts(do=(10, 0, 0), orp=(10, 0, 0)), C),
        (counts(do=(3, 2, 0)), L),
        (counts(do=(2, 0, 2)), None),
        (counts(do=(2, 0, 2), orp=(3, 0, 0)), C),  # two values of one indicator say nothing yet
        ({}, None),
    ],
)
def test_a_point_is_graded_by_the_shares_of_its_data(data: dict[str, ItemCounts], grade: Grade | None) -> None:
    assert point_grade(data) is grade


@pytest.mark.parametrize(
    ("points", "found"),
    [
        ([C, C, C], BodyGrade(C)),
        ([C, L, C], BodyGrade(L)),
        ([H, H, C], BodyGrade(H, whole=True)),  # 67 %
        ([H, C, H, C, H], BodyGrade(H, whole=True)),  # 60 %
        ([H, H, C, C], BodyGrade(L)),  # 50 %, and two in a row only
        ([H, H, H, C, C, C], BodyGrade(H, stretches=((0, 2),))),
        ([C, H, H, H, C, C, C, C], BodyGrade(H, stretches=((1, 3),))),
        ([H, H, H], BodyGrade(H, whole=True, stretches=((0, 2),))),
        ([C, C], BodyGrade(None, "2 of 3 points")),
        ([], BodyGrade(None, "0 of 3 points")),
        ([C, C, None], BodyGrade(None, "1 of 3 points without a grade")),
        ([L, None, None], BodyGrade(L)),
        ([H, H, None, C], BodyGrade(L)),
    ],
)
def test_a_body_is_graded_by_its_points_downstream(points: list[Grade | None], found: BodyGrade) -> None:
    assert body_grade(points) == found


@given(st.lists(st.sampled_from([C, L, H, None]), min_size=3, max_size=12), st.data())
def test_a_point_that_turns_worse_never_makes_the_body_better(points: list[Grade | None], data: st.DataObject) -> None:
    n = data.draw(st.integers(0, len(points) - 1))
    before = body_grade(points).grade
    after = body_grade([*points[:n], H, *points[n + 1 :]]).grade
    assert before is None or (after is not None and after >= before)


def test_grades_have_the_guides_words() -> None:
    assert [grade.title for grade in Grade] == ["不黑臭", "轻度黑臭", "重度黑臭"]
