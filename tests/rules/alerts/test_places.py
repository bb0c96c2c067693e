"""Where a subject is, when it is a device, a part of the city, the whole city, or nothing that the register knows."""

from rules.alerts.places import Place, Places
from tests.support.rules import BEGINNING, lamp, register

LAMP = lamp("l0", road="经十路", supply_point="sp0", gateway="gw0")


def test_the_city_is_no_device_and_nobody_s() -> None:
    places = Places(register(LAMP), BEGINNING)
    assert places.of("city") == Place(
        "city", "全市", "", "", synthetic=False, within=("city", "city"), device=places.of("city").device
    )
    assert places.of("city").synthetic is False


def test_what_the_register_does_not_know_lies_in_the_city_only() -> None:
    gone = Places(register(LAMP), BEGINNING).of("device:l9")
    assert gone == Place("device:l9", "l9", "", "", synthetic=False, within=("city", "device:l9"), device=None)


def test_a_road_lies_in_its_district_and_its_feed() -> None:
    road = Places(register(LAMP), BEGINNING).of("road:经十路")
    assert road.within == ("city", f"district:{LAMP.district}", "feed:streetlight", "road:经十路")
    assert road.device == LAMP
