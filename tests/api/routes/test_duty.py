"""The duty roster over HTTP: now, import, overrides, swaps that a leader approves, hand-overs."""

from datetime import timedelta
from typing import Any

import pytest

from tests.support.api_client import Client
from tests.support.api_services import SmallCity

DUTY = "/api/v1/duty"
TABLES: dict[str, Any] = {
    "people": [
        {"id": "ann", "name": "安", "phone": "13800000000"},
        {"id": "ben", "name": "本"},
        {"id": "cao", "name": "曹"},
        {"id": "lead", "name": "李"},
    ],
    "shifts": [
        {"id": "day", "title": "白班", "start": "08:30", "end": "20:30"},
        {"id": "night", "title": "夜班", "start": "20:30", "end": "08:30"},
    ],
    "rotations": [
        {"id": "d", "shift": "day", "role": "officer", "teams": [["ann"], ["ben"]], "first_day": "2026-11-23"},
        {"id": "n", "shift": "night", "role": "officer", "teams": [["cao"]], "first_day": "2026-11-23"},
        {"id": "l", "shift": "day", "role": "leader", "teams": [["lead"]], "first_day": "2026-11-23"},
        {"id": "k", "shift": "night", "role": "leader", "teams": [["lead"]], "first_day": "2026-11-23"},
    ],
}
NOON = {"at": "2026-11-24T12:00:00+08:00"}
SWAP = {
    "giver": "ben",
    "gives": {"day": "2026-11-24", "shift": "day", "role": "officer"},
    "taker": "ann",
    "returns": {"day": "2026-11-25", "shift": "day", "role": "officer"},
    "reason": "家事",
}
OVERRIDE = {
    "role": "officer",
    "start": "2026-11-24T10:00:00+08:00",
    "end": "2026-11-24T13:00:00+08:00",
    "person": "cao",
    "replaces": "ben",
    "reason": "生病",
}
HANDOVER = {"giver": "ann", "taker": "cao", "done": ["灯杆漏电已处置"], "undone": ["经十路回路待复核"], "log": "平稳"}


@pytest.fixture
def roster(admin: Client) -> str:
    """A roster is recorded; its entity tag."""
    answer = admin.post(f"{DUTY}/import", json=TABLES)
    assert answer.status_code == 200, answer.text
    return str(admin.get(f"{DUTY}/roster").headers["etag"])


def officers(client: Client, **query: str) -> list[str]:
    roles = client.get(f"{DUTY}/now", params=query or NOON).json()["roles"]
    return [p["id"] for role in roles if role["role"] == "officer" for p in role["people"]]


def test_an_imported_roster_says_who_is_on_duty_and_why(roster: str, reader: Client) -> None:
    answer = reader.get(f"{DUTY}/now", params=NOON).json()
    assert officers(reader) == ["ben"]
    officer = next(role for role in answer["roles"] if role["role"] == "officer")
    assert (officer["title"], officer["by"]) == ("值班员", ["rotation:d"])
    assert officers(reader, at="2026-11-25T03:00:00+08:00") == ["cao"]


def test_no_answer_holds_an_address(roster: str, admin: Client) -> None:
    for path in ("now", "roster", "gaps", "handovers"):
        assert "13800000000" not in admin.get(f"{DUTY}/{path}").text
    people = admin.get(f"{DUTY}/roster").json()["people"]
    assert people[0]["reached_by"] == ["phone"]


def test_a_wrong_roster_is_refused_whole_and_the_running_one_stays(roster: str, admin: Client) -> None:
    wrong = {"rotations": [{**TABLES["rotations"][0], "teams": ["zoe"]}, {**TABLES["rotations"][1], "days": 0}]}
    answer = admin.post(f"{DUTY}/import", json=wrong)
    assert answer.status_code == 422
    assert [(e["name"], e["reason"]) for e in answer.json()["errors"]] == [("rotations[1].days", "0 is below 1")]
    assert officers(admin) == ["ben"]
    unknown = admin.post(f"{DUTY}/import", json={"rotations": [{**TABLES["rotations"][0], "teams": ["zoe"]}]})
    assert unknown.json()["errors"][0]["name"] == "rotations[0].teams"
    assert admin.post(f"{DUTY}/import", json={}).status_code == 422


