"""Black-odorous bodies: grades over three weeks, the watch for a relapse, and the share of clear ones."""

import json
from datetime import timedelta

from domain.citytime import JINAN
from domain.device import AssetState, Device
from domain.measure import Measure
from domain.reading import Reading
from domain.scope import CITY, Scope, ScopeKind
from rules.live import City
from tests.support.rules import NO_PLAN, local, register
from tests.support.watch import CLEAR, HEAVY, LIGHT, point, sample

NOW = local("2026-11-23T18:00")
HOUR = timedelta(hours=1)
BODY = Scope(ScopeKind.WATER_BODY, "b1")
POINTS = [point(f"p{n}", position=n) for n in (1, 2, 3)]


def _city(devices: list[Device], readings: list[Reading]) -> City:
    city = City(register(*devices), NO_PLAN, JINAN)
    city.advance(NOW)
    for reading in readings:
        city.apply(reading)
    return city


def _days(device_id: str, *values: dict[str, float]) -> list[Reading]:
    """One sample a day, the last of them today."""
    return [sample(device_id, NOW - HOUR - 24 * HOUR * n, v) for n, v in enumerate(reversed(values))]


def _grade(readings: list[Reading], devices: list[Device] | None = None) -> Measure:
    return _city(devices or POINTS, readings).measure("black_odorous_grade", BODY, NOW)


def _clear(readings: list[Reading], devices: list[Device] | None = None) -> Measure:
    return _city(devices or POINTS, readings).measure("black_odorous_clear", CITY, NOW)


def _all(*values: dict[str, float]) -> list[Reading]:
    return [reading for p in POINTS for reading in _days(p.id, *values)]


def test_a_body_is_clear_when_all_its_points_are() -> None:
    found = _grade(_all(CLEAR, CLEAR, CLEAR))
    assert (found.value, found.numerator, found.denominator, found.unknown) == (0, 3, 3, 0)
    assert (found.detail["grade_zh"], found.detail["clear"], found.verdict_allowed) == ("不黑臭", True, False)
    share = _clear(_all(CLEAR, CLEAR, CLEAR))
    assert (share.value, share.numerator, share.denominator, share.unknown) == (100, 1, 1, 0)
    assert share.verdict_allowed


def test_one_light_point_makes_a_light_body_and_it_counts_against_the_share() -> None:
    readings = [*_days("p1", LIGHT, LIGHT, LIGHT), *_days("p2", CLEAR, CLEAR, CLEAR), *_days("p3", CLEAR, CLEAR, CLEAR)]
    found = _grade(readings)
    assert (found.value, found.detail["grade"], found.detail["suspected"]) == (
        1,
        "light",
        {"p1": ["transparency", "do", "orp", "nh3n"]},
    )
    share = _clear(readings)
    assert (share.numerator, share.unknown, share.value) == (0, 0, 0)
    assert [b["body"] for b in share.detail["relapsed"]] == ["b1"]


def test_two_of_three_heavy_points_make_the_whole_body_heavy() -> None:
    readings = [*_days("p1", HEAVY, HEAVY, CLEAR), *_days("p3", HEAVY, HEAVY, HEAVY), *_days("p2", CLEAR, CLEAR, CLEAR)]
    found = _grade(readings)
    assert (found.value, found.detail["whole"]) == (2, True)


def test_three_heavy_points_in_a_row_are_named_downstream() -> None:
    devices = [point(f"p{n}", position=10 - n) for n in range(1, 7)]  # p6 lies furthest upstream
    foul = [r for n in (4, 3, 2) for r in _days(f"p{n}", HEAVY, HEAVY, HEAVY)]
    rest = [r for n in (6, 5, 1) for r in _days(f"p{n}", CLEAR, CLEAR, CLEAR)]
    found = _grade([*foul, *rest], devices)
    assert (found.value, found.detail["whole"], found.detail["heavy_stretches"]) == (2, False, [["p4", "p2"]])


