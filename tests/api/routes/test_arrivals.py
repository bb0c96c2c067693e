"""The ledger of arrivals over HTTP."""

from datetime import timedelta

import pytest

from domain.reading import Reading
from tests.support.api_client import Client
from tests.support.api_services import SmallCity, SmallLedger
from tests.support.api_view import NOW


@pytest.fixture(autouse=True)
def heard(city: SmallCity) -> None:
    ledger = city.services.arrivals
    assert isinstance(ledger, SmallLedger)
    for seq in (1, 2, 5):
        at = NOW - timedelta(minutes=10 - seq)
        ledger.book.take(Reading("sl-0001", "streetlight", at, at, {"on": True}, seq=seq), ledger.register(), "gw-1")


def test_a_device_has_its_books(reader: Client) -> None:
    body = reader.get("/api/v1/devices/sl-0001/ledger").json()
    assert (body["received"], body["missing"], body["last_seq"]) == (3, 2, 5)
    assert [(g["first"], g["last"], g["asked"]) for g in body["gaps"]] == [(3, 4, 0)]
    assert body["newest"] == "2026-11-23T11:55:00Z"
    silent = reader.get("/api/v1/devices/sl-0002/ledger").json()
    assert (silent["received"], silent["completeness"], silent["since"]) == (0, 0.0, None)
    assert reader.get("/api/v1/devices/nobody/ledger").status_code == 404


def test_a_day_has_its_feeds_and_the_sums(reader: Client) -> None:
    body = reader.get("/api/v1/completeness?kind=streetlight").json()
    assert body["day"] == "2026-11-23"
    assert {f["district"]: f["received"] for f in body["feeds"]} == {"370102": 3, "370103": 0}
    assert body["totals"]["missing"] == 2
    assert [f["kind"] for f in reader.get("/api/v1/completeness?district=370112").json()["feeds"]] == ["river_section"]
    assert reader.get("/api/v1/completeness?day=2026-11-24").json()["feeds"] == []


def test_a_kind_that_is_none_is_refused(reader: Client) -> None:
    assert "must be one of" in reader.get("/api/v1/completeness?kind=lamp").json()["detail"]


@pytest.mark.parametrize("day", ["yesterday", "1700000000", "9999-12-31", "0001-01-01"])
def test_a_day_that_is_none_is_refused(reader: Client, day: str) -> None:
    assert reader.get(f"/api/v1/completeness?day={day}").status_code == 422