def test_an_import_by_somebody_who_has_not_seen_the_newest_is_refused(roster: str, admin: Client) -> None:
    admin.post(f"{DUTY}/overrides", json=OVERRIDE)
    stale = admin.post(f"{DUTY}/import", json=TABLES, headers={"If-Match": roster})
    assert stale.status_code == 412
    newest = admin.get(f"{DUTY}/roster").headers["etag"]
    assert admin.post(f"{DUTY}/import", json=TABLES, headers={"If-Match": newest}).status_code == 200


def test_an_override_counts_until_it_is_withdrawn(roster: str, operator: Client, city: SmallCity) -> None:
    made = operator.post(f"{DUTY}/overrides", json=OVERRIDE)
    assert made.status_code == 201
    assert officers(operator) == ["cao"]
    one = operator.get(made.headers["location"])
    assert one.json() == made.json()
    assert operator.delete(made.headers["location"], headers={"If-Match": '"other"'}).status_code == 412
    assert operator.delete(made.headers["location"], headers={"If-Match": one.headers["etag"]}).status_code == 204
    assert officers(operator) == ["ben"]
    assert operator.get(made.headers["location"]).status_code == 404
    authors = {(e.action.value, e.author) for e in city.operational.audit.list() if e.action.value.startswith("duty.")}
    assert ("duty.override.add", "operate key") in authors
    assert ("duty.override.withdraw", "operate key") in authors


@pytest.mark.parametrize(
    ("change", "name"),
    [({"person": "zoe"}, "person"), ({"replaces": "zoe"}, "replaces"), ({"end": OVERRIDE["start"]}, "end")],
)
def test_an_override_that_cannot_be_is_refused(
    roster: str, operator: Client, change: dict[str, str], name: str
) -> None:
    answer = operator.post(f"{DUTY}/overrides", json={**OVERRIDE, **change})
    assert (answer.status_code, answer.json()["errors"][0]["name"]) == (422, name)


def test_a_swap_counts_once_a_leader_approved_it(roster: str, operator: Client) -> None:
    made = operator.post(f"{DUTY}/swaps", json=SWAP)
    path = made.headers["location"]
    assert officers(operator) == ["ben"]
    assert operator.post(f"{path}/decision", json={"state": "approved", "by": "ann"}).status_code == 422
    assert operator.post(f"{path}/decision", json={"state": "approved", "by": "cao"}).status_code == 422
    approved = operator.post(f"{path}/decision", json={"state": "approved", "by": "lead"})
    assert (approved.status_code, approved.json()["decided_by"]) == (200, "lead")
    assert officers(operator) == ["ann"]
    assert officers(operator, at="2026-11-25T12:00:00+08:00") == ["ben"]
    assert operator.post(f"{path}/decision", json={"state": "refused", "by": "lead"}).status_code == 409


def test_a_decision_on_a_stale_view_is_refused(roster: str, operator: Client) -> None:
    path = operator.post(f"{DUTY}/swaps", json=SWAP).headers["location"]
    body = {"state": "approved", "by": "lead"}
    assert operator.post(f"{path}/decision", json=body, headers={"If-Match": '"old"'}).status_code == 412
    seen = operator.get(path).headers["etag"]
    assert operator.post(f"{path}/decision", json=body, headers={"If-Match": seen}).status_code == 200


def test_only_the_giver_withdraws_a_swap(roster: str, operator: Client) -> None:
    path = operator.post(f"{DUTY}/swaps", json=SWAP).headers["location"]
    assert operator.post(f"{path}/decision", json={"state": "withdrawn", "by": "lead"}).status_code == 422
    assert operator.post(f"{path}/decision", json={"state": "withdrawn", "by": "ben"}).status_code == 200


def test_a_swap_that_has_become_impossible_is_not_approved(roster: str, operator: Client, admin: Client) -> None:
    path = operator.post(f"{DUTY}/swaps", json=SWAP).headers["location"]
    slot = {"day": "2026-11-24", "shift": "day", "role": "officer", "people": ["cao"]}
    admin.post(f"{DUTY}/import", json={"table": [slot]})
    answer = operator.post(f"{path}/decision", json={"state": "approved", "by": "lead"})
    assert (answer.status_code, "not on duty there" in answer.json()["detail"]) == (409, True)


