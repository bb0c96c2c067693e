"""泊位占用率 and 泊位空闲率: spaces taken and free, with unknown apart, and counters that drift."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from domain.citytime import JINAN
from domain.device import AssetState, Device, DeviceVersion
from domain.explanation import Explanation
from domain.measure import Measure, Span
from domain.scope import CITY, Scope
from rules.live import City
from tests.support.parking import bay, counts, lot, says
from tests.support.rules import NO_PLAN, local, register, version

NOW = local("2026-11-23T12:00")
DAY = timedelta(hours=24)
HOUR = timedelta(hours=1)
TICK = timedelta.resolution


def _city(*devices: Device | DeviceVersion, now: datetime = NOW) -> City:
    city = City(register(*devices), NO_PLAN, JINAN)
    city.advance(now)
    return city


def _share(city: City, scope: str = "city", of: str = "occupancy") -> Measure:
    assert city.now is not None
    return city.measure(f"parking_{of}", Scope.parse(scope), city.now)


def _figures(found: Measure) -> tuple[float, float, float]:
    return found.numerator, found.denominator, found.unknown


def test_occupied_vacant_and_silent_bays_are_kept_apart() -> None:
    city = _city(*(bay(f"b{n}") for n in range(4)))
    city.apply(says("b0", NOW - HOUR, occupied=True))
    city.apply(says("b1", NOW, occupied=True))
    city.apply(says("b2", NOW, occupied=False))
    taken, free = _share(city), _share(city, of="vacancy")
    assert (_figures(taken), taken.value, taken.coverage) == ((2, 4, 1), 50.0, 0.75)
    assert (_figures(free), free.value, free.coverage) == ((1, 4, 1), 25.0, 0.75)
    assert taken.detail["observed_rate"] == pytest.approx(200 / 3)
    assert free.detail["observed_rate"] == pytest.approx(100 / 3)
    assert (taken.official, taken.verdict_allowed, taken.reason, taken.span) == (True, True, "", None)


def test_a_bay_is_unknown_once_its_report_is_older_than_a_day() -> None:
    city = _city(bay())
    city.apply(says("b1", NOW - DAY, occupied=True))
    assert _figures(_share(city)) == (1, 1, 0)
    assert _share(city, "bay:b1").span == Span(NOW - DAY, NOW - DAY)
    city.take_dirty()
    city.advance(NOW + TICK)
    assert _figures(_share(city)) == (0, 1, 1)
    assert _share(city, "bay:b1").span is None
    assert ("parking_occupancy", CITY) in city.take_dirty()


def test_a_faulty_sensor_and_one_that_does_not_say_are_unknown_and_an_event_stands_for_its_state() -> None:
    city = _city(*(bay(f"b{n}") for n in range(5)))
    city.apply(says("b0", NOW, occupied=True, faults=["sensorFault"]))
    city.apply(says("b1", NOW, occupied=None))
    city.apply(says("b2", NOW, None, "Occupied"))
    city.apply(says("b3", NOW, None, "Vacant"))
    city.apply(says("b4", NOW, occupied=False, event="Occupied", faults=["lowBattery"]))
    found = _share(city)
    assert (_figures(found), found.detail["vacant"]) == ((1, 5, 2), 2)


def test_bays_out_of_service_are_in_no_denominator() -> None:
    city = _city(bay("b1"), bay("b2", state=AssetState.MAINTENANCE), lot("p1", state=AssetState.SCRAPPED))
    for name in ("b1", "b2"):
        city.apply(says(name, NOW, occupied=True))
    assert _figures(_share(city)) == (1, 1, 0)
    assert _share(city).detail["out_of_service"] == {"maintenance": 1, "scrapped": 1}
    shut = _share(city, "bay:b2")
    assert (shut.value, shut.coverage, shut.verdict_allowed) == (None, None, False)
    assert shut.reason == "no parking space in service"


@pytest.mark.parametrize(
    ("values", "inside", "flag"),
    [
        ({"occupied": 40}, 40, ""),
        ({"free": 30}, 70, ""),
        ({"occupied": 40, "free": 10}, 40, ""),
        ({"occupied": 0}, 0, ""),
        ({"occupied": 100}, 100, ""),
        ({"occupied": -1}, 0, "below_zero"),
        ({"occupied": 101}, 100, "above_capacity"),
        ({"free": 130}, 0, "below_zero"),
        ({"free": -5}, 100, "above_capacity"),
    ],
)
def test_counts_are_held_to_the_capacity_and_flagged(values: dict[str, int], inside: int, flag: str) -> None:
    city = _city(lot())
    city.apply(counts("p1", NOW, values))
    found, free = _share(city, "lot:p1"), _share(city, "lot:p1", "vacancy")
    assert (_figures(found), found.value) == ((inside, 100, 0), inside)
    assert (_figures(free), free.value) == ((100 - inside, 100, 0), 100 - inside)
    flags = {name: found.detail[name] for name in ("below_zero", "above_capacity") if found.detail[name]}
    raw = values.get("occupied", 100 - values.get("free", 0))
    assert flags == ({flag: [{"lot": "p1", "counted": raw, "capacity": 100}]} if flag else {})


def test_a_car_park_is_unknown_by_its_whole_capacity_when_silent_or_faulty() -> None:
    city = _city(lot("p1", 100), lot("p2", 50), lot("p3", 20), lot("p4", 7))
    city.apply(counts("p1", NOW - HOUR, {"occupied": 10}))
    city.apply(counts("p2", NOW - HOUR - TICK, {"occupied": 10, "capacity": 60}))
    city.apply(counts("p3", NOW, {"occupied": 10}, ["counterFault"]))
    city.apply(counts("p4", NOW, {"capacity": 8}))
    found = _share(city)
    assert _figures(found) == (10, 178, 78)
    city.advance(NOW + TICK)
    assert _figures(_share(city)) == (0, 178, 178)
    assert [i.why for i in _explained(city).inputs] == ["no_fresh_report"] * 2 + ["counterFault", "no_count"]


def test_a_counter_may_tell_its_capacity_and_without_any_it_takes_no_part() -> None:
    city = _city(lot("p1", 0), lot("p2", 0), lot("p3", 30))
    city.apply(counts("p1", NOW, {"occupied": 10, "capacity": 40}))
    city.apply(counts("p2", NOW, {"occupied": 10}))
    city.apply(counts("p3", NOW, {"occupied": 31, "capacity": 0}))
    assert _figures(_share(city)) == (40, 70, 0)
    assert [(i.device, i.used, i.why) for i in _explained(city).inputs] == [
        ("p1", True, ""),
        ("p2", False, "no_capacity"),
        ("p3", True, ""),
    ]


def test_a_counter_speaks_for_the_bays_in_its_car_park_and_bays_of_other_lots_count() -> None:
    city = _city(lot("p1", 10), bay("b1", lot="p1"), bay("b2", lot="p2"), bay("b3"))
    city.apply(counts("p1", NOW, {"occupied": 4}))
    for name in ("b1", "b2"):
        city.apply(says(name, NOW, occupied=True))
    found = _share(city)
    assert (_figures(found), found.detail["bays_in_counted_lots"], found.detail["counted_lots"]) == ((5, 12, 1), 1, 1)
    assert _figures(_share(city, "bay:b1")) == (1, 1, 0)
    assert _figures(_share(city, "lot:p2")) == (1, 1, 0)
    assert [(i.device, i.why) for i in _explained(city).inputs] == [
        ("b1", "counted_with_its_lot"),
        ("b2", ""),
        ("b3", "no_fresh_report"),
        ("p1", ""),
    ]


def test_spaces_stand_in_city_district_road_lot_and_bay() -> None:
    city = _city(bay("b1", lot="p1"), bay("b2", road=""), lot("p1"))
    assert [str(s) for s in city.scopes("parking_occupancy")] == [
        *("bay:b1", "bay:b2", "city", "district:370102", "lot:p1", "road:泉城路"),
    ]
    assert _share(city, "road:泉城路").denominator == 1


def test_an_older_reading_changes_nothing_and_a_revision_does() -> None:
    city = _city(bay())
    city.apply(says("b1", NOW, occupied=True))
    city.take_dirty()
    city.apply(says("b1", NOW - HOUR, occupied=False))
    assert not city.take_dirty()
    city.apply(says("b1", NOW, occupied=False, revision=1))
    assert _figures(_share(city)) == (0, 1, 0)
    assert {str(s) for _, s in city.take_dirty()} >= {"city", "district:370102", "road:泉城路", "bay:b1"}


def test_a_register_that_changes_moves_the_spaces() -> None:
    idle = replace(bay("b1"), state=AssetState.MAINTENANCE)
    city = _city(version(bay("b1"), end=NOW + HOUR), version(idle, start=NOW + HOUR), bay("b2"))
    city.apply(says("b1", NOW, occupied=True))
    assert _figures(_share(city)) == (1, 2, 1)
    city.advance(NOW + HOUR)
    assert _figures(_share(city)) == (0, 1, 1)
    city.set_world(register(bay("b1"), bay("b2"), number=2), NO_PLAN, NOW + HOUR)
    assert (_figures(_share(city)), _share(city).register_version) == ((1, 2, 1), 2)


def test_made_up_spaces_are_not_official() -> None:
    city = _city(replace(bay("b1"), synthetic=True), replace(lot("p1", 10), synthetic=True), bay("b2"))
    found = _share(city)
    assert (found.official, found.reason) == (False, "11 of the parking spaces are made up")
    assert (found.detail["synthetic"], found.verdict_allowed) == (11, True)


def test_the_steps_can_be_followed() -> None:
    city = _city(bay("b1"), bay("b2"), lot("p1", 10))
    city.apply(says("b1", NOW, occupied=True))
    city.apply(counts("p1", NOW, {"occupied": 12}))
    found = _explained(city)
    assert [step.result for step in found.steps] == ["12", "11", "1", "1", "91.67 %"]
    assert found.inputs[0].says == {"occupied": True}
    assert found.measure == _share(city)


def _explained(city: City) -> Explanation:
    assert city.now is not None
    return city.explain("parking_occupancy", CITY, city.now)
