"""Parking: any order of arrival, duplicates, restarts and changed registers end in the same measures; tallies merge."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.citytime import JINAN
from domain.device import AssetState, Device, DeviceVersion
from domain.reading import Reading
from domain.register import Register
from domain.scope import CITY
from rules.live import City
from rules.parking.counts import ParkingTally
from rules.parking.day_view import BITE
from tests.support.parking import bay, counts, lot, point, says, watched
from tests.support.recompute import assert_live_equals_recompute
from tests.support.rules import NO_PLAN, local, register, version

INDICATORS = (
    *("parking_occupancy", "parking_vacancy", "parking_turnover", "parking_average_stay"),
    *("parking_peak_factor", "parking_shared", "illegal_stops"),
)
START = local("2026-11-22T22:00")
MINUTE = timedelta(minutes=1)
DEVICES: dict[str, Device] = {
    "b1": bay("b1"),
    "b2": bay("b2", lot="p1"),
    "b3": bay("b3", lot="p2", road=""),
    "p1": replace(lot("p1", 10), attributes={"capacity": 10, "shared_from": "19:00", "shared_until": "07:30"}),
    "p2": lot("p2", 0),
    "i1": point("i1"),
    "i2": point("i2", no_stopping=False, grace_minutes=8.0),
    "i3": point("i3", no_stopping=False, road_class="branch"),
}
READINGS = st.lists(
    st.one_of(
        st.builds(
            lambda name, minute, state, event, fault, revision: says(
                name, START + minute * MINUTE, state, event, faults=fault, revision=revision
            ),
            st.sampled_from(["b1", "b2", "b3"]),
            st.integers(-120, 3300),
            st.sampled_from([True, False, None]),
            st.sampled_from(["", "", "Occupied", "Vacant"]),
            st.sampled_from([(), (), ("sensorFault",)]),
            st.integers(0, 2),
        ),
        st.builds(
            lambda name, minute, inside, fault, revision: counts(
                name, START + minute * MINUTE, {"occupied": inside, "capacity": 8}, fault, revision
            ),
            st.sampled_from(["p1", "p2"]),
            st.integers(-120, 3300),
            st.integers(-2, 12),
            st.sampled_from([(), (), ("counterFault",)]),
            st.integers(0, 2),
        ),
        st.builds(
            lambda name, minute, stay, fault, revision: watched(
                name, START + minute * MINUTE, stay, longest=minute % 9, faults=fault, revision=revision
            ),
            st.sampled_from(["i1", "i2", "i3"]),
            st.integers(-120, 3300),
            st.sampled_from([None, 4.0, 5.0, 7.5, 9.0]),
            st.sampled_from([(), (), ("viewBlocked",)]),
            st.integers(0, 2),
        ),
    ),
    max_size=40,
    unique_by=lambda r: (r.device, r.at, r.revision),
)


def _worlds(idle: set[str], random: Random) -> tuple[Register, Register]:
    turn = START + random.randint(0, 3000) * MINUTE
    versions: list[Device | DeviceVersion] = []
    for device in DEVICES.values():
        if device.id in idle:
            versions += [version(replace(device, state=AssetState.MAINTENANCE), end=turn), version(device, start=turn)]
        else:
            versions.append(device)
    return register(*DEVICES.values()), register(*versions, number=2)


@settings(deadline=None)
@given(READINGS, st.sets(st.sampled_from(list(DEVICES))), st.randoms(use_true_random=False))
def test_parking_ends_equal_in_any_order_with_restarts_and_a_register_changed_in_retrospect(
    readings: list[Reading], idle: set[str], random: Random
) -> None:
    worlds = [(world, NO_PLAN) for world in _worlds(idle, random)]
    strides, last = [n * MINUTE for n in (1, 61, 700)], [n * MINUTE for n in (0, 90, 1500)]
    begin = START - 60 * MINUTE
    assert_live_equals_recompute(readings, worlds, random, INDICATORS, start=begin, strides=strides, last=last)


def test_many_bays_are_worked_out_in_parts_before_they_are_asked_for() -> None:
    city = City(register(*(bay(f"b{n}") for n in range(BITE + 1))), NO_PLAN, JINAN)
    city.advance(START)
    assert [city.prepare("parking_turnover") for _ in range(3)] == [True, False, False]
    city.advance(START + 1440 * MINUTE)
    assert [city.prepare("parking_average_stay") for _ in range(2)] == [True, False]
    assert not city.prepare("light_on_rate")


@settings(deadline=None)
@given(READINGS, st.lists(st.integers(0, 2), min_size=len(DEVICES), max_size=len(DEVICES)))
def test_tallies_of_disjoint_devices_merge_to_that_of_the_whole_in_any_grouping(
    readings: list[Reading], groups: list[int]
) -> None:
    parts = [
        _tally([d for d, g in zip(DEVICES.values(), groups, strict=True) if g == part], readings) for part in range(3)
    ]
    whole = _tally(list(DEVICES.values()), readings)
    one, two, three = parts
    assert one.merged(two).merged(three) == three.merged(one.merged(two)) == two.merged(three.merged(one)) == whole
    assert one.merged(two).merged(three).total() == whole.total()
    assert ParkingTally.load(json.loads(json.dumps(whole.dump()))) == whole


def _tally(devices: list[Device], readings: list[Reading]) -> Any:
    now = START + 1600 * MINUTE
    city = City(register(*devices), NO_PLAN, JINAN)
    city.advance(now)
    for reading in readings:
        city.apply(reading)
    state: Any = city._states["parking_occupancy"]
    tally: Callable[[Any], Any] = state.tally
    return tally(CITY)
