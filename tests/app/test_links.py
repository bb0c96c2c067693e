"""Links from the settings, and from a message to the alert: who presses the button stops the escalation."""

import stat
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from app.links import FILE, open_links
from app.settings import LinkSettings, Settings
from domain.ack_links import LinkState, LinkUse
from domain.alert import AlertState
from domain.errors import ConfigError
from domain.notice import NoticeFilter, NoticeKind
from domain.severity import Severity
from rules.duty.plan import DutyPlan
from tests.app.alert_house import AlertHouse
from tests.support.duty import PLAN, roster


def test_without_a_public_address_there_are_no_links_and_no_secret(tmp_path: Path) -> None:
    assert open_links(Settings(data_dir=tmp_path)) is None
    assert not (tmp_path / FILE).exists()


def test_a_secret_is_made_once_and_readable_by_its_owner_alone(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, links=LinkSettings(public_url="https://duty.city.example/"))
    first, second = open_links(settings), open_links(settings)
    assert first is not None
    assert first == second
    assert (first.base, first.valid, len(first.secret)) == ("https://duty.city.example", timedelta(hours=12), 64)
    assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600


def test_a_short_secret_is_refused(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("short", encoding="ascii")
    links = LinkSettings(public_url="https://duty.city.example", secret_file=tmp_path / "mine")
    with pytest.raises(ConfigError, match="at least 32 characters"):
        open_links(Settings(data_dir=tmp_path, links=links))


def test_who_presses_the_button_takes_the_alert_and_nobody_else_is_called(tmp_path: Path) -> None:
    plan = replace(PLAN, by_severity=dict.fromkeys(Severity, "urgent"))
    house = AlertHouse(tmp_path, duty=lambda: (DutyPlan(roster()), plan))
    try:
        house.say(1, voltage=250.0)
        house.pass_(20)
        (alert,) = [a for a in house.open() if a.rule == "over-voltage"]
        told = house.operational.outbox.list(NoticeFilter(group=alert.group.key))
        (mine,) = [p for p in told if p.notice.channel == "call"]
        links = house.operational.links
        shown = links.look(mine.id)
        assert [a.id for a in shown.alerts] == [alert.id]
        person = str(mine.notice.person)
        done = links.use(LinkUse(mine.id, person, person, shown.seen, house.clock.at, house.clock.at))
        assert done.state is LinkState.OPEN
        house.say(1, voltage=250.0)
        house.pass_(15 * 60)
        (taken,) = [a for a in house.open() if a.id == alert.id]
        assert (taken.state, taken.acknowledged_by) == (AlertState.ACKNOWLEDGED, person)
        kinds = {p.notice.kind for p in house.operational.outbox.list(NoticeFilter(group=alert.group.key, limit=1000))}
        assert not kinds & {NoticeKind.REMINDER, NoticeKind.ESCALATED}
        assert links.look(mine.id).state is LinkState.USED
    finally:
        house.close()
