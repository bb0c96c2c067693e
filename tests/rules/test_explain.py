"""Why a measure is what it is: every device of the scope stands in it once, used or left out with a reason."""

from datetime import timedelta

from domain.citytime import JINAN
from domain.device import AssetState
from domain.explanation import Explanation
from domain.lighting import LightingPlan
from domain.scope import CITY
from rules.live import City
from tests.support.air import CLEAN_AIR, air, station
from tests.support.rules import FOUL, fixed_nights, lamp, local, power, register, section, water

NIGHT = local("2026-02-20T21:00")
LABEL = local("2026-02-20T20:00")


def _explained(indicator: str) -> Explanation:
    world = register(
        lamp("l1"),
        lamp("l2"),
        lamp("l3", lighting_use="landscape"),
        lamp("l4", state=AssetState.MAINTENANCE),
        section("s1"),
        section("s2"),
        station("a1"),
        station("a2", background=True),
    )
    city = City(world, LightingPlan((fixed_nights("2026-02-20"),), ()), JINAN)
    city.advance(NIGHT)
    for reading in (
        power("l1", NIGHT - timedelta(minutes=1)),
        power("l3", NIGHT - timedelta(minutes=1)),
        water("s1", LABEL, FOUL),
        air("a1", LABEL, CLEAN_AIR | {"pm25": 75.5}),
        air("a2", LABEL, CLEAN_AIR),
    ):
        city.apply(reading)
    return city.explain(indicator, CITY, NIGHT)


def test_lamps_count_or_say_why_not() -> None:
    found = _explained("light_on_rate")
    assert [(i.device, i.used, i.why, i.says) for i in found.inputs] == [
        ("l1", True, "", {"shows": "lit"}),
        ("l2", False, "no_fresh_report", {}),
        ("l3", False, "landscape", {"shows": "lit"}),
        ("l4", False, "maintenance", {}),
    ]
    assert [step.result for step in found.steps] == ["2", "1", "1", "50.00 %"]


def test_sections_show_class_and_target() -> None:
    found = _explained("section_compliance")
    assert [(i.device, i.used, i.why) for i in found.inputs] == [("s1", True, ""), ("s2", False, "silent")]
    assert found.inputs[0].says["class_name"] == "Ⅴ"
    assert [step.result for step in found.steps] == ["2", "0", "1", "0.00 %"]


def test_an_index_names_each_stations_hour_and_every_iaqi() -> None:
    found = _explained("aqi")
    assert [(i.device, i.used, i.why) for i in found.inputs] == [("a1", True, ""), ("a2", False, "background")]
    assert found.inputs[0].says["pm25"] == 75.5
    results = {step.text: step.result for step in found.steps}
    assert results["mean of PM2.5 over 1 stations with a valid value"] == "76 ug/m3"
    assert results["individual index (IAQI) of PM2.5, rounded up"] == "102"
    assert results["index = the greatest IAQI; primary pollutants"] == "PM2.5"
