import re
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.device import AssetState, Device
from domain.errors import ConfigError
from domain.kind import AttributeSpec, ValueType
from domain.kinds import KINDS
from domain.kinds.streetlight import ROAD_CLASSES
from domain.ports import DeviceChange
from simulators.jinan.city import SMALLEST, city_of, generate
from simulators.jinan.coordinates import distance
from simulators.jinan.districts import DISTRICTS, ZONES
from simulators.jinan.water import ASSESSED, PLAN_10, PLAN_57, PLAN_FROM, PLAN_TO

TODAY = datetime(2026, 11, 23, 9, tzinfo=UTC)
LEGAL_ID = re.compile(r"[a-z0-9-]{1,64}")
TYPES = {ValueType.TEXT: str, ValueType.INT: int, ValueType.FLOAT: float, ValueType.BOOL: bool}


def today(changes: Iterable[DeviceChange]) -> list[Device]:
    return [c.device for c in changes if c.valid_from <= TODAY and (c.valid_to is None or c.valid_to > TODAY)]


@pytest.fixture(scope="module")
def whole_city() -> list[DeviceChange]:
    return list(generate(seed=1))


def test_equal_seeds_give_equal_cities_and_others_differ() -> None:
    assert list(city_of(500, 7)) == list(city_of(500, 7))
    assert list(city_of(500, 7)) != list(city_of(500, 8))


@settings(max_examples=15, deadline=None)
@given(st.integers(SMALLEST, 1500), st.integers(0, 2**32))
def test_a_city_has_exactly_the_devices_asked_for_with_every_kind_and_road_class(total: int, seed: int) -> None:
    devices = today(city_of(total, seed))

    assert len({d.id for d in devices}) == len(devices) == total
    assert {d.kind for d in devices} == {kind.name for kind in KINDS.values() if not kind.imported}
    lit = [d for d in devices if d.kind == "streetlight" and d.state is AssetState.IN_SERVICE]
    assert {d.text("road_class") for d in lit} == set(ROAD_CLASSES)


@pytest.mark.parametrize("luminaires", [0, 1, 3, 7, 1_000])
def test_any_number_of_luminaires_can_be_made(luminaires: int) -> None:
    kinds = Counter(c.device.kind for c in generate(luminaires, bays=10, lots=0))

    assert kinds["streetlight"] == luminaires
    assert kinds["parking_bay"] == 10


def test_a_city_too_small_for_all_kinds_is_refused() -> None:
    with pytest.raises(ConfigError, match="devices: 79 is fewer than 80"):
        city_of(79)


def test_the_whole_city_has_the_published_shape(whole_city: list[DeviceChange]) -> None:
    devices = today(whole_city)
    kinds = Counter(d.kind for d in devices)
    lamps = [d for d in devices if d.kind == "streetlight"]
    per_point = Counter(d.text("supply_point") for d in lamps)
    compounds = {d.text("road") for d in lamps if "小区" in d.text("road")}

    assert (kinds["streetlight"], kinds["lighting_cabinet"], kinds["river_section"]) == (128_000, 1_389, 21)
    assert len(per_point) == 1_389
    assert 70 < min(per_point.values()) <= max(per_point.values()) < 115
    assert 130 < sum(float(d.attributes["rated_power"]) for d in lamps) / len(lamps) < 180
    assert 120 < len(compounds) < 175
    assert len({d.text("supply_point") for d in lamps if d.flag("underpass")}) == 25
    assert {d.text("light_source") for d in lamps} == {"led", "sodium"}
    assert 0.03 < sum(d.text("lighting_use") == "landscape" for d in lamps) / len(lamps) < 0.07
    assert {d.state for d in lamps} == set(AssetState) - {AssetState.SCRAPPED}


def test_springs_bodies_and_underpasses_are_as_many_as_the_plan_and_the_sources_say(
    whole_city: list[DeviceChange],
) -> None:
    devices = today(whole_city)
    bodies = Counter(d.text("body") for d in devices if d.kind == "black_odorous_point")
    baotu = next(d for d in devices if d.text("spring") == "趵突泉")

    assert len(bodies) == 31
    assert set(bodies.values()) == {3}
    assert {d.text("spring") for d in devices if d.kind == "spring_gauge"} == {"趵突泉", "黑虎泉", "珍珠泉", "五龙潭"}
    assert [baotu.attributes[f"line_{c}"] for c in ("yellow", "orange", "red")] == [28.15, 28.00, 27.60]
    assert len({d.text("underpass") for d in devices if d.text("underpass") and d.kind == "water_level"}) == 25
    assert len({d.flag("no_stopping") for d in devices if d.kind == "illegal_stop"}) == 2


