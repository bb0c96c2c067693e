"""The register in memory: devices of a kind come by id, whatever order they were recorded in."""

from datetime import timedelta

from domain.register import Register
from tests.support.air import station
from tests.support.rules import BEGINNING, lamp, section, version

NOW = BEGINNING + timedelta(days=9)


def test_devices_of_a_kind_come_by_id_also_after_a_change() -> None:
    register = Register.of([version(lamp("l3")), version(section("s1")), version(lamp("l1"))])
    assert [d.id for d in register.devices(NOW, "streetlight")] == ["l1", "l3"]
    changed = register.changed({"l2": (version(lamp("l2")),), "a1": (version(station("a1")),)}, 2)
    assert [d.id for d in changed.devices(NOW, "streetlight")] == ["l1", "l2", "l3"]
    assert [d.id for d in register.devices(NOW, "streetlight")] == ["l1", "l3"]
    assert [t[0].device.id for t in changed.timelines("air_station")] == ["a1"]
    assert list(changed.devices(NOW, "parking_bay")) == []
    assert {d.id for d in changed.devices(NOW)} == {"l1", "l2", "l3", "s1", "a1"}


def test_a_version_that_has_ended_is_left_out_of_its_kind() -> None:
    register = Register.of([version(lamp("l1"), end=NOW), version(lamp("l2"))])
    assert [d.id for d in register.devices(NOW, "streetlight")] == ["l2"]
    assert [d.id for d in register.devices(NOW - timedelta(seconds=1), "streetlight")] == ["l1", "l2"]


def test_an_edition_lasts_as_long_as_a_kind_stays_the_same() -> None:
    hour = timedelta(hours=1)
    register = Register.of([version(lamp("l1"), end=NOW), version(lamp("l2"), NOW + hour), version(section("s1"))], 7)
    instants = (NOW - hour, NOW - timedelta.resolution, NOW, NOW + hour - timedelta.resolution, NOW + hour)
    editions = [register.edition(at, "streetlight") for at in instants]
    assert [number for _, number in editions] == [1, 1, 2, 2, 3]
    assert {number for number, _ in editions} == {7}
    assert register.edition(NOW - hour, "river_section") == register.edition(NOW + hour, "river_section")
    assert register.edition(NOW, "parking_bay") == (7, 0)
    assert [register.edition(at)[1] for at in instants] == [1, 1, 2, 2, 3]
