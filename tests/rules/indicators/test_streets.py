"""Streets in rain and frost: standing water, depth in underpasses, ice, and rain sums."""

from datetime import timedelta

import pytest

from domain.citytime import JINAN
from domain.device import AssetState, Device
from domain.kind import Value
from domain.reading import Reading
from domain.scope import CITY, Scope, ScopeKind
from rules.live import City
from tests.support.rules import NO_PLAN, local, register
from tests.support.watch import depth, gauge, rain, road_station, surface, water_sensor

NOW = local("2026-07-20T18:02")
MINUTE = timedelta(minutes=1)
UNDERPASS = Scope(ScopeKind.UNDERPASS, "up-1")


def _city(devices: list[Device], readings: list[Reading]) -> City:
    city = City(register(*devices), NO_PLAN, JINAN)
    city.advance(NOW)
    for reading in readings:
        city.apply(reading)
    return city


@pytest.mark.parametrize(
    ("cm", "standing", "reached"),
    [(0.0, False, None), (1.9, False, None), (2.0, True, None), (15.0, True, "warn"), (27.0, True, "close")],
)
def test_an_underpass_tells_its_depth_and_the_line_it_has_reached(
    cm: float, *, standing: bool, reached: str | None
) -> None:
    city = _city([water_sensor("w1")], [depth("w1", NOW - MINUTE, cm)])
    found = city.measure("underpass_water", UNDERPASS, NOW)
    assert (found.value, found.unit, found.verdict_allowed) == (cm, "cm", False)
    (point,) = found.detail["points"]
    assert (point["standing"], point["reached"]) == (standing, reached)
    dry = city.measure("road_dry", UNDERPASS, NOW)
    assert (dry.value, dry.verdict_allowed) == (0.0 if standing else 100.0, True)


def test_a_site_without_lines_has_none_and_a_site_may_say_when_water_stands() -> None:
    bare = Device("w2", "water_level", "低洼点", "370102", "370102", "市水务局", attributes={"site_type": "road"})
    city = _city([bare], [depth("w2", NOW, 80.0)])
    assert city.measure("underpass_water", CITY, NOW).detail["points"][0]["reached"] is None
    careful = water_sensor("w1", standing_depth=0.5)
    assert _city([careful], [depth("w1", NOW, 0.6)]).measure("road_dry", CITY, NOW).value == 0


def test_the_deepest_of_several_points_is_shown_and_silent_ones_are_unknown() -> None:
    devices = [water_sensor("w1"), water_sensor("w2"), water_sensor("w3", underpass="up-2")]
    readings = [depth("w1", NOW, 4.0), depth("w2", NOW, 31.0), depth("w3", NOW - 17 * MINUTE, 90.0)]
    city = _city(devices, readings)
    assert city.measure("underpass_water", UNDERPASS, NOW).value == 31.0
    of_city = city.measure("underpass_water", CITY, NOW)
    assert (of_city.value, of_city.numerator, of_city.unknown) == (31.0, 2, 1)
    dry = city.measure("road_dry", CITY, NOW)
    assert (dry.numerator, dry.denominator, dry.unknown) == (0, 3, 1)
    assert [f["device"] for f in dry.detail["failing"]] == ["w1", "w2"]


@pytest.mark.parametrize("fault", ["sensorFault", "sensorBlocked", "maintenance"])
def test_a_faulty_sensor_is_unknown_not_dry(fault: str) -> None:
    found = _city([water_sensor("w1")], [depth("w1", NOW, 0.0, [fault])]).measure("road_dry", CITY, NOW)
    assert (found.value, found.unknown, found.detail["unknown_devices"]) == (0, 1, [{"device": "w1", "reason": fault}])


def test_a_sensor_goes_silent_after_its_freshness() -> None:
    city = _city([water_sensor("w1")], [depth("w1", NOW, 0.0)])
    city.take_dirty()
    assert city.measure("road_dry", CITY, NOW + 16 * MINUTE).value == 100
    assert not city.take_dirty()
    assert city.measure("road_dry", CITY, NOW + 16 * MINUTE + timedelta.resolution).unknown == 1
    assert ("road_dry", UNDERPASS) in city.take_dirty()


@pytest.mark.parametrize(
    ("values", "state", "unknown"),
    [
        ({"surface_temp": 0.1, "water_film": 2.0}, "free", 0),
        ({"surface_temp": 5.0}, "free", 0),
        ({"surface_temp": 0.0, "water_film": 0.1}, "risk", 0),
        ({"surface_temp": -6.0, "water_film": 0.0}, "free", 0),
        ({"surface_temp": 1.0, "water_film": 0.0, "ice": True}, "ice", 0),
        ({"ice": True}, "ice", 0),
        ({"surface_temp": -6.0}, None, 1),
        ({"surface_temp": -6.0, "ice": False}, None, 1),
        ({"air_temp": 3.0}, None, 1),
    ],
)
def test_a_wet_surface_at_zero_or_below_is_at_risk(values: dict[str, Value], state: str | None, unknown: int) -> None:
    found = _city([road_station("r1")], [surface("r1", NOW, values)])
    measured = found.measure("road_icing", CITY, NOW)
    assert (measured.numerator, measured.unknown) == (int(state == "free"), unknown)
    assert found.explain("road_icing", CITY, NOW).inputs[0].says["state"] == state


