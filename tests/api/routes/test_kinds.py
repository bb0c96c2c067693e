"""The kinds of device, as the page names them."""

from domain.kinds import KINDS
from tests.support.api_client import Client


def test_every_kind_is_listed_with_its_metrics_and_units(reader: Client) -> None:
    items = {item["name"]: item for item in reader.get("/api/v1/kinds").json()["items"]}
    assert set(items) == set(KINDS)
    lamp = items["streetlight"]
    assert (lamp["title"], lamp["freshness_s"]) == ("路灯", 2400)
    power = next(metric for metric in lamp["metrics"] if metric["name"] == "power")
    assert (power["unit"], power["type"], power["lowest"]) == ("W", "float", 0)
