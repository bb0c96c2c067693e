"""City items: any order of arrival, duplicates, restarts and changed registers end in the same measures."""

from dataclasses import replace
from datetime import timedelta
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.device import AssetState, Device, DeviceVersion
from domain.reading import Reading
from domain.register import Register
from tests.support.parking import bay, device, says
from tests.support.recompute import assert_live_equals_recompute
from tests.support.rules import NO_PLAN, local, register, version

INDICATORS = ("map_coverage", "feeds_connected", "hotline_rates")
START = local("2026-10-30T12:00")
HOUR = timedelta(hours=1)
ELSEWHERE = "济南市城市管理局"
DEVICES: dict[str, Device] = {
    d.id: d
    for d in (
        bay("b1"),
        replace(bay("b2"), responsible_unit=ELSEWHERE),
        device("data_feed", "f1", delivers="parking_bay", agreed_minutes=120),
        replace(device("data_feed", "f2", delivers="parking_bay", agreed_minutes=9000), responsible_unit=ELSEWHERE),
        device("data_feed", "f3", delivers="hospitals", agreed_minutes=600),
        device("hotline_daily", "h1"),
        replace(device("hotline_daily", "h2"), responsible_unit=ELSEWHERE),
        replace(device("grid_component", "c1", category="0101"), lon=117.0, lat=36.6),
        device("grid_component", "c2", category="0301"),
    )
}
AT = st.integers(-24 * 20, 24 * 12).map(lambda hours: START + hours * HOUR)
READINGS = st.lists(
    st.one_of(
        st.builds(
            lambda name, at, revision: says(name, at, occupied=True, revision=revision),
            st.sampled_from(["b1", "b2"]),
            AT,
            st.integers(0, 1),
        ),
        st.builds(
            lambda at, fault, revision: Reading("f3", "data_feed", at, at, {}, faults=fault, revision=revision),
            AT,
            st.sampled_from([(), ("interfaceFault",)]),
            st.integers(0, 2),
        ),
        st.builds(
            lambda name, at, part, revision: Reading(
                name, "hotline_daily", at, at, {"calls": 10, "connected": part, "surveyed": part}, revision=revision
            ),
            st.sampled_from(["h1", "h2"]),
            AT,
            st.integers(0, 12),
            st.integers(0, 2),
        ),
    ),
    max_size=40,
    unique_by=lambda r: (r.device, r.at, r.revision),
)


def _worlds(changed: set[str], random: Random) -> tuple[Register, Register]:
    turn = START + random.randint(0, 200) * HOUR
    versions: list[Device | DeviceVersion] = []
    for found in DEVICES.values():
        if found.id in changed:
            other = random.choice(
                [
                    replace(found, state=AssetState.MAINTENANCE),
                    replace(found, responsible_unit="济南市水务局", lon=None),
                ]
            )
            versions += [version(other, end=turn), version(found, start=turn)]
        else:
            versions.append(found)
    return register(*DEVICES.values()), register(*versions, number=2)


@settings(deadline=None)
@given(READINGS, st.sets(st.sampled_from(list(DEVICES))), st.randoms(use_true_random=False))
def test_city_items_end_equal_in_any_order_with_restarts_and_a_register_changed_in_retrospect(
    readings: list[Reading], changed: set[str], random: Random
) -> None:
    worlds = [(world, NO_PLAN) for world in _worlds(changed, random)]
    strides, last = [n * HOUR for n in (1, 13, 60)], [n * HOUR for n in (0, 5, 200)]
    assert_live_equals_recompute(readings, worlds, random, INDICATORS, start=START, strides=strides, last=last)
