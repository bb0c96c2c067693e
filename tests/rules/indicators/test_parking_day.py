"""周转率, 平均停车时长 and 高峰占用率: the last closed day of bays and car parks."""

import json
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from domain.citytime import JINAN
from domain.device import AssetState, Device, DeviceVersion
from domain.measure import Measure, Span
from domain.scope import CITY, Scope
from rules.live import City
from rules.parking.day_tally import DayTally
from rules.parking.day_view import DayView
from tests.support.parking import bay, counts, lot, says
from tests.support.rules import NO_PLAN, local, register, version

NOW = local("2026-11-24T08:00")
MONDAY = local("2026-11-23T00:00")
TUESDAY = local("2026-11-24T00:00")
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
TICK = timedelta.resolution
NAMES = ("parking_turnover", "parking_average_stay", "parking_peak_factor")


def _city(*devices: Device | DeviceVersion, now: datetime = NOW) -> City:
    city = City(register(*devices), NO_PLAN, JINAN)
    city.advance(now)
    return city


def _of(city: City, name: str, scope: str = "city") -> Measure:
    assert city.now is not None
    return city.measure(f"parking_{name}", Scope.parse(scope), city.now)


def _park(city: City, name: str, came: datetime, minutes: int) -> None:
    city.apply(says(name, came, occupied=True, event="Occupied"))
    city.apply(says(name, came + minutes * MINUTE, occupied=False, event="Vacant"))


def test_turnover_is_parkings_for_each_bay_in_the_day() -> None:
    city = _city(*(bay(f"b{n}") for n in range(4)))
    for hour in (8, 9, 10):
        _park(city, "b0", MONDAY + hour * HOUR, 30)
    _park(city, "b1", MONDAY + 9 * HOUR, 60)
    city.apply(says("b2", MONDAY, occupied=False))
    _park(city, "b2", TUESDAY, 10)
    found = _of(city, "turnover")
    assert (found.value, found.numerator, found.denominator, found.unknown) == (1.0, 4, 4, 1)
    assert (found.coverage, found.covers) == (0.75, Span(MONDAY, TUESDAY))
    assert (found.official, found.verdict_allowed) == (True, False)
    assert found.reason == "parkings for each bay are no share; the plan sets no figure"
    assert found.detail == {"day": "2026-11-23", "observed": pytest.approx(4 / 3), "parkings": 4, "inferred": 0}


def test_heartbeats_are_no_parkings_and_a_lost_arrival_is_inferred() -> None:
    city = _city(bay("b1"))
    for minute in range(0, 600, 10):
        city.apply(says("b1", MONDAY + minute * MINUTE, occupied=minute >= 300))
    found = _of(city, "turnover")
    assert (found.numerator, found.detail["inferred"]) == (1, 1)


def test_the_average_stay_is_of_stays_that_ended_with_both_sides() -> None:
    city = _city(bay("b1"), bay("b2"), bay("b3"))
    _park(city, "b1", MONDAY - HOUR, 90)
    _park(city, "b1", MONDAY + 9 * HOUR, 30)
    _park(city, "b2", MONDAY + 23 * HOUR, 90)
    city.apply(says("b3", MONDAY + HOUR, occupied=True))
    city.apply(says("b3", MONDAY + 2 * HOUR, occupied=False, event="Vacant"))
    found = _of(city, "average_stay")
    assert (found.value, found.numerator, found.denominator, found.unknown) == (60.0, 120.0, 2, 1)
    assert (found.coverage, found.unit, found.official, found.verdict_allowed) == (2 / 3, "min", True, False)
    assert found.detail == {"day": "2026-11-23", "stays": 2, "one_sided": 1, "bays": 3, "bays_heard": 3}
    city.advance(local("2026-11-25T00:00"))
    assert _of(city, "average_stay").value == 90.0


