"""一张图覆盖率: components on the map of all in the imported database; not imported is unknown."""

from dataclasses import replace
from datetime import timedelta

import pytest

from domain.citytime import JINAN
from domain.device import AssetState, Device, DeviceVersion
from domain.errors import NotFound
from domain.measure import Measure
from domain.scope import CITY, Scope
from rules.city.components import REACH_KM, ComponentTally, tally_of
from rules.live import City
from simulators.jinan.components import components
from tests.support.parking import device
from tests.support.rules import NO_PLAN, local, register, version

NOW = local("2026-11-23T12:00")


def _component(name: str, category: str = "0102", lon: float | None = 117.0, lat: float | None = 36.6) -> Device:
    return replace(device("grid_component", name, category=category), lon=lon, lat=lat)


def _city(*devices: Device | DeviceVersion) -> City:
    city = City(register(*devices), NO_PLAN, JINAN)
    city.advance(NOW)
    return city


def _share(city: City, scope: str = "city") -> Measure:
    assert city.now is not None
    return city.measure("map_coverage", Scope.parse(scope), city.now)


def test_components_with_a_position_are_on_the_map() -> None:
    city = _city(_component("c1"), _component("c2", "0103"), _component("c3", lon=None, lat=None))
    found = _share(city)
    assert (found.numerator, found.denominator, found.unknown, found.coverage) == (2, 3, 0, 1.0)
    assert found.value == pytest.approx(200 / 3)
    assert (found.official, found.verdict_allowed, found.reason) == (True, True, "")
    assert found.detail == {
        "not_placed": {"no_position": 1},
        "classes": {"01": {"placed": 2, "registered": 3}},
        "synthetic": 0,
    }


def test_a_database_that_is_not_imported_leaves_the_figure_unknown() -> None:
    city = _city(device("parking_bay", "b1"))
    found = _share(city)
    assert (found.value, found.denominator, found.coverage) == (None, 0, None)
    assert (found.official, found.verdict_allowed) == (False, False)
    assert found.reason == "the component database of the unified grid is not imported"
    assert city.scopes("map_coverage") == [CITY]
    with pytest.raises(NotFound):
        _share(city, "district:370102")


@pytest.mark.parametrize(
    ("lon", "lat", "placed"),
    [(117.12, 36.65, True), (117.12, 36.65 + REACH_KM / 111.2, True), (117.12, 38.01, False), (36.65, 80.0, False)],
)
def test_a_position_far_from_the_city_is_not_on_its_map(lon: float, lat: float, placed: bool) -> None:  # noqa: FBT001
    found = _share(_city(_component("c1", lon=lon, lat=lat)))
    assert (found.numerator, found.detail["not_placed"]) == ((1, {}) if placed else (0, {"off_the_map": 1}))


def test_scrapped_components_count_nowhere_and_those_under_maintenance_do() -> None:
    idle = replace(_component("c1"), state=AssetState.MAINTENANCE)
    found = _share(_city(idle, replace(_component("c2"), state=AssetState.SCRAPPED)))
    assert (found.numerator, found.denominator) == (1, 1)


def test_districts_add_up_to_the_city_by_class() -> None:
    far = replace(_component("c2", "0301", None, None), district="370105")
    city = _city(_component("c1"), far, replace(_component("c3"), district="370105", synthetic=True))
    assert [str(s) for s in city.scopes("map_coverage")] == ["city", "district:370102", "district:370105"]
    assert (_share(city, "district:370105").numerator, _share(city, "district:370105").denominator) == (1, 2)
    found = _share(city)
    assert found.detail["classes"] == {
        "01": {"placed": 2, "registered": 2},
        "03": {"placed": 0, "registered": 1},
    }
    assert (found.official, found.reason) == (False, "1 of the components are made up")
    assert _share(city, "district:370102").official


def test_the_register_moves_the_figure_now_and_in_retrospect() -> None:
    later = NOW + timedelta(days=1)
    city = _city(version(_component("c1", lon=None, lat=None), end=later), version(_component("c1"), start=later))
    assert _share(city).numerator == 0
    city.take_dirty()
    city.advance(later - timedelta.resolution)
    assert ("map_coverage", CITY) not in city.take_dirty()
    city.advance(later)
    assert _share(city).numerator == 1
    assert {s for n, s in city.take_dirty() if n == "map_coverage"} == {CITY, Scope.parse("district:370102")}
    city.set_world(register(_component("c1"), _component("c2"), number=2), NO_PLAN, later)
    assert (_share(city).numerator, _share(city).register_version) == (2, 2)
    assert ("map_coverage", CITY) in city.take_dirty()


def test_what_is_not_on_the_map_is_listed_with_the_reason() -> None:
    city = _city(
        _component("c3", lon=None, lat=None),
        replace(_component("c2", lon=10.0), district="370105"),
        _component("c1"),
        replace(_component("c4"), state=AssetState.SCRAPPED),
    )
    found = city.explain("map_coverage", CITY, NOW)
    assert [(i.device, i.used, i.why, i.says["category"]) for i in found.inputs] == [
        ("c2", False, "off_the_map", "0102"),
        ("c3", False, "no_position", "0102"),
        ("c4", False, "scrapped", "0102"),
    ]
    assert [step.result for step in found.steps] == ["3", "1", "33.33 %"]
    district = city.explain("map_coverage", Scope.parse("district:370105"), NOW)
    assert [i.device for i in district.inputs] == ["c2"]
    assert _city().explain("map_coverage", CITY, NOW).steps[-1].result == "no component"


def test_tallies_of_disjoint_components_merge_in_any_grouping() -> None:
    every = list(components(400, 7))
    parts = [tally_of(every[n::3], JINAN) for n in range(3)]
    whole = tally_of(every, JINAN)
    for district, tally in whole.items():
        one, two, three = (part.get(district, ComponentTally()) for part in parts)
        assert one.merged(two).merged(three) == three.merged(one.merged(two)) == tally
        assert ComponentTally.load(tally.dump()) == tally
        assert tally.on_map + sum(tally.missing.values()) == tally.registered


def test_a_made_up_database_has_about_the_share_that_was_asked_for() -> None:
    placed = sum(c.lon is not None for c in components(4000, 3, placed=0.5))
    assert placed == pytest.approx(2000, abs=150)
    assert len({c.text("category") for c in components(4000, 3)}) == 12
