"""违法停车: stays beyond the grace time, on no-stopping roads and on other main and secondary roads, by closed day."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from domain.citytime import JINAN
from domain.device import AssetState, Device, DeviceVersion
from domain.measure import Measure, Span
from domain.scope import CITY, Scope
from rules.indicators.illegal_stops import IllegalStops
from rules.live import City
from rules.parking.stops import StopTally
from tests.support.parking import point, watched
from tests.support.rules import NO_PLAN, local, register, version

NOW = local("2026-11-24T08:00")
MONDAY = local("2026-11-23T00:00")
HOUR = timedelta(hours=1)
TICK = timedelta.resolution


def _city(*devices: Device | DeviceVersion) -> City:
    city = City(register(*devices), NO_PLAN, JINAN)
    city.advance(NOW)
    return city


def _heard(city: City, name: str, hours: int = 24) -> None:
    for n in range(hours):
        city.apply(watched(name, MONDAY + n * HOUR))


def _stops(city: City, scope: str = "city") -> Measure:
    assert city.now is not None
    return city.measure("illegal_stops", Scope.parse(scope), city.now)


def test_stays_beyond_five_minutes_are_illegal_stops() -> None:
    city = _city(point())
    _heard(city, "i1")
    for n, minutes in enumerate([1.0, 5.0, 5.1, 30.0]):
        city.apply(watched("i1", MONDAY + HOUR * n + HOUR / 2, minutes))
    found = _stops(city)
    assert (found.value, found.numerator, found.denominator, found.unknown) == (2.0, 2, 4, 0)
    assert (found.coverage, found.official, found.unit) == (1.0, True, "{event}")
    assert (found.verdict_allowed, found.reason) == (False, "a count of stops is no share; the plan sets no figure")
    assert found.covers == Span(MONDAY, local("2026-11-24T00:00"))
    assert (found.detail["day"], found.detail["longest_minutes"]) == ("2026-11-23", 30.0)


def test_no_stopping_roads_are_told_apart_from_other_main_roads_and_the_rest_takes_no_part() -> None:
    city = _city(
        point("i1"),
        point("i2", no_stopping=False),
        point("i3", no_stopping=False, road_class="secondary"),
        point("i4", no_stopping=False, road_class="expressway"),
        point("i5", no_stopping=False, road_class="branch"),
        point("i6", road_class="alley"),
    )
    for n in range(1, 7):
        _heard(city, f"i{n}")
        city.apply(watched(f"i{n}", MONDAY + HOUR / 2, 10.0))
    assert _stops(city).detail["roads"] == {
        "no_stopping": {"points": 2, "heard": 2, "stays": 2, "illegal": 2},
        "main_or_secondary": {"points": 3, "heard": 3, "stays": 3, "illegal": 3},
    }
    assert _stops(city).value == 5.0


def test_the_grace_time_is_the_points_own_as_the_register_had_it_then() -> None:
    noon = MONDAY + 12 * HOUR
    city = _city(
        version(point("i1", grace_minutes=8), end=noon),
        version(point("i1", grace_minutes=3), start=noon, end=noon + HOUR),
        version(point("i1", state=AssetState.MAINTENANCE), start=noon + HOUR, end=noon + 2 * HOUR),
        version(point("i1"), start=noon + 2 * HOUR),
    )
    for n in (-1, 0, 1, 2):
        city.apply(watched("i1", noon + n * HOUR, 6.0))
    found = _stops(city)
    assert (found.numerator, found.denominator) == (2, 3)


def test_a_stop_belongs_to_the_day_on_which_the_vehicle_drives_off() -> None:
    city = _city(point())
    for at in (MONDAY - TICK, MONDAY, local("2026-11-24T00:00") - TICK, local("2026-11-24T00:00")):
        city.apply(watched("i1", at, 10.0))
    assert _stops(city).numerator == 2
    city.advance(local("2026-11-25T00:00"))
    assert _stops(city).numerator == 1


@pytest.mark.parametrize(("hours", "coverage", "official"), [(18, 1.0, True), (17, 0.0, False)])
def test_a_day_needs_three_quarters_of_its_hours(hours: int, coverage: float, official: bool) -> None:  # noqa: FBT001
    city = _city(point())
    _heard(city, "i1", hours)
    found = _stops(city)
    assert (found.coverage, found.official) == (coverage, official)
    assert found.value == (0.0 if official else None)
    assert found.reason.startswith("a count" if official else "1 of 1 points were heard too little")


def test_what_a_blocked_camera_says_does_not_count() -> None:
    city = _city(point())
    city.apply(watched("i1", MONDAY, 10.0, faults=["viewBlocked"]))
    assert (_stops(city).denominator, _stops(city).value) == (0, None)
    city.apply(watched("i1", MONDAY, 10.0, revision=1))
    assert _stops(city).numerator == 1
    city.apply(watched("i1", MONDAY, 10.0, faults=["cameraFault"]))
    assert _stops(city).numerator == 1


def test_vehicles_that_stand_too_long_now_are_shown_while_the_report_is_fresh() -> None:
    city = _city(point("i1"), point("i2"), point("i3"), point("i4", no_stopping=False, road_class="branch"))
    city.apply(watched("i1", NOW, longest=5.5))
    city.apply(watched("i2", NOW, longest=5.0))
    city.apply(watched("i3", NOW, longest=9.0, faults=["maintenance"]))
    city.apply(watched("i4", NOW, longest=9.0))
    assert _stops(city).detail["standing_too_long"] == [{"point": "i1", "minutes": 5.5}]
    city.advance(NOW + timedelta(minutes=31))
    assert len(_stops(city).detail["standing_too_long"]) == 1
    city.advance(NOW + timedelta(minutes=31) + TICK)
    assert _stops(city).detail["standing_too_long"] == []


def test_points_stand_in_city_district_and_road_and_new_readings_move_them() -> None:
    city = _city(point(), point("i2", road="", no_stopping=False))
    assert [str(s) for s in city.scopes("illegal_stops")] == ["city", "district:370102", "road:经十路"]
    assert _stops(city, "road:经十路").detail["points"] == 1
    city.take_dirty()
    city.apply(watched("i1", MONDAY + HOUR, 10.0))
    assert {str(s) for n, s in city.take_dirty() if n == "illegal_stops"} >= {"city", "road:经十路"}
    city.advance(local("2026-11-25T00:00"))
    assert ("illegal_stops", CITY) in city.take_dirty()


def test_points_out_of_service_and_made_up_ones_say_so() -> None:
    city = _city(point("i1", state=AssetState.MAINTENANCE))
    assert (_stops(city).value, _stops(city).coverage, _stops(city).official) == (None, None, False)
    made_up = _city(replace(point(), synthetic=True))
    _heard(made_up, "i1")
    assert (_stops(made_up).official, _stops(made_up).reason) == (False, "1 of the points are made up")


def test_every_point_is_explained() -> None:
    city = _city(point("i1"), point("i2"), point("i3", no_stopping=False, road_class="branch"))
    _heard(city, "i1")
    city.apply(watched("i1", MONDAY + HOUR / 2, 10.0))
    found = city.explain("illegal_stops", CITY, NOW)
    assert [(i.device, i.used, i.why) for i in found.inputs] == [
        ("i1", True, ""),
        ("i2", False, "heard_too_little"),
        ("i3", False, "other_road"),
    ]
    assert found.inputs[0].says == {
        "grace_minutes": 5.0,
        "road_group": "no_stopping",
        "stays": 1,
        "illegal": 1,
        "hours_heard": 24,
    }
    assert [step.result for step in found.steps] == ["2", "0", "1", "1", "0", "1"]
    assert _city(point()).explain("illegal_stops", CITY, NOW).steps[-1].result == "no point was heard"


def test_a_snapshot_keeps_the_stays_and_tallies_merge() -> None:
    city = _city(point("i1"), point("i2"))
    for name in ("i1", "i2"):
        city.apply(watched(name, MONDAY, 10.0))
    again = City.load(json.loads(json.dumps(city.dump())), register(point("i1"), point("i2")), NO_PLAN, JINAN)
    assert _stops(again) == _stops(city)
    state = city._states["illegal_stops"]
    assert isinstance(state, IllegalStops)
    whole = state.tally(CITY)
    one, two = (StopTally({name: whole.points[name]}, whole.day_hours) for name in ("i1", "i2"))
    assert one.merged(two) == two.merged(one) == whole
    assert StopTally.load(json.loads(json.dumps(whole.dump()))) == whole
    city.advance(local("2026-11-26T00:00"))
    assert state.dump() == {}
