"""One hour of all national air stations, told apart by their code."""

from collections.abc import Mapping
from typing import Final

from simulators.recorded.air_by_city import NETWORK, air_values
from simulators.recording_format import Format, Observation, ReplayOptions, UnusableRow, id_of, moment, recorded_device


def observe(row: Mapping[str, str], options: ReplayOptions) -> Observation:
    """Return the reading of one row; its time is the end of the hour."""
    code = row["station_code"].strip()
    if not code:
        raise UnusableRow("station_code", "is empty")
    name = f"{row['city'].strip()} {row['station'].strip()}"
    device = recorded_device(id_of("as", code), "air_station", name, NETWORK, {"control": "national", "code": code})
    return Observation(device, moment(row, "hour_ending", options.tz()), air_values(row))


FORMAT: Final = Format(
    "air_national",
    "全国空气站小时记录",
    (
        "hour_ending",
        "station_code",
        "city",
        "station",
        "pm25",
        "pm10",
        "co",
        "no2",
        "o3_1h",
        "so2",
        "pm25_24h",
        "pm10_24h",
        "o3_8h",
        "aqi",
        "level",
        "primary",
    ),
    observe,
)
