"""Handing in readings over HTTP."""

import json
from typing import Any

import httpx
import pytest

from api.intake import MAX_READINGS
from tests.support.api_client import Client
from tests.support.api_services import SmallCity

PATH = "/api/v1/readings"
LAMP = {"device": "sl-0001", "at": "2026-11-23T19:59:00+08:00", "values": {"on": True, "power": 120.5}}
RIVER = {"device": "rs-xinfengzhuang", "at": "2026-11-23T11:59:00Z", "values": {"ph": 7.2}}


def send(client: Client, body: bytes) -> httpx.Response:
    return client.post(PATH, content=body, headers={"Content-Type": "application/json; charset=utf-8"})


def receipt(client: Client, document: object) -> dict[str, Any]:
    answer = send(client, json.dumps(document).encode())
    assert answer.status_code == 202, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_one_reading_travels_as_it_came_and_moves_the_live_state(city: SmallCity, operator: Client) -> None:
    body = json.dumps(LAMP, indent=3).encode()
    assert send(operator, body).json() == {"offsets": [0], "readings": 1, "accepted": 1, "quarantined": []}
    assert city.door.deliveries[0].payload == body
    assert city.door.deliveries[0].topic == "city/v1/streetlight/370102/sl-0001/telemetry"
    assert operator.get("/api/v1/devices/sl-0001/latest").json()["reading"]["values"]["power"] == 120.5


def test_many_readings_of_one_kind_keep_their_bytes(city: SmallCity, operator: Client) -> None:
    body = json.dumps({"readings": [LAMP, {**LAMP, "device": "sl-0002"}]}, indent=1).encode()
    assert send(operator, body).json()["accepted"] == 2
    assert [d.payload for d in city.door.deliveries] == [body]
    assert city.door.deliveries[0].topic == "city/v1/streetlight/370102/http/batch"


def test_mixed_kinds_go_apart_and_the_receipt_keeps_the_callers_places(city: SmallCity, operator: Client) -> None:
    readings: list[object] = [RIVER, LAMP, {**RIVER, "values": {"ph": 99}}, {"device": "ghost"}, 5, {**LAMP, "x": 1}]
    found = receipt(operator, {"readings": readings})
    assert (found["readings"], found["accepted"], found["offsets"]) == (6, 2, [0, 1])
    assert [(r["index"], r["device"], r["reason"]) for r in found["quarantined"]] == [
        (2, "rs-xinfengzhuang", "out_of_range"),
        (3, "ghost", "unknown_device"),
        (4, None, "wrong_shape"),
        (5, "sl-0001", "unknown_field"),
    ]
    assert {d.topic.split("/")[2] for d in city.door.deliveries} == {"river_section", "streetlight"}


def test_everything_is_somewhere(city: SmallCity, operator: Client) -> None:
    found = receipt(operator, {"readings": [LAMP, {"device": "ghost"}, None, RIVER]})
    listed = operator.get("/api/v1/quarantine").json()
    assert found["accepted"] + len(found["quarantined"]) == found["readings"] == 4
    assert sum(listed["counts"].values()) == len(listed["items"]) == len(found["quarantined"])


@pytest.mark.parametrize("reading", [{}, {"device": "a/b+#"}, {"device": 5}, {"device": "ghost", "at": "x"}])
def test_a_reading_of_nobody_is_quarantined_and_counted(operator: Client, reading: object) -> None:
    found = receipt(operator, reading)
    assert (found["accepted"], len(found["quarantined"])) == (0, 1)
    assert found["quarantined"][0]["index"] == 0


@pytest.mark.parametrize("value", ["NaN", "Infinity", "1e999", "true", '"1"', "null", "[1]", "9" * 400])
def test_an_impossible_value_never_sinks_the_others(operator: Client, value: str) -> None:
    lamp, river = json.dumps(LAMP), json.dumps(RIVER)
    bad = lamp.replace("120.5", value)
    found = send(operator, f'{{"readings": [{lamp}, {bad}, {river}]}}'.encode())
    assert found.status_code == 202
    assert found.json()["accepted"] == 2
    assert [r["index"] for r in found.json()["quarantined"]] == [1]


@pytest.mark.parametrize("poison", ['{"device": "\\ud800"}', "[" * 40 + "]" * 40])
def test_what_makes_a_whole_delivery_unreadable_is_told_for_every_reading_in_it(operator: Client, poison: str) -> None:
    lamps = ", ".join(json.dumps(LAMP | {"device": f"sl-000{n}"}) for n in range(2))
    found = send(operator, f'{{"readings": [{json.dumps(RIVER)}, {poison}, {lamps}]}}'.encode())
    assert found.status_code == 202
    assert found.json()["accepted"] == 1
    assert [r["index"] for r in found.json()["quarantined"]] == [1, 2, 3]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"\xff", 400),
        (b"\xef\xbb\xbf{}", 400),
        ('{"device": "x"}'.encode("utf-16"), 400),
        (b"[" * 100_000, 400),
        (b"[]", 422),
        (b"null", 422),
        (b'{"readings": []}', 422),
        (b'{"readings": {}}', 422),
        (b'{"readings": [{}], "gateway": "x"}', 422),
        (json.dumps({"readings": [{}] * (MAX_READINGS + 1)}).encode(), 422),
    ],
)
def test_a_body_that_holds_no_readings_is_refused_and_nothing_is_kept(
    city: SmallCity, operator: Client, body: bytes, status: int
) -> None:
    answer = send(operator, body)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert city.door.deliveries == []


def test_a_full_journal_asks_to_come_back(city: SmallCity, operator: Client) -> None:
    city.door.room = 1
    answer = send(operator, json.dumps({"readings": [LAMP, RIVER]}).encode())
    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) > 0
    city.door.room = 10
    assert receipt(operator, {"readings": [LAMP, RIVER]})["accepted"] == 2
