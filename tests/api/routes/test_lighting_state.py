"""Cabinets and dark lamps over HTTP."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from domain.device import Device
from domain.ports import DeviceChange
from domain.reading import Reading
from domain.record import Role
from tests.api.routes.test_alerts import raise_
from tests.support.api_client import Client
from tests.support.api_services import SmallCity
from tests.support.api_view import BUILT, NOW, lamp

CABINETS = "/api/v1/lighting/cabinets"
DARK = "/api/v1/lighting/dark-lamps"


def cabinet(number: int) -> Device:
    attributes = {"supply_point": f"sp-{number}", "road": "jingshi"}
    return replace(
        lamp(number), id=f"lc-{number}", kind="lighting_cabinet", name=f"{number} 号箱", attributes=attributes
    )


def says(city: SmallCity, device: str, kind: str, age_minutes: float = 1, **values: Any) -> None:
    at = NOW - timedelta(minutes=age_minutes)
    city.view.newest[device] = Reading(device, kind, at, at, values=values)


@pytest.fixture(autouse=True)
def cabinets(city: SmallCity) -> None:
    """Four: one feeds, one has tripped, one is silent, one has lost its supply."""
    city.services.world.change_devices([DeviceChange(cabinet(n), BUILT) for n in range(4)], "tests")
    well = {"supply": True, "breaker_closed": True}
    says(city, "lc-0", "lighting_cabinet", **{**well, "power": 4000.0, "door_open": True})
    says(city, "lc-1", "lighting_cabinet", **{**well, "power": 0.0, "breaker_closed": False})
    says(city, "lc-2", "lighting_cabinet", age_minutes=60, **{**well, "power": 4000.0})
    says(city, "lc-3", "lighting_cabinet", **{**well, "power": 0.0, "supply": False})


def test_cabinets_in_trouble_come_first_page_by_page(reader: Client) -> None:
    seen: list[dict[str, Any]] = []
    answer = reader.get(CABINETS, params={"limit": 3})
    seen += answer.json()["items"]
    answer = reader.get(answer.links["next"]["url"])
    seen += answer.json()["items"]
    assert "next" not in answer.links
    assert [(c["id"], c["state"]) for c in seen] == [
        ("lc-3", "supply_lost"),
        ("lc-1", "tripped"),
        ("lc-2", "unknown"),
        ("lc-0", "feeding"),
    ]
    assert (seen[-1]["door_open"], seen[-1]["power"], seen[-1]["road"]) == (True, 4000.0, "jingshi")
    assert answer.json()["states"] == {"supply_lost": 1, "tripped": 1, "unknown": 1, "feeding": 1, "off": 0}


def test_only_those_in_trouble_can_be_asked_for_and_a_made_up_cursor_is_refused(reader: Client) -> None:
    found = reader.get(CABINETS, params={"trouble": True}).json()["items"]
    assert [c["id"] for c in found] == ["lc-3", "lc-1", "lc-2"]
    assert reader.get(CABINETS, params={"cursor": "eA"}).json()["errors"][0]["name"] == "cursor"


def test_dark_lamps_say_since_when_by_what_and_who_is_on_it(city: SmallCity, reader: Client) -> None:
    for number in (4, 11, 5):
        says(city, f"sl-{number:04}", "streetlight", on=False, power=0.5)
    says(city, "sl-0006", "streetlight", on=True, power=90.0)
    tripped = raise_(city, 1, rule="breaker-tripped", subject="device:lc-1", since=NOW - timedelta(minutes=30))
    own = raise_(city, 2, subject="device:sl-0004")
    raise_(city, 3, rule="low-power-factor", subject="device:sl-0005")  # says nothing of darkness
    case = {"title": "1 号箱跳闸", "category": "lamps", "origin": "alert", "alert": tripped.id}
    opened = city.client(Role.OPERATE).post("/api/v1/incidents", json=case).json()
    found = reader.get(DARK).json()
    assert found["total"] == 3
    four, five, eleven = found["items"]
    assert (four["id"], four["power"], four["cabinet"]) == ("sl-0004", 0.5, "feeding")
    assert (four["alert"]["id"], four["alert"]["own"], four["alert"]["incident"]) == (own.id, True, None)
    assert (five["since"], five["alert"]) == (None, None)
    assert (eleven["cabinet"], eleven["since"]) == ("tripped", "2026-11-23T11:30:00Z")
    assert (eleven["alert"]["own"], eleven["alert"]["incident"]) == (False, opened["id"])


def test_dark_lamps_come_page_by_page(city: SmallCity, reader: Client) -> None:
    for number in range(5):
        says(city, f"sl-{number:04}", "streetlight", on=False, power=0.0)
    answer = reader.get(DARK, params={"limit": 2})
    seen = answer.json()["items"]
    while "next" in answer.links:
        answer = reader.get(answer.links["next"]["url"])
        assert answer.json()["total"] == 5
        seen += answer.json()["items"]
    assert [each["id"] for each in seen] == [f"sl-{number:04}" for number in range(5)]
