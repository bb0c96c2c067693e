"""Cabinets by night: what their samples prove of switching and of energy, in any order, and against a recording."""

import csv
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.citytime import JINAN
from domain.device import AssetState, Device
from domain.kind import Value
from domain.lighting import LightingPlan, OverrideAction
from domain.measure import Span
from domain.reading import Reading
from domain.scope import CITY
from rules.indicators import INDICATORS
from rules.kept import due
from rules.lighting.cabinet_night import CabinetNight, Energy, sample_code
from rules.lighting.deviation import Deviation, deviation
from rules.lighting.planned import Planned, planned
from rules.lighting.schedule import Schedule
from rules.lighting.switching import Burning, burning
from rules.live import City
from tests.support.lighting import PLAN, TABLE, city_at, explain, measure
from tests.support.recompute import assert_live_equals_recompute
from tests.support.rules import fixed_nights, lamp, local, override, register

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
NOON, AFTER = local("2026-11-23T12:00"), "2026-11-24T12:00"
ON, OFF = local("2026-11-23T17:00"), local("2026-11-24T07:00")
SWITCH, ENERGY = "switch_time_deviation", "lighting_energy"


def cabinet(
    device_id: str = "c1", *, state: AssetState = AssetState.IN_SERVICE, synthetic: bool = False, **changes: Value
) -> Device:
    attributes: dict[str, Value] = {"supply_point": "sp-1", "road": "经十路", **changes}
    return Device(
        *(device_id, "lighting_cabinet", device_id, "370102", "370102", "市城管局", state),
        synthetic=synthetic,
        attributes=attributes,
    )


def said(minutes: float, revision: int = 0, device_id: str = "c1", **values: Value) -> Reading:
    """A reading so many minutes after noon."""
    at = NOON + minutes * MINUTE
    return Reading(device_id, "lighting_cabinet", at, at, values, revision=revision)


def night(*, on: int, off: int, device_id: str = "c1") -> list[Reading]:
    """Readings every five minutes, lit from minute `on` until minute `off` after noon, both included."""
    return [said(m, device_id=device_id, power=5000.0 if on <= m <= off else 12.0) for m in range(0, 1440, 5)]


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (Burning(310, 1000, 300, 1010, (), 0), Deviation(0, 0)),
        (Burning(299, 1000, 290, 1010, (), 0), Deviation(-1, 0)),
        (Burning(330, 990, 302, 999, (), 0), Deviation(2, -1)),
        (Burning(310, 1003, None, None, (), 0), Deviation(None, 3, "no_sample_around_the_switching")),
        (Burning(290, 1000, None, None, (), 0), Deviation(-10, None, "no_sample_around_the_switching")),
        (None, Deviation(None, None, "never_lit")),
    ],
)
def test_the_least_deviation_that_the_samples_allow_counts(found: Burning | None, expected: Deviation) -> None:
    assert deviation(found, 300, 1000) == expected


def test_a_plan_is_the_first_on_and_the_last_off_of_the_night() -> None:
    def plan(*overrides: object) -> Planned:
        rota = Schedule(LightingPlan((TABLE,), overrides), JINAN).rota(cabinet())  # type: ignore[arg-type]
        return planned(rota, NOON, NOON + 24 * HOUR)

    assert plan() == Planned(ON, OFF, 14 * HOUR, judged=True)
    early = override("supply_point:sp-1", OverrideAction.ON, ON - HOUR, ON)
    assert plan(early) == Planned(ON - HOUR, OFF, 15 * HOUR, judged=True)
    dark = override("city", OverrideAction.OFF, ON + HOUR, ON + 2 * HOUR)
    assert plan(dark) == Planned(ON, OFF, 13 * HOUR, judged=True)
    test = override("road:经十路", OverrideAction.NO_JUDGEMENT, ON + HOUR, ON + 2 * HOUR)
    assert plan(test) == Planned(ON, OFF, 13 * HOUR, judged=False)
    never = override("city", OverrideAction.OFF, NOON, NOON + 24 * HOUR)
    assert plan(never) == Planned(None, None, timedelta(0), judged=True)