def test_the_peak_is_the_fullest_quarter_and_counters_take_part() -> None:
    city = _city(bay("b1"), bay("b2"), lot("p1", 8), bay("b3", lot="p1"))
    for name in ("b1", "b2", "b3"):
        city.apply(says(name, MONDAY, occupied=False))
    _park(city, "b1", MONDAY + 9 * HOUR, 60)
    for n in range(96):
        inside = 12 if n == 38 else 4
        city.apply(counts("p1", MONDAY + 15 * n * MINUTE, {"occupied": inside, "capacity": 8}))
    found = _of(city, "peak_factor")
    assert (found.value, found.numerator, found.denominator, found.unknown) == (90.0, 9, 10, 0)
    assert found.detail["peak_at"] == (MONDAY + 9.5 * HOUR).isoformat()
    assert (found.detail["saturated"], found.detail["coverage_of_day"]) == (True, 1.0)
    taken = found.detail["taken_by_quarter"]
    assert (len(taken), taken[0], taken[36], taken[38], taken[40]) == (96, 4, 5, 9, 4)
    utilisation = 100 * (95 * 4 + 8 + 4) / 960
    assert found.detail["utilisation"] == pytest.approx(utilisation)
    assert found.detail["peak_factor"] == pytest.approx(90 / utilisation)
    assert _of(city, "peak_factor", "bay:b1").value == 100.0
    assert _of(city, "peak_factor", "lot:p1").denominator == 8


def test_a_counter_stands_for_an_hour_and_faulty_counts_for_nothing() -> None:
    city = _city(lot("p1", 8))
    city.apply(counts("p1", MONDAY, {"free": 2}))
    city.apply(counts("p1", MONDAY + 2 * HOUR, {"free": 1}, ["counterFault"]))
    found = _of(city, "peak_factor")
    assert (found.numerator, found.unknown, found.detail["coverage_of_day"]) == (6, 0, 5 / 96)
    assert found.detail["taken_by_quarter"][:6] == [6, 6, 6, 6, 6, 0]


def test_a_day_without_reports_has_no_figures() -> None:
    city = _city(bay("b1"))
    for name in NAMES:
        found = city.measure(name, CITY, NOW)
        assert (found.value, found.numerator, found.official, found.verdict_allowed) == (None, 0, False, False)
        assert found.reason
    assert _of(city, "turnover").coverage == 0.0
    assert _of(city, "average_stay").coverage is None
    assert _of(city, "peak_factor").detail["peak_factor"] is None


def test_the_devices_of_the_days_end_count_and_later_ones_do_not() -> None:
    moved = version(bay("b2", road="历山路"), start=TUESDAY)
    city = _city(version(bay("b1")), version(bay("b2"), end=TUESDAY), moved, version(bay("b3"), start=TUESDAY))
    for name in ("b1", "b2", "b3"):
        _park(city, name, MONDAY + HOUR, 30)
    assert (_of(city, "turnover").numerator, _of(city, "turnover").denominator) == (2, 2)
    assert _of(city, "turnover", "road:泉城路").denominator == 2
    assert _of(city, "turnover", "road:历山路").denominator == 0
    assert _of(city, "turnover", "bay:b3").value is None
    assert [i.why for i in city.explain("parking_turnover", CITY, NOW).inputs] == ["", "", "not_in_service_that_day"]
    idle = register(bay("b1", state=AssetState.MAINTENANCE), bay("b2"), number=2)
    city.set_world(idle, NO_PLAN, NOW)
    assert (_of(city, "turnover").denominator, _of(city, "turnover").register_version) == (1, 2)
    assert [i.why for i in city.explain("parking_turnover", CITY, NOW).inputs] == ["maintenance", ""]


def test_late_reports_reopen_the_closed_day_and_those_of_today_leave_it_alone() -> None:
    city = _city(bay("b1"))
    city.take_dirty()
    city.apply(says("b1", TUESDAY, occupied=True, event="Occupied"))
    assert not {n for n, _ in city.take_dirty()} & set(NAMES)
    city.apply(says("b1", TUESDAY - TICK, occupied=True, event="Occupied"))
    dirty = city.take_dirty()
    assert {n for n, s in dirty if s == CITY} >= set(NAMES)
    assert {str(s) for n, s in dirty if n == NAMES[0]} == {"city", "bay:b1", "district:370102", "road:泉城路"}
    assert _of(city, "turnover").numerator == 1
    city.advance(local("2026-11-25T00:00"))
    assert {n for n, s in city.take_dirty() if s == CITY} >= set(NAMES)


