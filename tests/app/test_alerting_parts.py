"""What a tick has to tell is tried at once: the lanes are woken after the commit, and look."""

from dataclasses import replace
from pathlib import Path

from app.alerting_parts import committer
from domain.alert_ports import TickRecord
from notify.worker import NotifyWorker
from tests.notify.support import NOON, Listed, Office, notice
from tests.support.processes import wait_until

NEVER_BY_ITSELF = 3600.0


def test_the_channels_are_woken_when_there_is_something_to_tell_and_only_then(tmp_path: Path) -> None:
    office = Office.open(tmp_path)
    seen: list[int] = []
    commit = committer(office.store, lambda: seen.append(len(office.store.outbox.due("chat", NOON, 10))))
    commit(TickRecord(NOON))
    assert seen == []
    commit(TickRecord(NOON, notices=[notice("a"), notice("b")]))
    assert seen == [2], "what there is to tell is committed before anybody looks"
    office.store.close()


def test_a_lane_that_sleeps_for_an_hour_tells_at_once_what_a_tick_commits(tmp_path: Path) -> None:
    office = Office.open(tmp_path)
    chat = Listed()
    worker = NotifyWorker([chat], replace(office.desk, idle_s=NEVER_BY_ITSELF))
    commit = committer(office.store, worker.wake)
    worker.start()
    for key in ("a", "b", "c"):
        commit(TickRecord(NOON, notices=[notice(key)]))
        wait_until(lambda key=key: (key,) in chat.keys, "the lane was woken")  # type: ignore[misc]
    worker.stop()
    office.store.close()
