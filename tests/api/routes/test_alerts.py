"""Alerts over HTTP: read by everybody with a key, acted on by operators, and never on a stale view."""

from datetime import datetime, timedelta

import pytest

from domain.alert import Alert, AlertChange, AlertGroup, AlertState, ChangeKind
from domain.alert_ports import TickRecord
from domain.errors import Problem
from domain.notice import Attempt, Notice, NoticeKind, NoticeState, Outcome, Settled
from domain.record import Role
from domain.severity import Severity
from tests.support.alerts import dark_lamp
from tests.support.api_services import SmallCity, SmallRules
from tests.support.api_view import NOW

LATER = (NOW + timedelta(hours=1)).isoformat()


def raise_(city: SmallCity, number: int, **changes: object) -> Alert:
    alert = dark_lamp(number, NOW, **changes)
    change = AlertChange(ChangeKind.RAISED, alert, NOW, detail={"value": 1.0})
    city.operational.alerts.commit(TickRecord(NOW, changes=[change]))
    return alert


def test_alerts_are_listed_page_by_page_from_the_newest_back(city: SmallCity) -> None:
    for number in range(5):
        raise_(city, number, severity=Severity.MAJOR if number == 3 else Severity.MINOR)
    client = city.client(Role.READ)
    first = client.get("/api/v1/alerts?limit=3&open=true")
    assert [a["id"] for a in first.json()["items"]] == ["a4", "a3", "a2"]
    rest = client.get(first.links["next"]["url"])
    assert [a["id"] for a in rest.json()["items"]] == ["a1", "a0"]
    assert "next" not in rest.links
    assert [a["id"] for a in client.get("/api/v1/alerts?severity=major").json()["items"]] == ["a3"]
    assert client.get("/api/v1/alerts?group=city").json()["items"] == []
    assert client.get("/api/v1/alerts?cursor=abc").status_code == 422


def test_who_was_told_of_an_alert_is_said_with_what_came_of_it(city: SmallCity) -> None:
    hour = timedelta(hours=1)
    raise_(city, 1, fired_at=NOW, group=AlertGroup("road:甲"))
    raise_(city, 2, fired_at=NOW, state=AlertState.RECOVERED, changed_at=NOW + hour, group=AlertGroup("road:甲"))
    told = [_notice("before", NOW - hour), _notice("first", NOW), _notice("recovered", NOW + hour)]
    told += [_notice("another's", NOW, "road:乙"), _notice("later", NOW + 2 * hour)]
    city.operational.outbox.post(told, NOW)
    attempt = Attempt(2, 1, NOW, Outcome.SENT)
    city.operational.outbox.settle([Settled(attempt, NoticeState.SENT, NOW)])
    client = city.client(Role.READ)
    open_ = client.get("/api/v1/alerts/a1/notices").json()
    assert [n["key"] for n in open_["items"]] == ["first", "recovered", "later"]
    assert (open_["total"], [n["state"] for n in open_["items"]]) == (3, ["sent", "waiting", "waiting"])
    assert open_["items"][0]["last"]["outcome"] == "sent"
    over = client.get("/api/v1/alerts/a2/notices").json()
    assert [n["key"] for n in over["items"]] == ["first", "recovered"]
    assert client.get("/api/v1/alerts/none/notices").status_code == 404


def test_of_very_many_notices_the_newest_are_said_and_all_are_counted(city: SmallCity) -> None:
    raise_(city, 1, group=AlertGroup("city"))
    city.operational.outbox.post([_notice(f"k{n}", NOW + n * timedelta(minutes=1), "city") for n in range(1203)], NOW)
    found = city.client(Role.READ).get("/api/v1/alerts/a1/notices").json()
    assert (found["total"], len(found["items"]), found["items"][-1]["key"]) == (1203, 200, "k1202")


def _notice(key: str, at: datetime, group: str = "road:甲") -> Notice:
    return Notice(key, NoticeKind.RAISED, Severity.MAJOR, group, at, "log", facts={"title": "熄灯"})


def test_an_alert_is_shown_with_its_history_its_rule_and_what_it_explains(city: SmallCity) -> None:
    raise_(city, 1)
    found = city.client(Role.READ).get("/api/v1/alerts/a1").json()
    assert (found["state"], found["group"], found["quiet"], found["open"]) == ("firing", "road:经十路", False, True)
    assert [(c["kind"], c["detail"]) for c in found["history"]] == [("raised", {"value": 1.0})]
    assert found["rule_now"]["title"] == "熄灯"
    assert found["withheld"] == ["lamp-dark device:of-a1"]
    assert city.client().get("/api/v1/alerts/a9").status_code == 404


def test_an_acknowledgement_is_recorded_for_the_next_tick_with_its_author(city: SmallCity) -> None:
    raise_(city, 1)
    answer = city.client(Role.OPERATE).post("/api/v1/alerts/a1/acknowledge", json={"comment": "on my way"})
    assert answer.status_code == 202
    assert answer.headers["location"] == "/api/v1/alerts/a1"
    ((wish, done),) = city.operational.alerts.commands(None)
    assert (wish.alert, wish.by, wish.comment, wish.recorded_at, done) == (
        "a1",
        "operate key",
        "on my way",
        NOW,
        None,
    )
    assert city.operational.audit.list(after=3)[-1].action == "alert.acknowledge"
    client = city.client(Role.READ)  # it is shown from then on, to everybody
    (listed,) = client.get("/api/v1/alerts").json()["items"]
    assert listed["asked"] == client.get("/api/v1/alerts/a1").json()["asked"] == answer.json()
    city.operational.alerts.commit(TickRecord(NOW, applied={wish.id: NOW}))
    assert client.get("/api/v1/alerts").json()["items"][0]["asked"] is None