def test_a_swap_of_a_duty_that_is_not_theirs_is_refused(roster: str, operator: Client) -> None:
    answer = operator.post(f"{DUTY}/swaps", json={**SWAP, "giver": "cao"})
    assert (answer.status_code, answer.json()["errors"][0]["name"]) == (422, "gives")


def test_a_hand_over_goes_into_the_log_with_who_was_on_duty(roster: str, operator: Client) -> None:
    made = operator.post(f"{DUTY}/handovers", json=HANDOVER)
    assert made.status_code == 201
    (logged,) = operator.get(f"{DUTY}/handovers").json()["items"]
    assert logged == made.json()
    assert logged["undone"] == HANDOVER["undone"]
    assert logged["on_duty"]["leader"] == ["lead"]
    assert operator.post(f"{DUTY}/handovers", json={**HANDOVER, "taker": "zoe"}).status_code == 422


def test_a_repeated_request_with_a_key_is_done_once(roster: str, operator: Client) -> None:
    key = {"Idempotency-Key": "b8f1-77"}
    first = operator.post(f"{DUTY}/handovers", json=HANDOVER, headers=key)
    again = operator.post(f"{DUTY}/handovers", json=HANDOVER, headers=key)
    assert (again.status_code, again.json()) == (201, first.json())
    assert len(operator.get(f"{DUTY}/handovers").json()["items"]) == 1
    other = operator.post(f"{DUTY}/handovers", json={**HANDOVER, "log": "另一份"}, headers=key)
    assert other.status_code == 409
    assert (
        operator.post(f"{DUTY}/handovers", json=HANDOVER, headers={"Idempotency-Key": "has blanks"}).status_code == 422
    )


def test_a_refused_request_can_be_mended_under_the_same_key(roster: str, operator: Client) -> None:
    key = {"Idempotency-Key": "k"}
    assert operator.post(f"{DUTY}/handovers", json={**HANDOVER, "taker": "zoe"}, headers=key).status_code == 422
    assert operator.post(f"{DUTY}/handovers", json=HANDOVER, headers=key).status_code == 201


def test_gaps_ahead_are_listed(roster: str, reader: Client, admin: Client) -> None:
    assert reader.get(f"{DUTY}/gaps").json()["items"] == []
    admin.post(f"{DUTY}/import", json={"rotations": TABLES["rotations"][1:]})
    found = reader.get(f"{DUTY}/gaps").json()["items"]
    assert {gap["title"] for gap in found} == {"值班员"}


def test_spans_are_listed_for_a_bounded_time(roster: str, reader: Client) -> None:
    span = {"start": "2026-11-24T00:00:00+08:00", "end": "2026-11-25T00:00:00+08:00", "role": "officer"}
    found = reader.get(f"{DUTY}/spans", params=span).json()["items"]
    assert [(d["person"], d["name"], d["start"]) for d in found] == [
        ("cao", "曹", "2026-11-23T16:00:00Z"),
        ("ben", "本", "2026-11-24T00:30:00Z"),
        ("cao", "曹", "2026-11-24T12:30:00Z"),
    ]
    assert reader.get(f"{DUTY}/spans", params={**span, "end": "2027-11-25T00:00:00+08:00"}).status_code == 422


def test_the_roster_as_it_was_believed(roster: str, admin: Client, city: SmallCity) -> None:
    before = city.clock.now().isoformat()
    city.clock.instant += timedelta(hours=1)
    admin.post(f"{DUTY}/import", json={"people": [*TABLES["people"], {"id": "new", "name": "新"}]})
    assert len(admin.get(f"{DUTY}/roster").json()["people"]) == 5
    assert len(admin.get(f"{DUTY}/roster", params={"known_at": before}).json()["people"]) == 4


@pytest.mark.parametrize(("path", "body"), [("import", TABLES), ("overrides", OVERRIDE), ("handovers", HANDOVER)])
def test_a_reader_changes_nothing(reader: Client, path: str, body: dict[str, Any]) -> None:
    assert reader.post(f"{DUTY}/{path}", json=body).status_code == 403