def test_switching_is_held_against_the_timetable() -> None:
    # planned 300 and 1140 minutes after noon
    lamps = [cabinet("c1"), cabinet("c2"), cabinet("c3"), cabinet("c4", state=AssetState.MAINTENANCE)]
    readings = [*night(on=300, off=1135), *night(on=320, off=1150, device_id="c2")]
    city = city_at(*lamps, at=AFTER, readings=readings)
    found = measure(city, SWITCH)
    assert (found.numerator, found.denominator, found.unknown, found.coverage) == (2, 6, 2, 4 / 6)
    assert found.value == (0 + 0 + 15 + 10) / 4
    assert (found.unit, found.covers, found.verdict_allowed) == ("min", Span(NOON, NOON + 24 * HOUR), False)
    assert (found.official, found.at, found.indicator) == (True, local(AFTER), SWITCH)
    assert found.detail["worst"] == [{"cabinet": "c2", "on_s": 900, "off_s": 600}]
    assert (found.detail["early"], found.detail["late"], found.detail["median_min"]) == (0, 2, 5.0)
    assert found.detail["unknown"] == {"c3": "never_lit"}
    because = explain(city, SWITCH)
    assert [(i.device, i.used, i.why) for i in because.inputs] == [
        *(("c1", True, ""), ("c2", True, ""), ("c3", False, "never_lit"), ("c4", False, "maintenance")),
    ]
    assert [s.result for s in because.steps] == ["6", "2", "2", "6.25 min"]


def test_a_cabinet_that_feeds_an_underpass_is_never_dark_and_takes_no_part() -> None:
    bridge = lamp("u1", supply_point="sp-2", underpass=True)
    cabinets = [cabinet("c1"), cabinet("c2", supply_point="sp-2")]
    readings = [*night(on=300, off=1135), *night(on=0, off=1435, device_id="c2")]
    city = city_at(*cabinets, bridge, lamp(), at=AFTER, readings=readings)
    found = measure(city, SWITCH)
    assert (found.value, found.denominator, found.detail["never_dark"]) == (0.0, 2, 1)
    assert [i.why for i in explain(city, SWITCH).inputs] == ["", "feeds_lamps_that_burn_day_and_night"]


def test_nobody_is_judged_in_a_night_of_tests_and_made_up_cabinets_are_not_official() -> None:
    test = override("city", OverrideAction.NO_JUDGEMENT, NOON, NOON + HOUR)
    none = city_at(cabinet(), at=AFTER, readings=night(on=300, off=1135), plan=LightingPlan((TABLE,), (test,)))
    found = measure(none, SWITCH)
    assert (found.value, found.coverage, found.official, found.reason) == (
        None,
        None,
        False,
        "no cabinet is to be judged",
    )
    assert explain(none, SWITCH).inputs[0].why == "not_judged_or_never_on"
    made_up = measure(city_at(cabinet(synthetic=True), at=AFTER, readings=night(on=300, off=1135)), SWITCH)
    assert (made_up.official, made_up.reason) == (False, "1 of the cabinets are made up")


@pytest.mark.shared
def test_the_recorded_cabinet_is_switched_live_as_in_the_recording(shared_data: Path) -> None:
    with (shared_data / "lighting" / "cabinet_power_3_days.csv").open() as file:
        rows = list(csv.DictReader(file))
    # Its days hold whole nights: midnight of the recording is put at noon.
    for day, (on, off) in enumerate([(583, 1343), (581, 1344), (579, 1345)]):
        kept = CabinetNight()
        for row in rows[day * 1440 : (day + 1) * 1440]:
            minute = int(row["minute"]) - day * 1440
            reading = said(minute, power=float(row["power_w"])) if row["power_w"] else said(minute)
            kept.put(sample_code(reading, minute * 60))
        found = burning(kept.powers())
        assert found is not None
        assert (found.on, found.off) == (on * 60, off * 60)