def test_a_suspect_newest_sample_is_a_watch_and_neither_clear_nor_relapsed() -> None:
    readings = [*_all(CLEAR, CLEAR, CLEAR), sample("p2", NOW, {**CLEAR, "nh3n": 8.5})]
    assert _grade(readings).detail["suspected"] == {"p2": ["nh3n"]}
    share = _clear(readings)
    assert (share.numerator, share.unknown, share.detail["relapsed"]) == (0, 1, [])
    assert share.detail["unknown_bodies"] == [{"body": "b1", "reason": "suspected"}]
    over = _clear([*readings, sample("p2", NOW, CLEAR, revision=1)])
    assert over.numerator == 1


def test_too_few_samples_or_points_leave_a_body_unknown() -> None:
    assert _grade(_all(CLEAR, CLEAR)).reason == "3 of 3 points without a grade"
    idle = point("p3", position=3, state=AssetState.MAINTENANCE)
    found = _grade(_all(CLEAR, CLEAR, CLEAR), [*POINTS[:2], idle])
    assert (found.value, found.reason) == (None, "2 of 3 points")
    share = _clear(_all(CLEAR, CLEAR, CLEAR), [*POINTS[:2], idle])
    assert (share.denominator, share.unknown) == (1, 1)


def test_a_body_without_a_point_in_service_is_unknown_and_a_scrapped_one_is_gone() -> None:
    idle = [point(f"q{n}", body="b2", state=AssetState.MAINTENANCE) for n in (1, 2)]
    gone = [point("z1", body="b3", state=AssetState.SCRAPPED)]
    share = _clear(_all(CLEAR, CLEAR, CLEAR), [*POINTS, *idle, *gone])
    assert (share.denominator, share.numerator, share.unknown) == (2, 1, 1)


def test_invalid_samples_and_old_ones_do_not_count() -> None:
    valid = _all(CLEAR, CLEAR, CLEAR)
    assert _grade([*valid, *(sample("p1", NOW - n * HOUR, HEAVY, ["maintenance"]) for n in range(2, 9))]).value == 0
    old = [sample("p1", local("2026-11-02T23:59") - n * HOUR, HEAVY) for n in range(40)]
    assert _grade([*valid, *old]).value == 0
    just = [sample("p1", local("2026-11-03T00:00") + n * HOUR, HEAVY) for n in range(40)]
    assert _grade([*valid, *just]).value == 1


def test_the_window_ends_with_the_day_and_says_so() -> None:
    city = _city(POINTS, [*_all(CLEAR, CLEAR, CLEAR), *(sample("p1", NOW - n * HOUR, LIGHT) for n in range(2, 30))])
    city.take_dirty()
    assert city.measure("black_odorous_grade", BODY, NOW).value == 1
    later = NOW + 22 * 24 * HOUR
    found = city.measure("black_odorous_grade", BODY, later)
    assert (found.value, found.unknown) == (None, 3)
    assert ("black_odorous_grade", BODY) in city.take_dirty()


def test_shallow_water_is_judged_by_its_depth() -> None:
    shallow = {**CLEAR, "transparency": 8.0, "depth": 20.0}
    assert _grade(_all(shallow, shallow, shallow)).value == 0
    assert _grade(_all(*(3 * [{**shallow, "depth": 24.0}]))).value == 2


def test_a_restart_keeps_grades_and_every_point_explains_itself() -> None:
    readings = [*_days("p1", LIGHT, HEAVY, LIGHT), *_days("p2", CLEAR, CLEAR, CLEAR), *_days("p3", CLEAR)]
    city = _city(POINTS, readings)
    again = City.load(json.loads(json.dumps(city.dump())), register(*POINTS), NO_PLAN, JINAN)
    assert again.measure("black_odorous_grade", BODY, NOW) == city.measure("black_odorous_grade", BODY, NOW)
    found = city.explain("black_odorous_grade", BODY, NOW)
    assert [(i.device, i.used, i.why) for i in found.inputs] == [
        ("p1", True, ""),
        ("p2", True, ""),
        ("p3", False, "fewer than 3 samples"),
    ]
    assert found.inputs[0].says["data"]["nh3n"] == {"title": "氨氮", "values": 3, "light": 2, "heavy": 1}
    assert [s.result for s in found.steps] == ["重度黑臭", "不黑臭", "no grade", "轻度黑臭"]
    assert [s.result for s in city.explain("black_odorous_clear", CITY, NOW).steps] == ["1", "0", "1", "0", "0.00 %"]
