"""What is usual at each hour of a day, over HTTP."""

import pytest

from tests.api.routes.test_indicators import RATE
from tests.support.api_client import Client
from tests.support.api_services import SmallCity
from tests.support.history import hour, of_hour

PATH = f"{RATE}/usual"


@pytest.fixture(autouse=True)
def kept(city: SmallCity) -> None:
    """Four weeks of hours before the Monday that is today, and its first ones."""
    city.operational.measures.publish([of_hour(n, lit=2) for n in range(-28 * 24 - 8, 0)], hour(0))
    city.operational.measures.publish([of_hour(n, lit=4) for n in range(4)], hour(4))


def test_today_is_shown_hour_by_hour_beside_what_is_usual(reader: Client) -> None:
    found = reader.get(PATH).json()
    assert (found["day"], found["weekend"], found["unit"], found["back_days"]) == ("2026-11-23", False, "%", 28)
    assert [h["value"] for h in found["hours"]] == [50.0] * 8 + [100.0] * 4 + [None] * 12
    assert {h["usual"] for h in found["hours"]} == {50.0}
    assert {h["days"] for h in found["hours"]} == {20}
    assert found["hours"][8]["period"] == "2026-11-23T08"


@pytest.mark.parametrize(
    ("params", "status", "name"),
    [
        ({"day": "2026-11-24"}, 422, "day"),
        ({"day": "gestern"}, 422, "day"),
        ({"scope": "road_class:arterial"}, 422, "scope"),
    ],
)
def test_what_cannot_be_answered_names_the_parameter(
    reader: Client, params: dict[str, str], status: int, name: str
) -> None:
    answer = reader.get(PATH, params=params)
    assert (answer.status_code, answer.json()["errors"][0]["name"]) == (status, name)