def _energy(*read: tuple[float, float]) -> Energy | None:
    kept = CabinetNight()
    for minute, kwh in read:
        kept.put(sample_code(said(minute, energy=kwh), int(minute * 60)))
    return kept.energy()


def test_a_meter_is_counted_through_resets_and_without_jumps() -> None:
    assert _energy((0, 1000.0)) is None
    assert _energy((0, 1000.0), (60, 1004.25), (120, 1010.0)) == Energy(10.0, 0, 0)
    assert _energy((0, 1000.0), (60, 1004.0), (120, 1.5), (180, 3.0)) == Energy(7.0, 1, 0)
    assert _energy((0, 1000.0), (60, 9000.0), (120, 9004.0)) == Energy(4.0, 0, 1)
    assert _energy((0, 9000.0), (60, 900.0), (120, 904.0)) == Energy(4.0, 0, 1)
    assert _energy((0, 0.0), (60, 200.0)) == Energy(200.0, 0, 0)
    assert _energy((0, 0.0), (60, 200.01)) == Energy(0.0, 0, 1)


def test_energy_and_saving_of_a_night() -> None:
    lamps = [cabinet("c1", baseline_power=1000.0), cabinet("c2"), cabinet("c3", baseline_power=500.0)]
    readings = [said(0, energy=10.0), said(1439, energy=17.0), said(0, device_id="c2", energy=1.0)]
    readings += [said(5, device_id="c2", energy=4.0), said(1441, energy=18.0), said(1500, energy=19.0)]
    city = city_at(*lamps, at=AFTER, readings=readings)
    found = measure(city, ENERGY)
    assert (found.value, found.numerator, found.denominator, found.unknown) == (10.0, 2, 3, 1)
    assert (found.unit, found.coverage, found.official, found.verdict_allowed) == ("kWh", 2 / 3, True, False)
    # 14 hours to be on
    assert (found.detail["baseline_kwh"], found.detail["saving_kwh"], found.detail["saving_percent"]) == (
        14.0,
        7.0,
        50.0,
    )
    assert found.detail["cabinets_with_baseline"] == 1
    assert found.reason == "a sum of energy is no share of the cabinets that took part"
    because = explain(city, ENERGY)
    assert [(i.device, i.why) for i in because.inputs] == [("c1", ""), ("c2", ""), ("c3", "meter_not_read_twice")]
    assert [s.result for s in because.steps] == ["10 kWh", "0", "0", "0", "14 kWh", "50.00 %"]
    city.advance(local("2026-11-24T14:00"))
    assert measure(city, ENERGY).detail["running"] == {"kwh": 1.0, "cabinets": 1, "provisional": True}


def test_lamps_behind_no_meter_are_left_out_of_the_energy_and_counted() -> None:
    lamps = [lamp(f"l{n}", supply_point=point) for n, point in enumerate(("sp-1", "sp-1", "sp-1", "sp-2", "sp-3"))]
    idle = lamp("idle", supply_point="sp-1", state=AssetState.MAINTENANCE)
    cabinets = [cabinet("c1", supply_point="sp-1"), cabinet("c2", supply_point="sp-2")]
    readings = [said(0, energy=10.0), said(1439, energy=17.0)]
    city = city_at(*cabinets, *lamps, idle, at=AFTER, readings=readings)
    found = measure(city, ENERGY)
    assert (found.value, found.numerator, found.denominator, found.coverage) == (7.0, 1, 2, 3 / 5)
    assert found.detail["lamps"] == {
        "in_service": 5,
        "behind_a_meter_read": 3,
        "meter_not_read": 1,
        "without_cabinet": 1,
    }
    assert (found.official, found.reason) == (False, "2 of 5 lamps are behind no meter that was read")
    because = explain(city, ENERGY)
    assert [(i.device, i.why, i.says) for i in because.inputs[1:]] == [
        ("c2", "meter_not_read_twice", {}),
        ("sp-3", "no_cabinet", {"lamps": 1}),
    ]
    assert [s.result for s in because.steps[1:4]] == ["5", "3", "1"]
    assert measure(city, ENERGY, "supply_point:sp-1").official
    cabinets_of_all = [*cabinets, cabinet("c3", supply_point="sp-3", state=AssetState.MAINTENANCE)]
    city.set_world(register(*cabinets_of_all, *lamps), PLAN, local(AFTER))
    assert measure(city, ENERGY).detail["lamps"]["without_cabinet"] == 1


