"""Who is responsible for what a rule finds at a scope: the devices that the rule is about say so."""

from collections.abc import Iterable
from dataclasses import replace

from domain.device import AssetState, Device
from rules.alerts.book import RuleBook
from rules.alerts.places import Places
from rules.alerts.rule_file import parse_book
from rules.alerts.units import Units
from rules.indicators import INDICATORS
from tests.support.rules import BEGINNING, lamp, register, section

DISTRICT = "district:370102"
RULES = """
[[rule]]
name = "circuit-dark"
title = "整路熄灯"
severity = "major"
group = "supply_point"
condition = { type = "share", indicator = "light_on_rate", scope = "supply_point", share = 0.5 }
[[rule]]
name = "district-dark"
title = "片区熄灯"
severity = "major"
group = "district"
condition = { type = "share", rule = "circuit-dark", scope = "district", share = 0.3 }
"""


def units(devices: Iterable[Device], text: str = RULES) -> tuple[Units, Places, RuleBook]:
    places, book = Places(register(*devices), BEGINNING), parse_book({"rules": text})
    kinds = {name: indicator.kinds for name, indicator in INDICATORS.items()}
    return Units(places, book, kinds, ()), places, book


def unit_of(*devices: Device, named: str = "") -> str:
    found, places, book = units(devices)
    rule = replace(book.rules["district-dark"], responsible_unit=named)
    return found.of(rule, places.of(DISTRICT))


def of(unit: str, ident: str) -> Device:
    return replace(lamp(ident), responsible_unit=unit)


def test_a_district_is_its_lamps_unit_and_not_that_of_whatever_stands_there_first_by_id() -> None:
    assert unit_of(section("a0"), of("照明中心", "l1"), of("照明中心", "l2")) == "照明中心"


def test_of_several_units_the_rule_names_one_and_else_most_of_the_devices_decide() -> None:
    mixed = [of("甲", "l1"), of("乙", "l2"), of("乙", "l3")]
    assert unit_of(*mixed) == "乙"
    assert unit_of(*mixed, named="市城管局") == "市城管局"
    assert unit_of(*mixed[1:], named="市城管局") == "乙"
    assert unit_of(*mixed[:2]) == min("甲", "乙")


def test_what_is_not_in_service_has_no_say_and_a_place_without_devices_has_no_unit() -> None:
    retired = replace(of("甲", "l1"), state=AssetState.SCRAPPED)
    assert unit_of(retired, of("乙", "l2")) == "乙"
    assert unit_of(section("s1")) == ""
    assert unit_of(section("s1"), named="市城管局") == "市城管局"


def test_a_road_over_two_districts_belongs_to_the_one_in_which_most_of_its_lamps_stand() -> None:
    def at(district: str, ident: str) -> Device:
        return replace(lamp(ident), district=district)

    _, places, _ = units([at("370103", "l1"), at("370102", "l2"), at("370102", "l3")])
    road = next(scope for scope in places.members("streetlight", "road"))
    assert places.of(road).district == "370102"
    assert places.group(road, "district") == "district:370102"
