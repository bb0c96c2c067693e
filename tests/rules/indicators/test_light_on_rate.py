"""亮灯率 by city_operations 2.1-2.3: who is expected, who is lit, dark or unknown, and when a verdict may be given."""

from dataclasses import replace
from datetime import timedelta

import pytest

from domain.citytime import JINAN
from domain.device import AssetState, Device, DeviceVersion
from domain.errors import NotFound
from domain.lighting import HalfNight, LightingPlan, OverrideAction, Timetable
from domain.measure import Measure, Span
from domain.register import Register
from domain.scope import CITY, Scope
from rules.live import City
from tests.support.rules import fixed_nights, lamp, local, override, power, register, version

TABLE = fixed_nights("2026-11-22", "2026-11-23", "2026-11-24")
PLAN = LightingPlan((TABLE,), ())
NIGHT, DAY = local("2026-11-23T21:00"), local("2026-11-23T13:00")
MINUTE = timedelta(minutes=1)
TICK = timedelta.resolution
FRESH = timedelta(minutes=40)


def _city(*devices: Device | DeviceVersion, plan: LightingPlan = PLAN) -> City:
    city = City(register(*devices), plan, JINAN)
    city.advance(NIGHT)
    return city


def _rate(city: City, scope: str = "city") -> Measure:
    assert city.now is not None
    return city.measure("light_on_rate", Scope.parse(scope), city.now)


def test_lit_dark_and_unknown_are_kept_apart_and_unknown_counts_against() -> None:
    city = _city(*(lamp(f"l{n}") for n in range(5)))
    for n, watts in enumerate([100.0, 90.0, 0.0]):
        city.apply(power(f"l{n}", NIGHT - n * MINUTE, watts))
    city.apply(power("l3", NIGHT, None, voltage=220.0))
    found = _rate(city)
    assert (found.numerator, found.denominator, found.unknown, found.value) == (2, 5, 2, 40.0)
    assert found.coverage == 0.6
    assert (found.detail["lit"], found.detail["dark"]) == (2, 1)
    assert found.detail["observed_rate"] == pytest.approx(100 * 2 / 3)
    assert found.span == Span(NIGHT - 2 * MINUTE, NIGHT)
    assert (found.indicator, found.scope, found.unit, found.at) == ("light_on_rate", "city", "%", NIGHT)
    assert found.register_version == 1
    assert found.detail["evening_date"] == "2026-11-23"


def test_a_report_as_old_as_the_window_counts_and_an_older_one_is_unknown() -> None:
    city = _city(lamp())
    city.apply(power("l1", NIGHT))
    city.advance(NIGHT + FRESH)
    assert (_rate(city).numerator, _rate(city).unknown) == (1, 0)
    city.advance(NIGHT + FRESH + TICK)
    assert (_rate(city).numerator, _rate(city).unknown, _rate(city).span) == (0, 1, None)


def test_a_report_that_was_stale_when_it_came_shows_nothing() -> None:
    city = _city(lamp())
    city.apply(power("l1", NIGHT - FRESH - TICK))
    assert _rate(city).unknown == 1
    assert city.latest("l1") is not None


def test_an_older_report_never_moves_the_live_value() -> None:
    city = _city(lamp())
    city.apply(power("l1", NIGHT, 100.0))
    city.apply(power("l1", NIGHT - MINUTE, 0.0))
    assert _rate(city).numerator == 1


@pytest.mark.parametrize("state", [s for s in AssetState if s is not AssetState.IN_SERVICE])
def test_lamps_that_are_not_in_service_are_out_of_the_denominator(state: AssetState) -> None:
    city = _city(lamp("l1"), lamp("l2", state=state))
    city.apply(power("l2", NIGHT, 100.0))
    found = _rate(city)
    assert (found.numerator, found.denominator) == (0, 1)
    assert found.detail["out_of_service"] == {
        "maintenance": int(state is AssetState.MAINTENANCE),
        "built_not_handed_over": int(state is AssetState.BUILT_NOT_HANDED_OVER),
        "scrapped": int(state is AssetState.SCRAPPED),
    }


def test_landscape_lamps_are_counted_apart() -> None:
    city = _city(lamp("l1"), *(lamp(f"x{n}", lighting_use="landscape") for n in range(3)))
    city.apply(power("x0", NIGHT))
    city.apply(power("x1", NIGHT, 0.0))
    found = _rate(city)
    assert (found.denominator, found.numerator) == (1, 0)
    assert found.detail["landscape"] == {"expected": 3, "lit": 1, "dark": 1, "unknown": 1}
    city.advance(local("2026-11-24T08:00"))
    assert _rate(city).detail["landscape"] == {"expected": 0, "lit": 0, "dark": 0, "unknown": 0}