def test_every_bay_and_car_park_is_explained() -> None:
    city = _city(bay("b1"), bay("b2"), lot("p1", 8), lot("p2", 0))
    _park(city, "b1", MONDAY + HOUR, 30)
    turnover, stay, peak = (city.explain(name, CITY, NOW) for name in NAMES)
    assert [(i.device, i.used, i.why) for i in turnover.inputs] == [
        ("b1", True, ""),
        ("b2", False, "not_heard"),
        ("p1", False, "counters_tell_no_parkings"),
        ("p2", False, "counters_tell_no_parkings"),
    ]
    assert turnover.inputs[0].says == {"parkings": 1, "inferred": 0, "stays": 1, "minutes": 30.0, "one_sided": 0}
    assert [step.result for step in turnover.steps] == ["2", "1", "1", "0", "0.50"]
    assert [step.result for step in stay.steps] == ["1", "0", "30.00", "30.00 min"]
    assert [(i.device, i.used, i.why) for i in peak.inputs] == [
        ("b1", True, ""),
        ("b2", True, ""),
        ("p1", True, ""),
        ("p2", False, "no_capacity"),
    ]
    assert peak.inputs[0].says == {"taken_quarters": 2, "known_quarters": 92, "quarters": 96}
    assert peak.inputs[2].says == {"spaces": 8, "most_taken": 0}
    assert [s.result for s in peak.steps] == ["10", (MONDAY + HOUR).isoformat(), "1", "9", "10.00 %", "48.00"]


def test_made_up_devices_are_not_official() -> None:
    city = _city(replace(bay("b1"), synthetic=True), replace(lot("p1", 8), synthetic=True))
    _park(city, "b1", MONDAY + HOUR, 30)
    for name, reason in zip(NAMES, ("1 of the bays", "1 of the bays", "9 of the parking spaces"), strict=True):
        found = city.measure(name, CITY, NOW)
        assert (found.official, found.reason) == (False, f"{reason} are made up")


def test_the_reports_are_kept_once_for_all_and_a_snapshot_brings_them_back() -> None:
    world = register(bay("b1"), lot("p1", 8))
    city = _city(bay("b1"), lot("p1", 8))
    _park(city, "b1", MONDAY + HOUR, 30)
    city.apply(counts("p1", MONDAY + HOUR, {"occupied": 3}))
    assert len({id(state.board) for name in NAMES if isinstance(state := city._states[name], DayView)}) == 1
    again = City.load(json.loads(json.dumps(city.dump())), world, NO_PLAN, JINAN)
    for name in NAMES:
        assert again.measure(name, CITY, NOW) == city.measure(name, CITY, NOW)
    city.advance(local("2026-11-27T00:00"))
    assert city._boards["parking_day"].dump() == {"bays": {}, "lots": {}}


def test_two_cities_never_share_a_board() -> None:
    one, other = _city(bay("b1")), _city(bay("b1"))
    _park(one, "b1", MONDAY + HOUR, 30)
    assert (_of(one, "turnover").numerator, _of(other, "turnover").numerator) == (1, 0)


def test_tallies_of_disjoint_devices_merge_to_that_of_the_whole() -> None:
    devices = [bay("b1"), bay("b2", lot="p1"), lot("p1", 8), bay("b3", lot="p2")]

    def tally(*chosen: Device) -> DayTally:
        city = _city(*chosen)
        for n, device in enumerate(devices):
            if device.kind == "parking_bay":
                _park(city, device.id, MONDAY + (n + 1) * HOUR, 20 * (n + 1))
        city.apply(counts("p1", MONDAY + 3 * HOUR, {"occupied": 5}))
        state = city._states["parking_turnover"]
        assert isinstance(state, DayView)
        return state.tally(CITY)

    whole = tally(*devices)
    one, two, three = tally(devices[0], devices[3]), tally(devices[1]), tally(devices[2])
    assert one.merged(two).merged(three) == three.merged(two.merged(one)) == whole
    assert DayTally.load(json.loads(json.dumps(whole.dump()))) == whole
    assert whole.spaces().spaces == 10
