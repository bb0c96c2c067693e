"""设施完好率 from inspection records: checked, sound, and what nobody has looked at."""

from dataclasses import replace
from datetime import timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from domain.device import AssetState, Device
from domain.kind import Value
from domain.reading import Reading
from tests.support.lighting import NIGHT, PLAN, city_at, explain, measure
from tests.support.recompute import assert_live_equals_recompute
from tests.support.rules import register

AT = "2026-11-23T21:00"
DAY = timedelta(days=1)
SOUND = "lighting_soundness"


def _unit(device_id: str = "i1", *, road: str = "经十路", facilities: int | None = 100) -> Device:
    attributes: dict[str, Value] = {"road": road, "road_class": "arterial"}
    if facilities is not None:
        attributes["facilities"] = facilities
    return Device(device_id, "lighting_inspection", device_id, "370102", "370102", "市城管局", attributes=attributes)


def _record(device_id: str = "i1", days_ago: float = 1, revision: int = 0, **counts: int) -> Reading:
    at = NIGHT - days_ago * DAY
    return Reading(device_id, "lighting_inspection", at, at, counts, revision=revision)


def test_sound_faulty_and_unseen_facilities_are_told_apart() -> None:
    record = _record(poles_checked=50, poles_sound=49, cabinets_checked=1, cabinets_sound=0, doors_checked=7)
    found = measure(city_at(_unit(), _unit("i2", facilities=None), at=AT, readings=[record]), SOUND)
    assert (found.value, found.numerator, found.denominator, found.unknown) == (49.0, 49, 100, 49)
    assert (found.coverage, found.official, found.verdict_allowed, found.reason) == (0.51, True, True, "")
    assert found.detail == {"observed_rate": 100 * 49 / 51, "faulty": 2, "units": 2, "units_without_record": 1}
    assert (found.indicator, found.scope, found.unit, found.at, found.register_version) == (
        SOUND,
        "city",
        "%",
        NIGHT,
        1,
    )


def test_more_facilities_checked_than_registered_are_all_counted() -> None:
    found = measure(city_at(_unit(facilities=3), at=AT, readings=[_record(poles_checked=5, poles_sound=5)]), SOUND)
    assert (found.value, found.denominator, found.unknown) == (100.0, 5, 0)


def test_a_record_that_cannot_be_right_or_is_old_does_not_count() -> None:
    for record, why in (
        (_record(poles_checked=5, poles_sound=6), "poles_sound_above_checked"),
        (_record(poles_checked=5), "nothing_checked"),
        (_record(days_ago=92.01, poles_checked=5, poles_sound=5), "no_record_of_92_days"),
    ):
        city = city_at(_unit(), at=AT, readings=[record])
        assert (measure(city, SOUND).numerator, measure(city, SOUND).unknown) == (0, 100)
        assert [(i.used, i.why) for i in explain(city, SOUND).inputs] == [(False, why)]


def test_a_record_counts_for_92_days_and_then_is_dirty() -> None:
    city = city_at(_unit(), at=AT, readings=[_record(days_ago=0, poles_checked=100, poles_sound=99)])
    city.take_dirty()
    city.advance(NIGHT + 92 * DAY)
    assert measure(city, SOUND).value == 99.0
    assert (SOUND, city.scopes(SOUND)[0]) not in city.take_dirty()
    city.advance(NIGHT + 92 * DAY + timedelta.resolution)
    assert measure(city, SOUND).value == 0.0
    assert (SOUND, city.scopes(SOUND)[0]) in city.take_dirty()


def test_units_by_road_and_those_out_of_service() -> None:
    idle = replace(_unit("i2", road="历山路"), state=AssetState.SCRAPPED)
    city = city_at(_unit(), idle, at=AT, readings=[_record(poles_checked=10, poles_sound=10)])
    assert measure(city, SOUND, "road:经十路").numerator == 10
    nothing = measure(city, SOUND, "road:历山路")
    assert (nothing.value, nothing.coverage, nothing.verdict_allowed) == (None, None, False)
    assert nothing.reason == "no facility is registered or was checked"
    assert [i.why for i in explain(city, SOUND).inputs] == ["", "scrapped"]
    assert explain(city, SOUND).inputs[0].says["sound"] == 10
    assert [s.result for s in explain(city, SOUND).steps] == ["100", "10", "90", "10.00 %"]
    assert explain(city, SOUND, "road:历山路").steps[-1].result == "no facility"
    assert [str(s) for s in city.scopes(SOUND)] == [
        "city",
        "district:370102",
        "road:历山路",
        "road:经十路",
        "road_class:arterial",
    ]
    made_up = measure(city_at(replace(_unit(), synthetic=True), at=AT), SOUND)
    assert (made_up.official, made_up.reason) == (False, "1 of the inspected units are made up")


@given(
    st.lists(
        st.builds(
            lambda name, days, checked, revision: _record(name, days, revision, poles_checked=checked, poles_sound=3),
            st.sampled_from(["i1", "i2"]),
            st.integers(-3, 100),
            st.integers(2, 9),
            st.integers(0, 2),
        ),
        max_size=12,
        unique_by=lambda r: (r.device, r.at, r.revision),
    ),
    st.randoms(use_true_random=False),
)
def test_records_end_equal_in_any_order_with_restarts_and_changed_worlds(
    records: list[Reading], random: Random
) -> None:
    worlds = [
        (register(_unit("i1"), _unit("i2", road="历山路")), PLAN),
        (register(_unit("i1", road="历山路"), number=2), PLAN),
    ]
    strides = [timedelta(hours=1), DAY, 40 * DAY]
    assert_live_equals_recompute(records, worlds, random, (SOUND,), start=NIGHT - DAY, strides=strides)