def test_half_night_lamps_are_not_expected_in_their_pause() -> None:
    half = LightingPlan((Timetable("half", "半夜", half_night=HalfNight(), nights=TABLE.nights),), ())
    city = _city(lamp("l1"), lamp("l2", half_night="alternate"), plan=half)
    assert _rate(city).denominator == 2
    city.advance(local("2026-11-23T23:00"))
    city.apply(power("l1", local("2026-11-23T23:00")))
    city.apply(power("l2", local("2026-11-23T23:00"), 0.0))
    found = _rate(city)
    assert (found.value, found.denominator, found.detail["dark"]) == (100.0, 1, 0)
    assert found.detail["scheduled"] == {"on": 1, "off": 1, "no_judgement": 0, "share_on": 0.5}
    assert found.verdict_allowed


def test_lamps_under_no_judgement_are_out_and_shown() -> None:
    test = override("road:历山路", OverrideAction.NO_JUDGEMENT, NIGHT, NIGHT + MINUTE)
    city = _city(lamp("l1"), lamp("l2", road="历山路"), plan=LightingPlan((TABLE,), (test,)))
    assert _rate(city).detail["scheduled"] == {"on": 1, "off": 0, "no_judgement": 1, "share_on": 0.5}
    assert _rate(city, "road:历山路").value is None
    city.advance(NIGHT + MINUTE)
    assert _rate(city).denominator == 2


def test_no_verdict_before_30_minutes_after_on_nor_after_30_minutes_before_off() -> None:
    city = _city(lamp("l1"))
    allowed = []
    for at in ("23T21:00", "24T06:30", "24T06:30:01", "24T08:00", "24T17:00", "24T17:29:59", "24T17:30"):
        city.advance(local(f"2026-11-{at}"))
        allowed.append(_rate(city).verdict_allowed)
    assert allowed == [True, True, False, False, False, False, True]
    city.advance(local("2026-11-25T06:45"))
    assert _rate(city).reason.startswith("1 lamps are within 30 minutes of switching on or off")
    city.advance(local("2026-11-25T11:00"))
    assert _rate(city).reason == "no lamp is scheduled to be on"
    assert _rate(city).coverage is None


def test_one_unsettled_lamp_of_the_scope_forbids_the_verdict_there_only() -> None:
    off = override("road:历山路", OverrideAction.OFF, NIGHT - 60 * MINUTE, NIGHT)
    city = _city(lamp("l1"), lamp("l2", road="历山路"), plan=LightingPlan((TABLE,), (off,)))
    assert not _rate(city).verdict_allowed
    assert _rate(city).detail["unsettled"] == 1
    assert not _rate(city, "road:历山路").verdict_allowed
    assert _rate(city, "road:经十路").verdict_allowed


def test_by_day_underpasses_are_expected_but_a_city_of_lamps_gets_no_verdict() -> None:
    city = City(register(lamp("l1"), lamp("u1", road="桥洞", underpass=True)), PLAN, JINAN)
    city.advance(DAY)
    city.apply(power("u1", DAY))
    found = _rate(city)
    assert (found.value, found.denominator, found.verdict_allowed) == (100.0, 1, False)
    assert found.reason == "only 24-hour underpass lamps are scheduled to be on"
    assert _rate(city, "road:桥洞").verdict_allowed


def test_a_figure_with_made_up_lamps_or_low_coverage_is_not_official() -> None:
    real = _city(*(lamp(f"l{n}") for n in range(20)))
    for n in range(19):
        real.apply(power(f"l{n}", NIGHT))
    assert _rate(real).official  # 95 % is enough
    assert _rate(real).reason == ""
    short = _city(*(lamp(f"l{n}") for n in range(100)))
    for n in range(94):
        short.apply(power(f"l{n}", NIGHT))
    assert not _rate(short).official
    assert _rate(short).reason == "coverage 94.0% is below 95%"
    made_up = replace(lamp("l1"), synthetic=True)
    city = _city(made_up, lamp("l2"))
    assert (_rate(city).official, _rate(city).detail["synthetic"]) == (False, 1)
    assert _rate(city).reason.startswith("1 of the lamps are made up")


