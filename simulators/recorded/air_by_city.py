"""Hourly records of air stations that are told apart by city and name."""

from collections.abc import Mapping
from typing import Final

from simulators.recording_format import (
    NOWHERE,
    Format,
    Observation,
    ReplayOptions,
    id_of,
    moment,
    number,
    placed,
    recorded_device,
)

POLLUTANTS: Final = {
    "pm25": "pm25",
    "pm10": "pm10",
    "co": "co",
    "no2": "no2",
    "o3_1h": "o3",
    "o3_8h": "o3_8h",
    "so2": "so2",
    "pm25_24h": "pm25_24h",
    "pm10_24h": "pm10_24h",
}
"""Column of a national feed to metric."""
ABSENT: Final = frozenset({"", "/"})
"""Empty: measured but invalid; `/`: not monitored here."""
NETWORK: Final = "中国环境监测总站"
_SHANDONG: Final = {  # GB/T 2260; Laiwu was a city of its own until 2019
    "济南": "370100",
    "青岛": "370200",
    "淄博": "370300",
    "枣庄": "370400",
    "东营": "370500",
    "烟台": "370600",
    "潍坊": "370700",
    "济宁": "370800",
    "泰安": "370900",
    "威海": "371000",
    "日照": "371100",
    "莱芜": "371200",
    "临沂": "371300",
    "德州": "371400",
    "聊城": "371500",
    "滨州": "371600",
    "菏泽": "371700",
}


def air_values(row: Mapping[str, str]) -> dict[str, float]:
    """Return the valid values of a row by metric."""
    found = {metric: number(row, column, ABSENT) for column, metric in POLLUTANTS.items() if column in row}
    return {metric: value for metric, value in found.items() if value is not None}


def observe(row: Mapping[str, str], options: ReplayOptions) -> Observation:
    """Return the reading of one row; its time is the end of the hour."""
    city, station = row["city"].strip(), row["station"].strip()
    attributes = {"control": "national", "code": f"{city}/{station}"}
    device = recorded_device(id_of("as", city, station), "air_station", station, NETWORK, attributes)
    device = placed(device, _SHANDONG.get(city, NOWHERE))
    return Observation(device, moment(row, "hour_ending", options.tz()), air_values(row))


FORMAT: Final = Format(
    "air_by_city",
    "空气站小时记录（按城市与站名）",
    (
        "hour_ending",
        "city",
        "station",
        "pm25",
        "pm10",
        "co",
        "no2",
        "o3_1h",
        "o3_8h",
        "so2",
        "aqi",
        "level",
        "primary",
    ),
    observe,
)
