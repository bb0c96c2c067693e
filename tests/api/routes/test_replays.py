"""Replaying the quarantine over HTTP."""

import json

import pytest

from domain.delivery import Delivery, Journaled
from domain.quarantine import Settlement
from ingest.quarantine import items_of
from store.operational.audit import Action
from tests.support.api_client import Client
from tests.support.api_services import SmallCity
from tests.support.api_view import NOW

PATH = "/api/v1/quarantine/replays"


@pytest.fixture(autouse=True)
def full(city: SmallCity) -> None:
    """Three readings of a device that is not registered, and one that is too hot to be true."""
    said = [{"device": f"new-{n}", "at": NOW.isoformat(), "values": {"power": 10}} for n in (1, 1, 2)]
    said.append({"device": "sl-0001", "at": NOW.isoformat(), "values": {"power": -9}})
    for offset, reading in enumerate(said):
        payload = json.dumps({"readings": [reading]}).encode()
        journaled = Journaled(offset, Delivery("city/v1/streetlight/370102/gw/batch", payload, NOW))
        city.operational.quarantine.add([(journaled, items_of(city.door.decoder.decode(journaled)))])


def test_a_replay_is_recorded_answered_with_its_place_and_followed(city: SmallCity, operator: Client) -> None:
    answer = operator.post(PATH, json={"reason": "unknown_device", "device": "new-1"})
    assert (answer.status_code, answer.json()["items"], answer.json()["waiting"]) == (202, 2, 2)
    where = answer.headers["location"]
    (one, other) = city.operational.quarantine.intended(10)
    assert operator.get("/api/v1/quarantine?state=replaying").json()["items"][0]["device"] == "new-1"
    city.operational.quarantine.settle([Settlement(one.replay, one.delivery_id, [0], [])], NOW)
    half = operator.get(where).json()
    assert (half["replayed"], half["waiting"], half["finished_at"]) == (1, 1, None)
    city.operational.quarantine.settle([Settlement(other.replay, other.delivery_id, [0], [])], NOW)
    assert operator.get(where).json()["finished_at"] == "2026-11-23T12:00:00Z"
    assert [e["device"] for e in operator.get("/api/v1/quarantine").json()["items"]] == ["new-2", "sl-0001"]
    books = operator.get("/api/v1/ingest").json()["quarantine"]
    assert books == {"ever": 4, "waiting": 2, "replaying": 0, "replayed": 2, "expired": 0}


def test_the_author_is_the_key_and_a_repeated_request_is_done_once(city: SmallCity, operator: Client) -> None:
    headers = {"Idempotency-Key": "mended-the-register"}
    first = operator.post(PATH, json={"device": "new-2"}, headers=headers)
    again = operator.post(PATH, json={"device": "new-2"}, headers=headers)
    assert (again.status_code, again.json()) == (202, first.json())
    (audit,) = [e for e in city.operational.audit.list() if e.action is Action.QUARANTINE_REPLAYED]
    assert audit.author == first.json()["author"] == "operate key"
    assert operator.post(PATH, json={"device": "new-1"}, headers=headers).status_code == 409


def test_a_trial_says_what_would_come_of_it(city: SmallCity, operator: Client) -> None:
    body = operator.post(f"{PATH}/trial", json={}).json()
    assert (body["entries"], body["accepted"]) == (4, 0)
    assert body["rejected"] == {"unknown_device": 3, "out_of_range": 1}
    assert body["examples"][0]["device"] == "new-1"
    assert operator.get(PATH).json()["items"] == []


def test_replays_are_listed_newest_first_page_by_page(operator: Client) -> None:
    for entry in (1, 2, 3):
        operator.post(PATH, json={"entries": [entry]})
    seen: list[int] = []
    path: str | None = f"{PATH}?limit=2"
    while path is not None:
        answer = operator.get(path)
        seen += [replay["id"] for replay in answer.json()["items"]]
        path = answer.links["next"]["url"] if "next" in answer.links else None
    assert seen == [3, 2, 1]


def test_what_waits_is_counted_by_reason_and_device(reader: Client) -> None:
    body = reader.get("/api/v1/quarantine/counts?limit=2").json()
    assert body["by_reason"]["unknown_device"] == 3
    assert body["by_device"] == [
        {"device": "new-1", "reason": "unknown_device", "entries": 2},
        {"device": "new-2", "reason": "unknown_device", "entries": 1},
    ]
    assert body["books"]["ever"] == 4


@pytest.mark.parametrize(
    "body",
    [{"reason": "ugly"}, {"entries": [0]}, {"limit": 0}, {"limit": 100_001}, {"since": "today"}, {"x": 1}, []],
)
def test_a_wish_that_makes_no_sense_is_refused(operator: Client, body: object) -> None:
    assert operator.post(PATH, json=body).status_code == 422
    assert operator.post(f"{PATH}/trial", json=body).status_code == 422


def test_a_reader_may_look_and_not_replay(reader: Client) -> None:
    assert reader.post(PATH, json={}).status_code == 403
    assert reader.get(f"{PATH}/9").status_code == 404
    assert reader.get(f"{PATH}/x").status_code == 404