def test_every_scope_from_road_to_city_has_its_own_rate() -> None:
    city = _city(lamp("l1"), lamp("l2", district="370103", road="历山路", road_class="secondary", supply_point="sp-2"))
    city.apply(power("l1", NIGHT))
    scopes = [str(s) for s in city.scopes("light_on_rate")]
    assert sorted(scopes) == sorted(
        [
            *("city", "district:370102", "district:370103", "management_area:370102", "management_area:370103"),
            *("road_class:arterial", "road_class:secondary", "road:经十路", "road:历山路"),
            *("supply_point:sp-1", "supply_point:sp-2"),
        ]
    )
    ones = {s for s in scopes if _rate(city, s).value == 100.0}
    assert ones == {
        "district:370102",
        "management_area:370102",
        "road_class:arterial",
        "road:经十路",
        "supply_point:sp-1",
    }


def test_a_scope_ends_with_its_last_lamp() -> None:
    early, late = version(lamp(), end=NIGHT + MINUTE), version(lamp(road="历山路"), start=NIGHT + MINUTE)
    city = _city(early, late)
    city.apply(power("l1", NIGHT))
    city.take_dirty()
    city.advance(NIGHT + MINUTE)
    assert _rate(city, "road:历山路").numerator == 1
    with pytest.raises(NotFound, match="road:经十路 has no streetlight"):
        _rate(city, "road:经十路")
    assert {str(scope) for _, scope in city.take_dirty()} >= {"road:历山路", "road:经十路", "city"}


def test_other_kinds_of_devices_are_no_lamps() -> None:
    cabinet = Device("c1", "lighting_cabinet", "c1", "370102", "370102", "u")
    city = _city(lamp(), version(cabinet, end=NIGHT + MINUTE))
    city.advance(NIGHT + MINUTE)
    assert _rate(city).denominator == 1


def test_dirty_says_which_scopes_a_reading_changed_and_only_if_a_count_changed() -> None:
    city = _city(lamp("l1"), lamp("l2", road="历山路"))
    assert ("light_on_rate", CITY) in city.take_dirty()
    city.apply(power("l1", NIGHT - MINUTE))
    assert {str(s) for _, s in city.take_dirty()} == {
        *(
            "city",
            "district:370102",
            "management_area:370102",
            "road_class:arterial",
            "road:经十路",
            "supply_point:sp-1",
        )
    }
    city.apply(power("l1", NIGHT))
    assert city.take_dirty() == set()
    city.advance(NIGHT + FRESH + MINUTE)
    assert ("light_on_rate", Scope.parse("road:经十路")) in city.take_dirty()
    assert city.take_dirty() == set()


def test_a_switch_of_the_schedule_makes_its_scopes_dirty() -> None:
    city = _city(lamp())
    city.take_dirty()
    city.advance(local("2026-11-24T06:30"))
    assert "light_on_rate" not in {name for name, _ in city.take_dirty()}
    city.advance(local("2026-11-24T06:30:00.000001"))
    assert ("light_on_rate", CITY) in city.take_dirty()


def test_a_changed_register_counts_at_once() -> None:
    city = _city(lamp("l1"), lamp("l2"))
    city.apply(power("l2", NIGHT))
    city.take_dirty()
    changed = register(lamp("l1"), lamp("l2", road="历山路"), lamp("l3"), number=2)
    city.set_world(changed, PLAN, NIGHT)
    assert (_rate(city).denominator, _rate(city).numerator, _rate(city).register_version) == (3, 1, 2)
    assert _rate(city, "road:历山路").numerator == 1
    assert ("light_on_rate", Scope.parse("road:历山路")) in city.take_dirty()
    city.set_world(Register.of([]), PLAN, NIGHT)
    assert city.scopes("light_on_rate") == []


def test_a_changed_rated_power_is_held_against_the_known_reading() -> None:
    city = _city(lamp())
    city.apply(power("l1", NIGHT, 30.0))
    assert _rate(city).numerator == 1
    city.set_world(register(lamp(rated_power=400.0)), PLAN, NIGHT)
    assert _rate(city).detail["dark"] == 1


def test_a_changed_plan_counts_at_once() -> None:
    city = _city(lamp("l1"), lamp("l2", road="历山路"))
    city.apply(power("l1", NIGHT))
    off = override("road:历山路", OverrideAction.OFF, NIGHT - MINUTE, NIGHT + MINUTE)
    city.set_world(register(lamp("l1"), lamp("l2", road="历山路")), LightingPlan((TABLE,), (off,)), NIGHT)
    assert (_rate(city).denominator, _rate(city).numerator) == (1, 1)
