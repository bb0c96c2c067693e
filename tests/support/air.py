"""Air stations, their readings, and the published hours that answers are compared with."""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

from domain.device import AssetState, Device
from domain.kind import Value
from domain.reading import Reading
from rules.standards.hj633 import Pollutant

# a second copy of the tables, as the standards print them
INDEX = [0, 50, 100, 150, 200, 300, 400, 500]
COMMON = {
    "so2_24h": [0, 50, 150, 475, 800, 1600, 2100, 2620],
    "so2_1h": [0, 150, 500, 650, 800],
    "no2_24h": [0, 40, 80, 180, 280, 565, 750, 940],
    "no2_1h": [0, 100, 200, 700, 1200, 2340, 3090, 3840],
    "co_24h": [0, 2, 4, 14, 24, 36, 48, 60],
    "co_1h": [0, 5, 10, 35, 60, 90, 120, 150],
    "o3_8h": [0, 100, 160, 215, 265, 800],
    "o3_1h": [0, 160, 200, 300, 400, 800, 1000, 1200],
}
TABLES = {
    "2012": COMMON
    | {"pm10_24h": [0, 50, 150, 250, 350, 420, 500, 600], "pm25_24h": [0, 35, 75, 115, 150, 250, 350, 500]},
    "2026": COMMON
    | {"pm10_24h": [0, 50, 120, 250, 350, 420, 500, 600], "pm25_24h": [0, 35, 60, 115, 150, 250, 350, 500]},
}

COLUMNS = {p: "o3_1h" if p is Pollutant.O3 else p.value for p in Pollutant}
NAMES = {
    "二氧化硫": "SO2",
    "二氧化氮": "NO2",
    "一氧化碳": "CO",
    "臭氧1小时": "O3",
    "颗粒物(PM10)": "PM10",
    "细颗粒物(PM2.5)": "PM2.5",
}
CLEAN_AIR = {"pm25": 20.0, "pm10": 40.0, "so2": 5.0, "no2": 20.0, "co": 0.4, "o3": 60.0}
"""IAQI of PM10 40, of everything else less."""
FILES = {
    "national_20180220T07.csv": 1475,
    "national_20190723T10.csv": 1437,
    "stations_hourly_2020_shandong.csv": 4867,
}
"""The published files, and how many of their rows carry an AQI."""


@dataclass(frozen=True, slots=True)
class Published:
    """One station-hour as published, with its cells."""

    line: int
    cells: Mapping[str, str]

    @property
    def values(self) -> dict[Pollutant, Decimal]:
        return {p: Decimal(text) for p, column in COLUMNS.items() if (text := self.cells[column])}

    @property
    def aqi(self) -> int:
        return int(self.cells["aqi"])

    @property
    def primary(self) -> set[str]:
        return {NAMES[name.strip()] for name in self.cells["primary"].split(";") if name.strip()}

    @property
    def hour_ending(self) -> datetime:
        return datetime.fromisoformat(self.cells["hour_ending"])


def published(folder: Path, name: str) -> list[Published]:
    """The rows of a file that carry an AQI."""
    with (folder / "air" / name).open(encoding="utf-8-sig") as file:
        rows = csv.DictReader(file)
        return [Published(rows.line_num, row) for row in rows if row["aqi"]]


def station(device_id: str = "a1", *, state: AssetState = AssetState.IN_SERVICE, **changes: Value) -> Device:
    attributes: dict[str, Value] = {"control": "national", "background": False}
    return Device(
        id=device_id,
        kind="air_station",
        name=f"空气站{device_id}",
        district="370102",
        management_area="370102",
        responsible_unit="市生态环境局",
        state=state,
        attributes={**attributes, **changes},
    )


def air(
    device_id: str,
    at: datetime,
    values: Mapping[str, float] | None = None,
    faults: Iterable[str] = (),
    revision: int = 0,
) -> Reading:
    said: dict[str, Value] = dict(CLEAN_AIR if values is None else values)
    return Reading(
        device_id, "air_station", at, at + timedelta(minutes=5), said, faults=tuple(faults), revision=revision
    )


def day_of_air(
    device_id: str, day: datetime, values: Mapping[str, float] | None = None, hours: Iterable[int] = range(1, 25)
) -> list[Reading]:
    """The hours of a day that begins at `day`: the same values at each of these labels."""
    return [air(device_id, day + timedelta(hours=n), values) for n in hours]


def forecaster(device_id: str = "f1", *, official: bool = True, state: AssetState = AssetState.IN_SERVICE) -> Device:
    return replace(
        station(device_id, state=state),
        kind="air_forecast",
        name=f"预报{device_id}",
        attributes={"issuer": "市生态环境局", "official": official},
    )


def forecast(
    device_id: str, at: datetime, aqis: Iterable[int | None], primary: str | None = None, revision: int = 0
) -> Reading:
    """An issue that says these values of the day of issue and those after it."""
    said: dict[str, Value] = {f"aqi_d{n}": aqi for n, aqi in enumerate(aqis) if aqi is not None}
    if primary is not None:
        said |= {name.replace("aqi", "primary"): primary for name in said}
    return Reading(device_id, "air_forecast", at, at + timedelta(minutes=1), said, revision=revision)


def notice_board(device_id: str = "n1") -> Device:
    return replace(station(device_id), kind="warning_notice", name="预警发布", attributes={"issuer": "市政府"})


def notice(device_id: str, at: datetime, level: int, revision: int = 0) -> Reading:
    return Reading(device_id, "warning_notice", at, at + timedelta(minutes=1), {"level": level}, revision=revision)
