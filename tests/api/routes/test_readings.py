"""The newest reading and readings over an interval."""

from datetime import timedelta

import pytest

from domain.reading import Reading
from tests.support.api_client import Client
from tests.support.api_services import SmallCity
from tests.support.api_view import NOW

PATH = "/api/v1/devices/sl-0001"


def keep(city: SmallCity, count: int, step: timedelta = timedelta(minutes=15)) -> list[Reading]:
    """Store readings that end a quarter of an hour ago, oldest first."""
    found = [
        Reading("sl-0001", "streetlight", NOW - step * n, NOW, {"power": float(n), "on": n % 2 == 0})
        for n in range(count, 0, -1)
    ]
    city.shelf.append(found)
    city.view.newest["sl-0001"] = found[-1]
    return found


def test_the_latest_reading_says_whether_it_still_means_anything(city: SmallCity, reader: Client) -> None:
    keep(city, 1)
    body = reader.get(f"{PATH}/latest").json()
    assert (body["age_s"], body["fresh"]) == (900.0, True)
    assert body["reading"]["at"] == "2026-11-23T11:45:00Z"
    assert body["reading"]["values"] == {"power": 1.0, "on": False}
    city.clock.instant += timedelta(hours=1)
    assert reader.get(f"{PATH}/latest").json()["fresh"] is False


def test_a_silent_device_and_an_unknown_one_are_told_apart(reader: Client) -> None:
    assert "not said anything" in reader.get(f"{PATH}/latest").json()["detail"]
    assert "registered" in reader.get("/api/v1/devices/nobody/latest").json()["detail"]


def test_without_an_interval_it_is_the_last_day(city: SmallCity, reader: Client) -> None:
    keep(city, 30, timedelta(hours=1))
    body = reader.get(f"{PATH}/readings").json()
    assert (body["start"], body["end"]) == ("2026-11-22T12:00:00Z", "2026-11-23T12:00:00Z")
    assert len(body["items"]) == 24


def test_the_interval_holds_its_start_and_not_its_end(city: SmallCity, reader: Client) -> None:
    keep(city, 4)
    query = {"from": "2026-11-23T19:15:00+08:00", "to": "2026-11-23T11:45:00Z"}
    items = reader.get(f"{PATH}/readings", params=query).json()["items"]
    assert [r["at"] for r in items] == ["2026-11-23T11:15:00Z", "2026-11-23T11:30:00Z"]


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 20, 21])
def test_the_pages_hold_every_reading_exactly_once(city: SmallCity, reader: Client, limit: int) -> None:
    kept = keep(city, 20, timedelta(microseconds=1))
    seen: list[str] = []
    path: str | None = f"{PATH}/readings?limit={limit}"
    while path is not None:
        answer = reader.get(path)
        seen += [r["values"]["power"] for r in answer.json()["items"]]
        path = answer.links["next"]["url"] if "next" in answer.links else None
    assert seen == [r.values["power"] for r in kept]


def test_the_pages_belong_to_the_interval_of_the_first_however_late_they_are_asked_for(
    city: SmallCity, reader: Client
) -> None:
    keep(city, 3)
    first = reader.get(f"{PATH}/readings?limit=1")
    city.clock.instant += timedelta(days=7)
    second = reader.get(first.links["next"]["url"]).json()
    assert (second["start"], second["end"]) == ("2026-11-22T12:00:00Z", "2026-11-23T12:00:00Z")
    assert len(second["items"]) == 1


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("from=2026-11-23T12:00:00Z&to=2026-11-23T12:00:00Z", "from"),
        ("from=2026-11-24T00:00:00Z", "from"),
        ("from=2026-11-23T00:00:00", "from"),
        ("to=0001-01-01T00:00:00%2B08:00", "to"),
        ("to=2300-01-01T00:00:00Z", "to"),
        ("limit=10001", "limit"),
        ("cursor=MTk5OTk5OTk5OTk5OTk5OTk5OTk5OQ", "cursor"),
    ],
)
def test_a_wrong_interval_is_named(reader: Client, query: str, name: str) -> None:
    answer = reader.get(f"{PATH}/readings?{query}")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["name"] == name
