"""Small cities of lamps for the tests of the lighting indicators."""

from collections.abc import Iterable

from domain.citytime import JINAN
from domain.device import AssetState, Device, DeviceVersion
from domain.explanation import Explanation
from domain.kind import Value
from domain.lighting import LightingPlan
from domain.measure import Measure
from domain.reading import Reading
from domain.scope import Scope
from rules.live import City
from tests.support.rules import fixed_nights, local, register

TABLE = fixed_nights("2026-11-22", "2026-11-23", "2026-11-24")
PLAN = LightingPlan((TABLE,), ())
NIGHT, DAY = local("2026-11-23T21:00"), local("2026-11-23T13:00")


def project(
    device_id: str = "p1", *, district: str = "370102", state: AssetState = AssetState.IN_SERVICE, **changes: Value
) -> Device:
    attributes: dict[str, Value] = {"road": "经十路", "works": "new", "year": 2019, "lamps_planned": 2}
    given = {name: value for name, value in {**attributes, **changes}.items() if value != ""}
    return Device(device_id, "road_project", device_id, district, district, "市城管局", state, attributes=given)


def city_at(
    *devices: Device | DeviceVersion, at: str, readings: Iterable[Reading] = (), plan: LightingPlan = PLAN
) -> City:
    """A city at a local instant, having heard these readings."""
    city = City(register(*devices), plan, JINAN)
    city.advance(local(at))
    for reading in readings:
        city.apply(reading)
    return city


def measure(city: City, indicator: str, scope: str = "city") -> Measure:
    """What an indicator measures now."""
    assert city.now is not None
    return city.measure(indicator, Scope.parse(scope), city.now)


def explain(city: City, indicator: str, scope: str = "city") -> Explanation:
    """Why it measures that."""
    assert city.now is not None
    return city.explain(indicator, Scope.parse(scope), city.now)
