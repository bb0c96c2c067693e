"""Devices near a place: within the radius, nearest first, in metres at any latitude."""

from dataclasses import replace

from rules.incidents.nearby import MOST, nearby
from tests.support.rules import lamp


def test_devices_are_listed_from_the_nearest_outwards() -> None:
    lamps = [replace(lamp(f"l{n}"), lon=117.0 + n * 0.0005, lat=36.65) for n in range(6)]  # 44.6 m apart
    assert nearby(lamps, 117.0, 36.65) == ["l0", "l1", "l2", "l3"]


def test_what_was_not_surveyed_is_nowhere_near() -> None:
    assert nearby([lamp("l1")], 117.0, 36.65) == []


def test_there_is_a_bound() -> None:
    crowd = [replace(lamp(f"l{n:03}"), lon=117.0, lat=36.65) for n in range(100)]
    assert len(nearby(crowd, 117.0, 36.65)) == MOST
