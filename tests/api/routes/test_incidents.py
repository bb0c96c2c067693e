"""Incidents over HTTP: opened by hand and by alert, worked on, and every change with who, when and which version."""

from dataclasses import replace
from typing import Any

import httpx
import pytest

from domain.escalation import ReportingDeadline
from domain.record import Role
from domain.severity import EmergencyGrade
from tests.support.api_client import Client
from tests.support.api_services import SmallCity
from tests.support.api_view import NOW
from tests.support.duty import MINUTE, PLAN

CASES = "/api/v1/incidents"
BODY: dict[str, Any] = {"title": "经十路灭灯", "category": "lamps", "severity": "major", "unit": "市城管局"}


def opened(client: Client, **more: Any) -> dict[str, Any]:
    answer = client.post(CASES, json={**BODY, **more})
    assert answer.status_code == 201, answer.text
    case: dict[str, Any] = answer.json()
    assert answer.headers["location"] == f"{CASES}/{case['id']}"
    return case


def act(client: Client, case: dict[str, Any], headers: dict[str, str] | None = None, **body: Any) -> httpx.Response:
    return client.post(f"{CASES}/{case['id']}/actions", json=body, headers=headers or {})


def test_a_case_goes_its_way_and_its_history_names_everybody(operator: Client) -> None:
    case = opened(operator)
    assert (case["state"], case["state_word"], case["opened_by"]) == ("new", "新建", "operate key")
    unit = {"unit": "市城管局"}
    bodies: tuple[dict[str, Any], ...] = (
        {"action": "dispatch", **unit, "note": "查控制箱"},
        {"action": "accept", **unit},
        {"action": "begin", **unit},
        {"action": "comment", "text": "现场照片", "attachments": ["photo-17"]},
        {"action": "feedback", **unit, "note": "已合闸"},
        {"action": "check"},
        {"action": "close", "note": "已核查"},
    )
    answers = [act(operator, case, **body) for body in bodies]
    assert {answer.status_code for answer in answers} == {200}
    closed = answers[-1].json()
    assert (closed["state_word"], closed["version"], closed["tasks"][0]["card"]) == ("已结案", 8, "none")
    history = operator.get(f"{CASES}/{case['id']}/history").json()["items"]
    assert [step["action"] for step in history] == [
        *("open", "dispatch", "accept", "begin", "comment", "feedback", "check", "close"),
    ]
    assert {step["author"] for step in history} == {"operate key"}
    assert act(operator, case, action="check").status_code == 409


def test_what_may_not_be_done_now_is_a_conflict_that_says_why(operator: Client) -> None:
    answer = act(operator, opened(operator), action="accept", unit="市公安局")
    assert answer.status_code == 409
    assert "市公安局 has no part" in answer.json()["detail"]


def test_a_change_on_an_old_version_is_refused(operator: Client) -> None:
    case = opened(operator)
    tag = operator.get(f"{CASES}/{case['id']}").headers["etag"]
    first = act(operator, case, {"If-Match": tag}, action="dispatch", unit="市城管局")
    second = act(operator, case, {"If-Match": tag}, action="dispatch", unit="市公安局")
    assert (first.status_code, second.status_code) == (200, 412)
    assert len(operator.get(f"{CASES}/{case['id']}").json()["tasks"]) == 1


def test_an_alert_and_a_ticket_open_one_case_each(operator: Client) -> None:
    opened(operator, origin="alert", alert="a-1")
    again = operator.post(CASES, json={**BODY, "origin": "alert", "alert": "a-1"})
    assert again.status_code == 409
    opened(operator, origin="hotline", ticket="12345-1")
    assert operator.post(CASES, json={**BODY, "ticket": "12345-1"}).status_code == 409


def test_a_repeated_request_opens_one_case(operator: Client) -> None:
    first, second = (operator.post(CASES, json=BODY, headers={"Idempotency-Key": "k1"}) for _ in range(2))
    assert first.json()["id"] == second.json()["id"]
    assert len(operator.get(CASES).json()["items"]) == 1


def test_devices_near_the_place_are_found(operator: Client) -> None:
    assert opened(operator, lon=117.002, lat=36.65)["devices"][0] == "sl-0002"


def test_a_call_is_told_what_it_may_be_about(operator: Client) -> None:
    case = opened(operator, lon=117.0021, lat=36.65)
    opened(operator, title="乱停", category="parking", lon=117.002, lat=36.65)
    found = operator.get(f"{CASES}/offers?text=路灯不亮&lon=117.002&lat=36.65").json()
    assert found["kinds"] == ["streetlight", "lighting_cabinet"]
    assert found["devices"][0] == {
        "id": "sl-0002",
        "name": "经十路 2 号灯",
        "kind": "streetlight",
        "distance": 0.0,
        "fits": True,
    }
    assert [(o["distance"], o["fits"]) for o in found["incidents"]] == [(8.9, True), (0.0, False)]
    assert (found["sure"], found["alerts"]) == (case["id"], [])
    joined = act(operator, case, action="attach_ticket", ticket="12345-9")
    assert joined.json()["tickets"] == ["12345-9"]
    assert operator.get(f"{CASES}/offers?text=路灯不亮").status_code == 422