def test_without_a_meter_there_is_no_energy_and_no_saving() -> None:
    found = measure(city_at(cabinet(), at=AFTER, readings=night(on=300, off=1135)), ENERGY)
    assert (found.value, found.official, found.reason) == (None, False, "no meter was read twice in the night")
    assert (found.detail["saving_kwh"], found.detail["saving_percent"]) == (None, None)


def test_a_timetable_in_retrospect_changes_the_plan_and_not_what_was_seen() -> None:
    city = city_at(cabinet(), at=AFTER, readings=night(on=300, off=1135))
    assert measure(city, SWITCH).value == 0.0
    city.take_dirty()
    later = LightingPlan((fixed_nights("2026-11-22", "2026-11-23", "2026-11-24", on="17:10"),), ())
    city.set_world(register(cabinet()), later, local(AFTER))
    assert measure(city, SWITCH).value == 5.0
    assert SWITCH in {name for name, _ in city.take_dirty()}


READINGS = st.lists(
    st.builds(
        lambda name, minute, values, revision: said(minute, revision, name, **values),
        st.sampled_from(["c1", "c2"]),
        st.integers(-300, 400).map(lambda n: 5 * n),
        st.sampled_from([{}, {"power": 12.0}, {"power": 5000.0, "energy": 7.0}, {"energy": 3.0}, {"energy": 1e6}]),
        st.integers(0, 2),
    ),
    max_size=30,
    unique_by=lambda r: (r.device, r.at, r.revision),
)


@given(READINGS, st.randoms(use_true_random=False))
def test_cabinets_end_equal_in_any_order_with_restarts_and_changed_worlds(
    readings: list[Reading], random: Random
) -> None:
    off = override("device:c1", OverrideAction.OFF, ON, ON + HOUR)
    worlds = [
        (register(cabinet(), cabinet("c2", road="历山路")), PLAN),
        (register(cabinet(baseline_power=9.0), number=2), LightingPlan((TABLE,), (off,))),
    ]
    strides = [MINUTE, 3 * HOUR, 15 * HOUR]
    assert_live_equals_recompute(readings, worlds, random, (SWITCH, ENERGY), start=NOON - 20 * HOUR, strides=strides)


def test_of_two_readings_of_a_second_the_higher_revision_counts() -> None:
    kept = CabinetNight()
    first = said(1, power=5000.0)
    assert kept.put(sample_code(first, 60))
    assert not kept.put(sample_code(first, 60))
    assert kept.put(sample_code(replace(first, values={"power": 0.0}, revision=1), 60))
    assert not kept.put(sample_code(first, 60))
    assert list(kept.powers()) == [(60, 0.0)]


@pytest.mark.parametrize("name", [SWITCH, ENERGY, "light_on_rate_nightly"])
def test_the_history_of_a_day_is_the_night_of_its_evening(name: str) -> None:
    (first, *_) = due(INDICATORS[name], local("2026-11-24T00:00"), local("2026-11-24T23:00"), JINAN.tz)
    assert first.period.name == "2026-11-23"
    city = City(register(cabinet(), lamp()), PLAN, JINAN)
    found = city.measure(name, CITY, first.at)
    assert found.detail["evening_date"] == first.period.name
