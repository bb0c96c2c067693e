"""A case file that two bureaus work on becomes a reading in the journal, and a figure of the running month."""

from pathlib import Path
from typing import Any

from tests.support.processes import wait_until
from tests.support.service import REPOSITORY, Service

UNITS = ("市城管局", "市水务局")


def test_a_case_of_two_bureaus_is_handled_and_measured(tmp_path: Path) -> None:
    service = Service(tmp_path, {})
    service.prepare(REPOSITORY / "config" / "desk.csv")
    service.start(ready=False)
    try:
        wait_until(lambda: "joint_handling" in _names(service), "the indicator is in the catalogue", 60)
        case = _posted(service, "incidents", {"title": "积水", "category": "lamps", "severity": "major"})
        way = [{"action": "dispatch", "unit": unit, "note": "抽水"} for unit in UNITS]
        way += [{"action": "accept", "unit": unit} for unit in UNITS]
        way += [{"action": "feedback", "unit": unit, "note": "已抽"} for unit in UNITS]
        for body in (*way, {"action": "check"}, {"action": "close", "note": "已核查"}):
            _posted(service, f"incidents/{case['id']}/actions", body)
        wait_until(lambda: _running(service)["closed"] == 1, "the closed case counts in the running month", 90)
        assert _running(service)["on_time"] == 1
        wait_until(lambda: bool(_closed(service)), "the closed case is in the store", 90)
        (told,) = _closed(service)
        assert (told["case"], told["units"], told["late"]) == (case["id"], 2, 0)
        (row,) = [r for r in service.get("targets")["items"] if r["target"]["id"] == "26-joint-handling"]
        assert (row["verdict"], row["measure"]["indicator"]) == ("no_limit", "joint_handling")
    finally:
        service.close()


def _names(service: Service) -> set[str]:
    return {row["name"] for row in service.get("indicators")["items"]}


def _posted(service: Service, path: str, body: dict[str, Any]) -> Any:
    answer = service.post(path, body)
    assert answer.is_success, answer.text
    return answer.json()


def _closed(service: Service) -> list[Any]:
    rows = service.get("devices/case-desk/readings")["items"]
    return [row["values"] for row in rows if "closed_at" in row["values"]]


def _running(service: Service) -> Any:
    return service.get("indicators/joint_handling", scope="city")["detail"]["month_to_date"]
