"""Targets with their measure and verdict."""

from tests.support.api_client import Client

TARGETS = "/api/v1/targets"


def ids(client: Client, query: str = "") -> list[str]:
    return [a["target"]["id"] for a in client.get(f"{TARGETS}{query}").json()["items"]]


def test_each_target_comes_with_verdict_reason_and_measure(reader: Client) -> None:
    first, second = reader.get(TARGETS).json()["items"]
    assert (first["verdict"], first["reason"]) == ("unknown", "depends on silent lamps")
    assert first["measure"]["denominator"] == 8
    assert first["target"]["wording"] == "亮灯率达到98以上"
    assert (first["target"]["limit"], first["target"]["direction"]) == (98, ">=")
    assert (second["verdict"], second["measure"]) == ("not_measured", None)


def test_targets_are_chosen_by_item_and_verdict(reader: Client) -> None:
    assert len(ids(reader, "?item=10")) == 2
    assert ids(reader, "?item=11") == []
    assert ids(reader, "?verdict=not_measured") == ["10-installed"]
    assert reader.get(f"{TARGETS}?verdict=good").status_code == 422


def test_one_target_is_found_by_its_id(reader: Client) -> None:
    assert reader.get(f"{TARGETS}/10-arterial").json()["target"]["id"] == "10-arterial"
    assert reader.get(f"{TARGETS}/99").status_code == 404
