"""The quarantine and the accounting."""

import base64
import json

import pytest

from domain.delivery import Delivery, Journaled, Reason
from domain.record import QuarantineItem
from tests.support.api_client import Client
from tests.support.api_services import SmallCity
from tests.support.api_view import NOW

PATH = "/api/v1/quarantine"


@pytest.fixture(autouse=True)
def full(city: SmallCity) -> None:
    """Seven readings of two devices, for two reasons, and one delivery that is no text."""
    for offset in range(7):
        device, reason = f"sl-{offset % 2}", Reason.OUT_OF_RANGE if offset < 4 else Reason.BAD_TIME
        keep(city, offset, json.dumps({"n": offset}).encode(), reason, device)
    keep(city, 7, b"\xff\x00", Reason.NOT_UTF8, None)


def keep(city: SmallCity, offset: int, payload: bytes, reason: Reason, device: str | None) -> None:
    delivery = Delivery("city/v1/streetlight/370102/gw/batch", payload, NOW)
    item = QuarantineItem(offset, None if device is None else 0, reason, "it is wrong", device, None)
    city.operational.quarantine.add([(Journaled(offset, delivery), [item])])


def listed(reader: Client, query: str = "") -> list[int]:
    return [entry["offset"] for entry in reader.get(f"{PATH}{query}").json()["items"]]


def test_entries_come_oldest_first_with_the_counts_of_every_reason(reader: Client) -> None:
    body = reader.get(PATH).json()
    assert [e["offset"] for e in body["items"]] == list(range(8))
    assert set(body["counts"]) == {reason.value for reason in Reason}
    assert (body["counts"]["out_of_range"], body["counts"]["too_deep"]) == (4, 0)


def test_entries_are_chosen_by_reason_and_device(reader: Client) -> None:
    assert listed(reader, "?reason=bad_time") == [4, 5, 6]
    assert listed(reader, "?device=sl-1&reason=bad_time") == [5]
    assert reader.get(f"{PATH}?reason=ugly").status_code == 422


@pytest.mark.parametrize("limit", [1, 3, 8])
def test_the_pages_hold_every_entry_exactly_once(reader: Client, limit: int) -> None:
    seen: list[int] = []
    path: str | None = f"{PATH}?limit={limit}"
    while path is not None:
        answer = reader.get(path)
        seen += [e["offset"] for e in answer.json()["items"]]
        path = answer.links["next"]["url"] if "next" in answer.links else None
    assert seen == list(range(8))


def test_an_entry_holds_the_original_bytes(reader: Client) -> None:
    entries = reader.get(PATH).json()["items"]
    first = reader.get(f"{PATH}/{entries[0]['id']}").json()
    assert base64.b64decode(first["payload_base64"]) == b'{"n": 0}'
    assert (first["payload_text"], first["bytes"], first["reason"]) == ('{"n": 0}', 8, "out_of_range")
    last = reader.get(f"{PATH}/{entries[-1]['id']}").json()
    assert base64.b64decode(last["payload_base64"]) == b"\xff\x00"
    assert last["payload_text"] is None


@pytest.mark.parametrize(("entry", "status"), [("999", 404), ("0", 422), ("x", 422), (str(2**63), 422), ("-1", 422)])
def test_what_is_not_there_is_said(reader: Client, entry: str, status: int) -> None:
    assert reader.get(f"{PATH}/{entry}").status_code == status


def test_the_accounting_the_engine_and_the_gateways_are_shown(reader: Client) -> None:
    body = reader.get("/api/v1/ingest").json()
    assert body["accounting"] == {"deliveries": {"received": 0}}
    assert body["engine"] == {"offset": 0, "lag": 0, "catching_up": False}
    assert body["gateways"] == [{"id": "gw-1", "online": True}, {"id": "gw-2", "online": False}]
    assert (body["now"], body["simulated"]) == ("2026-11-23T12:00:00Z", False)
