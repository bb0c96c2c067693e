"""A device's readings over time, in the resolution that the span asks for, which the answer names."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import pytest

from domain.kind import Value
from domain.reading import Reading
from domain.retention import Resolution, SummaryRows
from tests.support.api_client import Client
from tests.support.api_services import SmallCity
from tests.support.api_view import NOW

PATH = "/api/v1/devices/sl-0001/series"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
POWER: Mapping[str, Value] = {
    "power.count": 4,
    "power.min": 1.0,
    "power.max": 9.0,
    "power.mean": 5.0,
    "power.last": 2.0,
    "on.count": 4,
    "on.mean": 0.25,
    "on.last": False,
}


def summarise(city: SmallCity, every: Resolution, *starts: datetime) -> None:
    for start in starts:
        rows = SummaryRows(["sl-0001"], {"readings": [4]} | {name: [value] for name, value in POWER.items()})
        city.shelf.summaries.put("streetlight", every, start, rows)


def ago(days: float) -> str:
    return (NOW - days * DAY).isoformat()


def test_a_day_is_answered_raw_and_each_reading_stands_for_itself(city: SmallCity, reader: Client) -> None:
    city.shelf.append([Reading("sl-0001", "streetlight", NOW - HOUR, NOW, {"power": 3.5, "on": True})])
    body = reader.get(PATH).json()
    assert (body["every"], body["kind"]) == ("raw", "streetlight")
    [point] = body["items"]
    assert point["metrics"] == {
        "power": {"count": 1, "min": 3.5, "max": 3.5, "mean": 3.5, "last": 3.5},
        "on": {"count": 1, "min": None, "max": None, "mean": 1.0, "last": True},
    }
    assert (point["start"], point["period"], point["readings"]) == ("2026-11-23T11:00:00Z", None, 1)


def test_a_month_is_answered_by_the_hour_and_a_year_by_the_day(city: SmallCity, reader: Client) -> None:
    summarise(city, Resolution.HOUR, NOW - 20 * DAY)
    summarise(city, Resolution.DAY, NOW - 20 * DAY - 20 * HOUR)
    month = reader.get(PATH, params={"from": ago(30)}).json()
    [point] = month["items"]
    assert (month["every"], point["period"], point["readings"]) == ("hour", "2026-11-03T20", 4)
    assert point["metrics"]["power"] == {"count": 4, "min": 1.0, "max": 9.0, "mean": 5.0, "last": 2.0}
    assert point["metrics"]["on"] == {"count": 4, "min": None, "max": None, "mean": 0.25, "last": False}
    year = reader.get(PATH, params={"from": ago(365)}).json()
    assert (year["every"], [p["period"] for p in year["items"]]) == ("day", ["2026-11-03"])


def test_what_is_no_longer_kept_raw_comes_from_hours_and_the_answer_says_so(city: SmallCity, reader: Client) -> None:
    span = {"from": ago(500), "to": ago(499)}
    assert reader.get(PATH, params=span).json()["every"] == "hour"
    raw = reader.get(PATH, params={**span, "every": "raw"}).json()
    assert (raw["every"], raw["items"], raw["kept_since"]) == ("raw", [], "2025-10-19T00:00:00Z")
    readings = reader.get("/api/v1/devices/sl-0001/readings", params=span).json()
    assert (readings["items"], readings["kept_since"]) == ([], "2025-10-19T00:00:00Z")


def test_the_period_that_from_lies_in_is_the_first(city: SmallCity, reader: Client) -> None:
    summarise(city, Resolution.HOUR, NOW - 2 * HOUR, NOW - HOUR)
    span = {"from": (NOW - 1.5 * HOUR).isoformat(), "every": "hour"}
    assert [p["start"] for p in reader.get(PATH, params=span).json()["items"]] == [
        "2026-11-23T10:00:00Z",
        "2026-11-23T11:00:00Z",
    ]


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 8])
def test_the_pages_hold_every_period_exactly_once(city: SmallCity, reader: Client, limit: int) -> None:
    starts = [NOW - n * HOUR for n in range(7, 0, -1)]
    summarise(city, Resolution.HOUR, *starts)
    seen: list[str] = []
    path: str | None = f"{PATH}?every=hour&limit={limit}"
    while path is not None:
        answer = reader.get(path)
        seen += [p["start"] for p in answer.json()["items"]]
        assert answer.json()["every"] == "hour"
        path = answer.links["next"]["url"] if "next" in answer.links else None
    assert seen == [start.isoformat().replace("+00:00", "Z") for start in starts]


def test_other_resolutions_are_refused(reader: Client) -> None:
    assert reader.get(PATH, params={"every": "week"}).status_code == 422
