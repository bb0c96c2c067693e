"""Made-up devices and readings of every kind, by what the kind declares: something for any indicator to be about."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from typing import Final

from domain.citytime import JINAN
from domain.device import AssetState, Device
from domain.kind import AttributeSpec, MetricSpec, SensorKind, Value, ValueType
from domain.kinds import KINDS
from domain.lighting import HalfNight, LightingPlan, Timetable
from domain.reading import Reading
from rules.indicator import Indicator, Shown
from rules.live import City
from tests.support.rules import fixed_nights, local, register

NOW: Final = local("2026-11-23T21:00")
PLAN: Final = LightingPlan(
    (Timetable("city", "全市", half_night=HalfNight(), nights=fixed_nights("2026-11-22", "2026-11-23").nights),), ()
)
BESIDE: Final = {"streetlight": ("road_project",), "river_section": ("section_sample",), "data_feed": ("parking_bay",)}
"""Kinds whose devices matter to an indicator beside its own."""
DEVICES: Final = 7
NAMES: Final = {
    "case": ("1", "2", "3"),
    "delivers": ("parking_bay", "hospitals"),
    "category": ("0101", "0301"),
    "shared_from": ("18:00", "20:30"),
    "shared_until": ("07:00",),
    "flowing_since": ("2003-09-06",),
}
"""What texts may say, where not anything will do."""
AGES: Final = [
    *(timedelta(minutes=n) for n in (0, 4, 9, 15, 31)),
    *(timedelta(hours=n) for n in (1, 2, 3, 5, 7, 11, 20, 26)),
    *(timedelta(days=n) for n in (2, 24, 30, 60, 400)),
]
"""How old readings are: within the hour, the last day, month and year."""


class Maker:
    """Devices and readings of any kind, by what the kind declares."""

    def __init__(self, random: Random) -> None:
        self.random = random

    def device(self, kind: SensorKind, number: int) -> Device:
        choose = self.random.choice
        attributes = {a.name: self.attribute(a) for a in kind.attributes if a.required or choose((True, True, False))}
        district = choose(("370102", "370103"))
        return Device(
            *(f"{kind.name}-{number}", kind.name, f"{kind.title}{number}", district, district),
            choose(("市城管局", "市水务局")),
            choose((AssetState.IN_SERVICE,) * 4 + (AssetState.MAINTENANCE,)),
            synthetic=choose((False, True)),
            lon=117.0,
            lat=36.65,
            attributes=attributes,
        )

    def attribute(self, spec: AttributeSpec) -> Value:
        if spec.type is ValueType.TEXT:
            return self.random.choice(spec.choices or NAMES.get(spec.name) or (f"{spec.name}-1", f"{spec.name}-2"))
        return self.number(spec.type, spec.lowest, spec.highest, None)

    def reading(self, device: Device, kind: SensorKind, at: datetime) -> Reading:
        choose = self.random.choice
        values = {m.name: self.metric(m) for m in kind.metrics if choose((True, True, True, False))}
        faults = (choose(kind.faults),) if kind.faults and self.random.random() < 0.1 else ()
        return Reading(device.id, kind.name, at, at, values, faults=faults)

    def metric(self, spec: MetricSpec) -> Value:
        if spec.name.endswith("_at"):
            return int(NOW.timestamp()) - self.random.choice((60, 86_400, 2_000_000))
        if spec.type is ValueType.TEXT:
            return self.random.choice(NAMES.get(spec.name) or ("PM2.5", "O3"))
        return self.number(spec.type, spec.lowest, spec.highest, spec.typical)

    def number(
        self, kind: ValueType, lowest: float | None, highest: float | None, typical: tuple[float, float] | None
    ) -> Value:
        if kind is ValueType.BOOL:
            return self.random.choice((True, False))
        low, high = typical or (lowest or 0.0, min(highest if highest is not None else 100.0, (lowest or 0.0) + 300))
        found = round(self.random.uniform(low, high), 2)
        return int(found) if kind is ValueType.INT else found


def world_of(indicator: Indicator, random: Random) -> tuple[list[Device], list[Reading]]:
    """Make some devices of the indicator's kinds, and what they said."""
    maker = Maker(random)
    kinds = dict.fromkeys(indicator.kinds)
    kinds |= dict.fromkeys(beside for kind in indicator.kinds for beside in BESIDE.get(kind, ()))
    devices = [maker.device(KINDS[name], n) for name in kinds for n in range(DEVICES)]
    sections = [d.id for d in devices if d.kind == "river_section"]
    devices = [
        replace(d, attributes={**d.attributes, "section": random.choice(sections)})
        if d.kind == "section_sample" and sections
        else d
        for d in devices
    ]
    readings = [
        maker.reading(device, KINDS[device.kind], NOW - age)
        for device in devices
        for age in random.sample(AGES, random.randint(0, len(AGES)))
    ]
    return devices, readings


def state_of(indicator: Indicator, devices: Iterable[Device], readings: Sequence[Reading]) -> tuple[City, Shown]:
    known = {device.id: device for device in devices}
    city = City(register(*known.values()), PLAN, JINAN, {indicator.name: indicator})
    city.advance(NOW)
    for reading in readings:
        if reading.device in known:
            city.apply(reading)
    return city, city._states[indicator.name]
