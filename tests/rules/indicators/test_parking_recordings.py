"""Occupancy of the recorded car parks and bays, fed to the live state as the fleet replays them."""

import json
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

from domain.citytime import JINAN
from domain.device import DeviceVersion
from domain.reading import Reading
from domain.register import Register
from domain.scope import CITY, Scope, ScopeKind
from rules.live import City
from simulators.replay import Recording, read_recording
from tests.support.rules import BEGINNING, NO_PLAN

NEWEST_UPDATE = datetime.fromisoformat("2025-08-05T15:19:39+10:00")


def _city(recording: Recording, at: datetime) -> City:
    versions = [DeviceVersion(c.device, BEGINNING - timedelta(days=3650), None, BEGINNING) for c in recording.changes]
    city = City(Register.of(versions, 1), NO_PLAN, JINAN)
    city.advance(at)
    return city


def _readings(recording: Recording) -> list[Reading]:
    found = []
    for message in recording.messages:
        said = json.loads(message.payload)
        at = datetime.fromisoformat(said["at"])
        found.append(Reading(said["device"], message.kind, at, at, said["values"]))
    return found


def test_the_snapshot_of_melbourne_has_its_bays_and_its_stale_ones(shared_data: Path) -> None:
    recording = read_recording(shared_data / "parking" / "melbourne_bays_2025-08-05.csv")
    readings = _readings(recording)
    assert Counter(r.values["occupied"] for r in readings) == {True: 1751, False: 1558}
    city = _city(recording, NEWEST_UPDATE)
    for reading in readings:
        city.apply(reading)
    found = city.measure("parking_occupancy", CITY, NEWEST_UPDATE)
    assert (found.denominator, found.unknown) == (3309, 1250)
    assert (found.detail["occupied"], found.detail["vacant"]) == (1183, 876)


def test_no_recorded_car_park_ever_exceeds_its_capacity_and_every_wrong_count_is_flagged(shared_data: Path) -> None:
    flagged = Counter[tuple[str, str]]()
    for name in ("aarhus_garages_2014.csv", "german_lots_2023-06-01_07.csv"):
        recording = read_recording(shared_data / "parking" / name)
        readings = _readings(recording)
        city = _city(recording, readings[0].at)
        for reading in readings:
            city.advance(reading.at)
            city.apply(reading)
            found = city.measure("parking_occupancy", Scope(ScopeKind.LOT, reading.device), reading.at)
            assert 0 <= found.numerator <= found.denominator
            flagged[name, "below"] += len(found.detail["below_zero"])
            flagged[name, "above"] += len(found.detail["above_capacity"])
    assert flagged == {
        ("aarhus_garages_2014.csv", "below"): 0,
        ("aarhus_garages_2014.csv", "above"): 2505,
        ("german_lots_2023-06-01_07.csv", "below"): 514,
        ("german_lots_2023-06-01_07.csv", "above"): 0,
    }