@pytest.mark.parametrize("size", [2_000, 10_000])
def test_a_demo_city_shows_several_supply_points_and_one_that_nobody_took_over(size: int) -> None:
    lamps = [d for d in today(city_of(size)) if d.kind == "streetlight"]

    assert len({d.text("supply_point") for d in lamps}) >= 15
    assert AssetState.BUILT_NOT_HANDED_OVER in {d.state for d in lamps}
    assert "alternate" in {d.text("half_night") for d in lamps}
    assert any(d.flag("underpass") for d in lamps)


def test_every_attribute_is_known_to_its_kind_and_of_its_type(whole_city: list[DeviceChange]) -> None:
    for device in [c.device for c in city_of(2_000)] + [c.device for c in whole_city[::97]]:
        kind = KINDS[device.kind]
        for name, value in device.attributes.items():
            spec = kind.attribute(name)
            assert isinstance(spec, AttributeSpec), f"{device.id}: {name}"
            assert type(value) is TYPES[spec.type], f"{device.id}: {name}"
            assert not spec.choices or value in spec.choices
        assert {a.name for a in kind.attributes if a.required} <= set(device.attributes)


def test_ids_are_legal_in_topics_and_places_are_real(whole_city: list[DeviceChange]) -> None:
    for device in today(whole_city):
        assert LEGAL_ID.fullmatch(device.id)
        assert device.district in DISTRICTS
        assert device.management_area in {*DISTRICTS, *ZONES}
        assert device.lon is not None
        assert device.lat is not None
        assert 115.8 < device.lon < 118.1
        assert 35.9 < device.lat < 37.6


def test_all_that_was_placed_by_guess_is_marked(whole_city: list[DeviceChange]) -> None:
    real = {c.device.name for c in whole_city if not c.device.synthetic}

    assert real == {"科干所", "农科所", "开发区", "省种子仓库", "机床二厂", "市监测站"}


def test_lamps_of_a_supply_point_stand_along_one_road_and_share_a_gateway(whole_city: list[DeviceChange]) -> None:
    by_point: dict[str, list[Device]] = {}
    for device in today(whole_city):
        if device.kind == "streetlight":
            by_point.setdefault(device.text("supply_point"), []).append(device)
    for lamps in by_point.values():
        assert len({(d.text("road"), d.text("gateway"), d.district) for d in lamps}) == 1
        ends = [(d.lon or 0, d.lat or 0) for d in (lamps[0], lamps[-1])]
        assert distance(*ends) < 2_000


def test_the_cabinet_of_each_supply_point_names_its_gateway() -> None:
    devices = today(city_of(2_000))
    lamps = {d.text("supply_point"): d.text("gateway") for d in devices if d.kind == "streetlight"}
    cabinets = {d.text("supply_point"): d.text("gateway") for d in devices if d.kind == "lighting_cabinet"}

    assert cabinets == lamps


def test_the_sections_of_the_plan_are_sets_of_their_own_with_dates() -> None:
    sections = [c for c in city_of(SMALLEST) if c.device.kind == "river_section"]
    sets = Counter(c.device.text("section_set") for c in sections)
    plan = [c for c in sections if c.device.text("section_set") != ASSESSED]

    assert sets == {ASSESSED: 21, PLAN_10: 10, PLAN_57: 57}
    assert all((c.valid_from, c.valid_to) == (PLAN_FROM, PLAN_TO) for c in plan)
    assert all(c.device.flag("target_synthetic") for c in plan)


def test_xinfengzhuang_has_one_version_for_the_plan_and_one_for_today() -> None:
    versions = [c for c in city_of(SMALLEST) if c.device.name == "辛丰庄"]

    assert len({c.device.id for c in versions}) == 1
    assert [(c.device.text("section_set"), c.device.attributes["target_class"]) for c in versions] == [
        (PLAN_10, 5),
        (ASSESSED, 4),
    ]
    assert versions[0].valid_to == versions[1].valid_from
    assert [c.device.flag("target_synthetic") for c in versions] == [True, False]


def test_published_targets_are_not_marked_and_unknown_ones_are() -> None:
    sections = [d for d in today(city_of(SMALLEST)) if d.kind == "river_section"]

    assert sum(not d.flag("target_synthetic") for d in sections) == 13
    assert {d.name for d in sections if d.text("body_type") == "lake"} == {"历下亭"}
