"""Hand-off to a real Alertmanager: it receives, groups and resolves ours."""

from dataclasses import replace
from datetime import timedelta

from app.clock import wall_now
from domain.citytime import JINAN
from domain.notice import Message, Notice, NoticeFilter, NoticeKind, Outcome
from notify.channels.alertmanager import LIVES, AlertmanagerChannel
from notify.texts import Texts
from tests.notify.support import Office, notice, poster
from tests.support.alertmanager import Alertmanager
from tests.support.processes import wait_until
from tests.support.vendors import Said, served


def channel(url: str) -> AlertmanagerChannel:
    return AlertmanagerChannel("am", poster=poster(f"{url}/api/v2/alerts"), wall=wall_now)


def said(found: Notice) -> Message:
    return Texts(JINAN).message([found], "zh", ())


def test_a_real_alertmanager_receives_groups_and_resolves(alertmanager: Alertmanager) -> None:
    ours = channel(alertmanager.url)
    first, second = notice("a", "am", group="supply_point:1"), notice("b", "am", group="supply_point:2")
    assert ours.send(said(first)).outcome is Outcome.SENT
    assert ours.send(said(second)).outcome is Outcome.SENT
    wait_until(lambda: any(len(m["alerts"]) == 2 for m in alertmanager.sent), "both in one message")
    labels = {a["labels"]["group"]: a["labels"] for a in alertmanager.alerts()}
    assert labels.keys() == {"supply_point:1", "supply_point:2"}
    assert labels["supply_point:1"] == {
        "alertname": "quanyan",
        "group": "supply_point:1",
        "unit": "市城管局",
        "source": "quanyan",
    }
    assert ours.send(said(replace(first, key="c", kind=NoticeKind.RECOVERED))).outcome is Outcome.SENT
    wait_until(
        lambda: any(
            a["status"] == "resolved" and a["labels"]["group"] == "supply_point:1"
            for m in alertmanager.sent
            for a in m["alerts"]
        ),
        "the first is resolved",
    )
    assert [a["labels"]["group"] for a in alertmanager.alerts()] == ["supply_point:2"]
    ours.close()


def test_what_fires_is_repeated_with_the_same_labels_and_what_recovered_is_not(alertmanager: Alertmanager) -> None:
    ours = channel(alertmanager.url)
    ours.send(said(notice("a", "am", group="g1", facts={"rule": "circuit_dark", "title": "x"})))
    ours.send(said(notice("b", "am", group="g1", kind=NoticeKind.WORSENED, facts={"rule": "leakage", "title": "x"})))
    ours.send(said(notice("c", "am", group="g2")))
    ours.send(said(notice("d", "am", group="g2", kind=NoticeKind.RECOVERED)))
    assert ours.repeat().outcome is Outcome.SENT
    wait_until(lambda: [a["labels"]["group"] for a in alertmanager.alerts()] == ["g1"], "only g1 fires")
    (alert,) = alertmanager.alerts()
    assert alert["labels"]["alertname"] == "circuit_dark"
    ours.close()


def test_after_a_restart_it_is_known_from_the_outbox_what_fires(office: Office) -> None:
    with served(lambda _: Said()) as server:
        lane = office.lane(channel(server.url))
        office.post(notice("a", "am", group="g1"), notice("b", "am", group="g2"))
        office.run(lane, timedelta(seconds=1))
        office.post(notice("c", "am", group="g1", kind=NoticeKind.RECOVERED, digest=True))
        office.run(lane, timedelta(seconds=1))  # a recovery waits for no digest here
        lane.stop(1)
        fresh = channel(server.url)
        fresh.restore(office.store.outbox.list(NoticeFilter(channel="am")))
        assert fresh.repeat().outcome is Outcome.SENT
        fresh.close()
    repeated = server.asked[-1].json
    assert [a["labels"]["group"] for a in repeated] == ["g2"]
    assert len(server.asked) == 4


def test_what_was_not_taken_is_not_held_for_firing(office: Office) -> None:
    with served(lambda _: Said(400, {"message": "bad"})) as server:
        ours = channel(server.url)
        assert ours.send(said(notice("a", "am"))).outcome is Outcome.REFUSED
        assert ours.repeat().outcome is Outcome.SENT
        ours.close()
    assert len(server.asked) == 1


def test_the_end_lies_some_minutes_ahead_so_that_a_silent_quanyan_leaves_nothing_standing(office: Office) -> None:
    from datetime import datetime

    with served(lambda _: Said()) as server:
        ours = AlertmanagerChannel("am", poster=poster(server.url), wall=office.clock.now)
        ours.send(said(notice("a", "am")))
        ours.close()
    (alert,) = server.asked[0].json
    assert datetime.fromisoformat(alert["endsAt"]) == office.clock.now() + LIVES
    assert datetime.fromisoformat(alert["startsAt"]) == office.clock.now()