@pytest.mark.parametrize("act", ["acknowledge", "shelve", "unshelve"])
def test_nothing_is_done_to_what_is_unknown_over_or_not_as_it_was_seen(act: str, city: SmallCity) -> None:
    raise_(city, 1)
    raise_(city, 2, state=AlertState.RECOVERED)
    body = {"comment": "x"} | ({"until": LATER} if act == "shelve" else {})
    client = city.client(Role.OPERATE)
    assert client.post(f"/api/v1/alerts/a9/{act}", json=body).status_code == 404
    assert client.post(f"/api/v1/alerts/a2/{act}", json=body).status_code == 409
    stale = client.post(f"/api/v1/alerts/a1/{act}", json=body, headers={"If-Match": '"old"'})
    assert stale.status_code == 412
    seen = client.get("/api/v1/alerts/a1").headers["etag"]
    assert client.post(f"/api/v1/alerts/a1/{act}", json=body, headers={"If-Match": seen}).status_code == 202
    assert city.client(Role.READ).post(f"/api/v1/alerts/a1/{act}", json=body).status_code == 403
    assert len(city.operational.alerts.commands(None)) == 1


def test_a_request_that_is_repeated_with_its_key_is_done_once(city: SmallCity) -> None:
    raise_(city, 1)
    client, once = city.client(Role.OPERATE), {"Idempotency-Key": "k1"}
    answers = [client.post("/api/v1/alerts/a1/acknowledge", json={}, headers=once) for _ in range(2)]
    assert [a.status_code for a in answers] == [202, 202]
    assert answers[0].json() == answers[1].json()
    assert len(city.operational.alerts.commands(None)) == 1
    assert client.post("/api/v1/alerts/a1/acknowledge", json={"comment": "x"}, headers=once).status_code == 409


def test_nothing_is_put_aside_into_the_past(city: SmallCity) -> None:
    raise_(city, 1)
    body = {"comment": "x", "until": NOW.isoformat()}
    assert city.client().post("/api/v1/alerts/a1/shelve", json=body).status_code == 422


def test_rules_are_listed_and_read_anew_and_a_mistake_keeps_the_running_ones(city: SmallCity) -> None:
    assert [r["name"] for r in city.client(Role.READ).get("/api/v1/rules").json()["items"]] == ["lamp-dark"]
    assert city.client(Role.OPERATE).post("/api/v1/rules/reload").status_code == 403
    assert city.client().post("/api/v1/rules/reload").json()["changed"] == ["lamp-dark"]
    rules = city.services.alerts.rules
    assert isinstance(rules, SmallRules)
    rules.mistakes.append(Problem("rules/x.toml", 7, "rule.1.hold", "must be a span of time"))
    refused = city.client().post("/api/v1/rules/reload")
    assert refused.status_code == 409
    assert "rules/x.toml:7: rule.1.hold" in refused.json()["detail"]


SILENCE = {
    "matchers": {"within": "supply_point:SP1"},
    "start": NOW.isoformat(),
    "end": LATER,
    "reason": "更换电缆",
    "kind": "work_order",
}


def test_a_work_order_is_recorded_changed_and_withdrawn(city: SmallCity) -> None:
    client = city.client(Role.OPERATE)
    made = client.post("/api/v1/silences", json=SILENCE)
    assert made.status_code == 201
    path = made.headers["location"]
    assert made.json()["author"] == "operate key"
    longer = SILENCE | {"end": (NOW + timedelta(hours=3)).isoformat()}
    assert client.put(path, json=longer, headers={"If-Match": '"old"'}).status_code == 412
    changed = client.put(path, json=longer, headers={"If-Match": made.headers["etag"]})
    assert changed.json()["version"] == 2
    assert [s["id"] for s in client.get("/api/v1/silences").json()["items"]] == [made.json()["id"]]
    assert client.delete(path, headers={"If-Match": made.headers["etag"]}).status_code == 412
    assert client.delete(path).status_code == 204
    assert client.delete(path).status_code == 404
    assert client.put(path, json=longer).status_code == 409
    assert client.get("/api/v1/silences").json()["items"] == []
    assert len(client.get("/api/v1/silences?past=true").json()["items"]) == 1
    assert client.get(path).json()["withdrawn_at"] is not None


@pytest.mark.parametrize(
    "wrong",
    [{"end": NOW.isoformat()}, {"matchers": {}}, {"matchers": {"colour": "red"}}, {"reason": ""}, {"kind": "nap"}],
)
def test_a_silence_that_makes_no_sense_is_refused(wrong: dict[str, object], city: SmallCity) -> None:
    assert city.client().post("/api/v1/silences", json=SILENCE | wrong).status_code == 422
    assert city.operational.mutes.list() == []


def test_a_silence_is_recorded_once_for_its_key_and_by_operators_only(city: SmallCity) -> None:
    for _ in range(2):
        assert city.client().post("/api/v1/silences", json=SILENCE, headers={"Idempotency-Key": "s"}).status_code == 201
    assert len(city.operational.mutes.list()) == 1
    assert city.client(Role.READ).post("/api/v1/silences", json=SILENCE).status_code == 403
    assert city.client().get("/api/v1/silences/none").status_code == 404
