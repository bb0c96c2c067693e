"""What a map shows first."""

from dataclasses import replace

from domain.device import Device
from domain.extent import Extent, extent_of
from tests.support.rules import lamp


def test_it_is_around_all_devices_that_have_a_place() -> None:
    unsurveyed = replace(lamp(), lon=None, lat=None)
    assert extent_of([_at(117, 36.5), unsurveyed, _at(116.5, 36.9)]) == Extent(116.5, 36.5, 117, 36.9)
    assert extent_of([_at(117, 36.5)]) == Extent(117, 36.5, 117, 36.5)


def test_the_outlying_hundredth_is_left_out_on_each_side() -> None:
    town = [_at(117, 36.6)] * 98
    assert extent_of([*town, _at(115, 37.5), _at(119, 35)]) == Extent(117, 36.6, 117, 36.6)
    assert extent_of([*town[:97], _at(115, 37.5), _at(119, 35)]) == Extent(115, 35, 119, 37.5)


def test_without_places_there_is_none() -> None:
    assert extent_of([]) is None
    assert extent_of([replace(lamp(), lon=None, lat=None)]) is None


def _at(lon: float, lat: float) -> Device:
    return replace(lamp(), lon=lon, lat=lat)