def test_a_rejected_offer_is_kept_with_who_said_so_in_history_and_audit(operator: Client) -> None:
    case = opened(operator, origin="hotline", ticket="12345-7")
    assert act(operator, case, action="reject_offer", offer="a-9").json()["rejected"] == ["a-9"]
    assert operator.get(f"{CASES}/{case['id']}").json()["rejected"] == ["a-9"]
    step = operator.get(f"{CASES}/{case['id']}/history").json()["items"][-1]
    assert (step["action"], step["author"]) == ("reject", "operate key")
    assert step["detail"] == {"offer": "a-9", "rejected": True}
    assert act(operator, case, action="reject_offer", offer="a-9").status_code == 409
    assert act(operator, case, action="reject_offer", offer="a-9", rejected=False).json()["rejected"] == []


def test_pages_lead_from_the_newest_to_the_oldest(operator: Client) -> None:
    cases = [opened(operator, title=f"第 {n} 件")["id"] for n in range(5)]
    seen: list[str] = []
    path: str | None = f"{CASES}?limit=2&open=true"
    while path:
        page = operator.get(path)
        seen += [case["id"] for case in page.json()["items"]]
        path = page.links.get("next", {}).get("url")
    assert seen == cases[::-1]


def test_a_heavy_pollution_level_opens_its_checklist_and_only_one_is_in_force(operator: Client) -> None:
    issued = operator.post(
        "/api/v1/warnings/air/issue", json={"level": "orange", "basis": "预测日 AQI > 200 持续 48 小时"}
    )
    case = issued.json()
    assert (issued.status_code, case["title"], case["origin"]) == (201, "重污染天气橙色预警", "warning")
    assert len(case["checklist"]) == 4  # the lines of yellow too
    assert operator.post("/api/v1/warnings/air/issue", json={"level": "red", "basis": "x"}).status_code == 409
    assert act(operator, case, action="close", note="解除").status_code == 409
    for line in case["checklist"]:
        assert act(operator, case, action="tick", measure=line["id"]).status_code == 200
    lifted = act(operator, case, action="close", note="解除")
    assert (lifted.json()["state"], lifted.json()["checklist"][0]["done_by"]) == ("closed", "operate key")


def test_an_emergency_shows_its_deadlines_until_it_was_reported(city: SmallCity) -> None:
    rule = ReportingDeadline(EmergencyGrade.LARGER, MINUTE * 30, MINUTE * 120, MINUTE * 10, "市政府总值班室", "urgent")
    plan = replace(PLAN, deadlines=(rule,))
    duty = replace(city.services.duty, chains=lambda: plan)
    client = Client(city.with_changes(duty=duty), city.secrets[Role.OPERATE])
    case = opened(client)
    assert act(client, case, action="report", report="phone", to="市政府总值班室").status_code == 409
    shown = act(client, case, action="upgrade", grade="larger").json()
    assert (shown["grade"], shown["upgraded_at"]) == ("larger", NOW.isoformat().replace("+00:00", "Z"))
    assert [(r["report"], r["to"], r["done_at"]) for r in shown["reports"]] == [
        ("phone", "市政府总值班室", None),
        ("writing", "市政府总值班室", None),
    ]
    told = act(client, case, action="report", report="phone", to="市政府总值班室", note="已电话报告").json()
    assert [r["done_at"] is None for r in told["reports"]] == [False, True]
    assert act(client, case, action="report", report="phone", to="x").status_code == 409
    assert act(client, case, action="report", report="fax", to="x").status_code == 422


def test_an_alert_and_a_ticket_join_a_case_and_belong_to_one(operator: Client) -> None:
    first, second = opened(operator, origin="alert", alert="a-1"), opened(operator)
    assert act(operator, first, action="attach_alert", alert="a-2").json()["alerts"] == ["a-1", "a-2"]
    assert act(operator, first, action="attach_ticket", ticket="12345-1").json()["tickets"] == ["12345-1"]
    for alert in ("a-1", "a-2"):
        assert act(operator, second, action="attach_alert", alert=alert).status_code == 409
        assert [c["id"] for c in operator.get(f"{CASES}?alert={alert}").json()["items"]] == [first["id"]]
    assert act(operator, second, action="attach_ticket", ticket="12345-1").status_code == 409
    assert operator.post(CASES, json={**BODY, "ticket": "12345-1"}).status_code == 409
    assert [c["id"] for c in operator.get(f"{CASES}?ticket=12345-1").json()["items"]] == [first["id"]]
    assert [c["id"] for c in operator.get(f"{CASES}?origin=phone").json()["items"]] == [second["id"]]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"title": " "}, "title"),
        ({"category": "ufo"}, "category"),
        ({"lon": 117.0}, "lat"),
        ({"origin": "warning"}, "origin"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_wrong_field_is_named(operator: Client, change: dict[str, Any], field: str) -> None:
    answer = operator.post(CASES, json={**BODY, **change})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["name"].endswith(field)


def test_what_does_not_exist_is_not_found(operator: Client) -> None:
    assert operator.get(f"{CASES}/20260101-0001").status_code == 404
    assert operator.post(f"{CASES}/20260101-0001/actions", json={"action": "check"}).status_code == 404
