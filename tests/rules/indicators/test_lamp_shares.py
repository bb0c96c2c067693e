"""LED share and remote control share: what the register says, what reports, and what is unknown."""

from dataclasses import replace
from datetime import timedelta

from domain.device import AssetState
from tests.support.lighting import NIGHT, city_at, explain, measure
from tests.support.rules import lamp, local, power, register, version

AT = "2026-11-23T21:00"
HOUR = timedelta(hours=1)


def test_led_share_counts_functional_lamps_that_the_city_has_and_an_unsaid_source_against() -> None:
    city = city_at(
        lamp("a", light_source="led"),
        lamp("b", light_source="sodium", state=AssetState.MAINTENANCE),
        lamp("c"),
        lamp("d", light_source="other"),
        lamp("e", light_source="led", state=AssetState.SCRAPPED),
        lamp("f", light_source="led", state=AssetState.BUILT_NOT_HANDED_OVER),
        lamp("g", light_source="led", lighting_use="landscape"),
        at=AT,
    )
    found = measure(city, "led_share")
    assert (found.value, found.numerator, found.denominator, found.unknown) == (25.0, 1, 4, 1)
    assert (found.coverage, found.official, found.reason, found.verdict_allowed) == (0.75, True, "", True)
    assert found.detail == {"other_source": 2, "share_of_known": 100 / 3}
    assert (found.indicator, found.unit, found.at, found.register_version) == ("led_share", "%", NIGHT, 1)
    because = explain(city, "led_share")
    assert [(i.device, i.used, i.why) for i in because.inputs] == [
        ("a", True, ""),
        ("b", True, ""),
        ("c", False, "source_not_registered"),
        ("d", True, ""),
        ("e", False, "scrapped"),
        ("f", False, "built_not_handed_over"),
        ("g", False, "landscape"),
    ]
    assert because.inputs[0].says == {"light_source": "led"}
    assert [s.result for s in because.steps] == ["4", "1", "1", "25.00 %"]


def test_led_share_of_no_lamp_is_none_and_made_up_lamps_are_not_official() -> None:
    city = city_at(lamp(state=AssetState.SCRAPPED), at=AT)
    found = measure(city, "led_share")
    assert (found.value, found.coverage, found.denominator) == (None, None, 0)
    assert explain(city, "led_share").steps[-1].result == "no lamp"
    made_up = measure(city_at(replace(lamp(light_source="led"), synthetic=True), at=AT), "led_share")
    assert (made_up.official, made_up.reason, made_up.value) == (False, "1 of the lamps are made up", 100.0)


def test_led_share_follows_the_register() -> None:
    before = version(lamp(light_source="sodium"), end=NIGHT + HOUR)
    city = city_at(before, version(lamp(light_source="led"), start=NIGHT + HOUR), at=AT)
    assert measure(city, "led_share").value == 0.0
    city.advance(NIGHT + HOUR)
    assert measure(city, "led_share").value == 100.0
    city.set_world(register(lamp(), number=2), city._world.lighting, NIGHT + HOUR)
    assert measure(city, "led_share").unknown == 1


def test_remote_control_counts_who_reported_within_a_day() -> None:
    city = city_at(
        lamp("a"),
        lamp("b", control="single_lamp"),
        lamp("c", control="circuit"),
        lamp("d", control="none"),
        lamp("e", lighting_use="landscape"),
        lamp("f", state=AssetState.MAINTENANCE),
        at=AT,
        readings=[power("a", NIGHT - 24 * HOUR), power("d", NIGHT), power("e", NIGHT, None), power("f", NIGHT)],
    )
    found = measure(city, "remote_control_share")
    assert (found.value, found.numerator, found.denominator, found.unknown) == (60.0, 3, 5, 1)
    assert (found.coverage, found.official, found.reason, found.unit) == (0.8, True, "", "%")
    assert found.detail == {"without_controller": 1, "online_rate": 75.0}
    because = explain(city, "remote_control_share")
    assert [(i.device, i.used, i.why) for i in because.inputs] == [
        ("a", True, ""),
        ("b", False, "silent_for_24_hours"),
        ("c", True, ""),
        ("d", True, ""),
        ("e", True, ""),
        ("f", False, "maintenance"),
    ]
    assert [s.result for s in because.steps] == ["5", "3", "1", "1", "60.00 %"]
    city.take_dirty()
    city.advance(NIGHT + timedelta.resolution)
    assert ("remote_control_share", city.scopes("remote_control_share")[0]) in city.take_dirty()
    assert (measure(city, "remote_control_share").numerator, measure(city, "remote_control_share").unknown) == (2, 2)
    city.advance(NIGHT + 25 * HOUR)
    silent = measure(city, "remote_control_share")
    assert (silent.numerator, silent.unknown, silent.detail["without_controller"]) == (0, 3, 2)


def test_a_lamp_that_speaks_again_is_under_control_again_and_moves_with_its_road() -> None:
    moving = [version(lamp(), end=NIGHT + 30 * HOUR), version(lamp(road="历山路"), start=NIGHT + 30 * HOUR)]
    city = city_at(*moving, at=AT, readings=[power("l1", NIGHT)])
    city.advance(NIGHT + 25 * HOUR)
    assert measure(city, "remote_control_share").numerator == 0
    city.apply(power("l1", NIGHT + 25 * HOUR))
    city.advance(NIGHT + 31 * HOUR)
    assert measure(city, "remote_control_share", "road:历山路").numerator == 1
    city.set_world(register(lamp(state=AssetState.SCRAPPED), number=2), city._world.lighting, NIGHT + 31 * HOUR)
    assert (measure(city, "remote_control_share").value, measure(city, "remote_control_share").coverage) == (None, None)
    assert explain(city, "remote_control_share").steps[-1].result == "no lamp"


def test_a_report_older_than_a_day_is_no_control() -> None:
    city = city_at(lamp(), at="2026-11-23T21:00", readings=[power("l1", local("2026-11-22T20:59:59"))])
    assert measure(city, "remote_control_share").unknown == 1