def test_stations_out_of_service_take_no_part() -> None:
    idle = road_station("r2", state=AssetState.MAINTENANCE)
    found = _city([road_station("r1"), idle], [surface("r1", NOW, {"surface_temp": 9.0})])
    assert found.measure("road_icing", CITY, NOW).denominator == 1
    assert found.explain("road_icing", CITY, NOW).inputs[1].why == "maintenance"


def _rain(device: str, amounts: list[float], end: str = "2026-07-20T18:00") -> list[Reading]:
    last = local(end)
    return [rain(device, last - 5 * n * MINUTE, mm) for n, mm in enumerate(reversed(amounts))]


def test_an_hour_is_the_exact_sum_of_its_twelve_five_minutes() -> None:
    found = _city([gauge("r1")], _rain("r1", [9.0] * 3 + [0.1] * 12)).measure("rain_intensity", CITY, NOW)
    assert (found.value, found.unit, found.numerator, found.unknown) == (1.2, "mm", 1, 0)
    (told,) = found.detail["gauges"]
    assert (told["day_mm"], told["day_known"]) == (28.2, False)  # fifteen of 288 five minutes
    assert found.detail["day_max"] is None


def test_a_full_day_has_a_sum() -> None:
    found = _city([gauge("r1")], _rain("r1", [0.3] * 216)).measure("rain_intensity", CITY, NOW)
    assert (found.detail["day_max"], found.detail["day_mean"]) == (64.8, 64.8)
    short = _city([gauge("r1")], _rain("r1", [0.3] * 215)).measure("rain_intensity", CITY, NOW)
    assert short.detail["day_max"] is None


def test_an_hour_with_too_many_gaps_is_unknown() -> None:
    told = _rain("r1", [1.0] * 12)
    nine = _city([gauge("r1")], told[:9]).measure("rain_intensity", CITY, NOW)
    eight = _city([gauge("r1")], told[:8]).measure("rain_intensity", CITY, NOW)
    assert (nine.value, nine.unknown) == (9.0, 0)
    assert (eight.value, eight.unknown) == (None, 1)
    assert eight.detail["unknown_devices"] == [{"device": "r1", "reason": "8 of 12 five minutes"}]


def test_an_area_shows_its_wettest_gauge_and_the_mean() -> None:
    devices = [gauge("r1"), gauge("r2"), gauge("r3", district="370103")]
    readings = [*_rain("r1", [1.0] * 12), *_rain("r2", [3.0] * 12), *_rain("r3", [9.0] * 12, "2026-07-20T17:40")]
    city = _city(devices, readings)
    found = city.measure("rain_intensity", CITY, NOW)
    assert (found.value, found.detail["hour_mean"], found.numerator, found.unknown) == (36.0, 24.0, 2, 1)
    assert city.measure("rain_intensity", Scope(ScopeKind.DISTRICT, "370103"), NOW).value is None
    assert city.measure("rain_intensity", Scope(ScopeKind.STATION, "r1"), NOW).value == 12.0


def test_a_correction_a_fault_and_a_shifted_clock_stand_for_the_same_five_minutes() -> None:
    readings = _rain("r1", [1.0] * 12)
    end = local("2026-07-20T18:00")
    assert (
        _city([gauge("r1")], [*readings, rain("r1", end, 5.0, revision=1)]).measure("rain_intensity", CITY, NOW).value
        == 16.0
    )
    blocked = [*readings, rain("r1", end - 5 * MINUTE, None, ["gaugeBlocked"], revision=1)]
    assert _city([gauge("r1")], blocked).measure("rain_intensity", CITY, NOW).value == 11.0
    shifted = [*readings, rain("r1", end + MINUTE, 2.0)]
    assert _city([gauge("r1")], shifted).measure("rain_intensity", CITY, NOW).value == 13.0


def test_a_sum_is_explained_by_its_five_minutes() -> None:
    city = _city([gauge("r1"), gauge("r2")], _rain("r1", [0.0] * 11 + [7.5]))
    found = city.explain("rain_intensity", CITY, NOW)
    assert [(i.device, i.used, i.why) for i in found.inputs] == [("r1", True, ""), ("r2", False, "silent")]
    assert found.inputs[0].says["five_minutes"]["2026-07-20T10:00:00+00:00"] == 7.5
    assert len(found.inputs[0].says["five_minutes"]) == 12
    assert [s.result for s in found.steps] == ["2", "1", "7.5 mm"]
