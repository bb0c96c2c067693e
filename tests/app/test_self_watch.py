"""The watch over the service: it tells by what works, though the outbox, the channel or the engine does not."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from typing_extensions import override

from app.channels import Channels
from app.clock import SystemClock, wall_now
from app.heartbeat import open_heartbeat
from app.notify import Office
from app.roster import RunningRoster
from app.self_watch import SelfWatcher, WatchParts
from app.settings import ApiSettings, EngineSettings, LogSettings, MqttSettings, Settings
from app.watch_settings import HeartbeatSettings, WatchSettings
from app.wiring import System, build
from domain.citytime import JINAN
from domain.duty import ContactKind
from domain.errors import ConfigError, StoreUnavailable
from domain.escalation import EscalationStep, Recipient, RecipientKind
from domain.notice import Notice, NoticeFilter, NoticeKind, Outcome
from domain.severity import Severity
from notify.channel import Result
from notify.retry import Policy
from notify.texts import Texts
from notify.worker import NotifyWorker
from rules.self_watch import Finding, Patience, SelfWatch, Signs, Trouble
from store.operational.outbox import SqlOutbox
from tests.notify.support import Listed
from tests.notify.support import Office as Desks
from tests.support.duty import PLAN, roster, utc
from tests.support.processes import free_port, wait_until
from tests.support.vendors import FALLBACK, HOOK, Asked, Said, Vendor, served

NOON = utc("2026-11-25T12:00:00+08:00")
GROUP = EscalationStep(Recipient(RecipientKind.GROUP), ("chat",))


class AwayOutbox(SqlOutbox):
    """An outbox whose database is away."""

    @override
    def post(self, notices: Sequence[Notice], now: datetime, digest_after: timedelta = timedelta(0)) -> int:
        raise StoreUnavailable("the database is away")


class House:
    """A watcher over an office with real texts and outbox, moved by hand."""

    def __init__(self, folder: Path, fallback: EscalationStep = GROUP, *, away: bool = False) -> None:
        self.desks = Desks.open(folder)
        store = self.desks.store
        store.duty.put(roster(), "tests", NOON)
        self.chat, self.hook = Listed("chat"), Listed("hook")
        self.sms = Listed("sms", personal=ContactKind.EMAIL)
        channels = Channels((self.chat, self.sms, self.hook), Texts(JINAN), Policy(), timedelta(days=1))
        plan = replace(PLAN, fallback=fallback, contacts={"sms": ContactKind.EMAIL})
        running = RunningRoster(store.duty, JINAN)
        outbox = AwayOutbox(store._database) if away else store.outbox
        office = Office(
            channels,
            plan,
            running,
            NotifyWorker(channels.channels, self.desks.desk),
            outbox,
            self.desks.clock.now,
            lambda _: self.desks.desk,
            lambda: (channels, plan),
        )
        self.signs = Signs(NOON, 0.0, ticked=NOON)
        clock = self.desks.clock
        parts = WatchParts(lambda: self.signs, office, clock, clock.now, lambda: self.signs.steady)
        self._parts = parts
        self.begin_anew()

    def begin_anew(self) -> None:
        self.watcher = SelfWatcher(self._parts, SelfWatch(Patience(broker_s=0, database_s=0)), 1)

    def look(self, **changes: object) -> None:
        moved = timedelta(seconds=1)
        self.signs = replace(self.signs, wall=self.signs.wall + moved, steady=self.signs.steady + 1, **changes)  # type: ignore[arg-type]
        self.watcher.look()

    def posted(self) -> list[Notice]:
        return [p.notice for p in self.desks.store.outbox.list(NoticeFilter())]


def test_a_trouble_and_its_end_are_posted_to_the_fallback(tmp_path: Path) -> None:
    house = House(tmp_path)
    house.look(broker="connection refused")
    house.look(broker=None)
    raised, over = house.posted()
    assert (raised.kind, raised.channel, raised.group) == (NoticeKind.RAISED, "chat", "self:broker")
    assert raised.facts == {"title": "平台自检：消息服务器连接中断", "text": "connection refused"}
    assert over.kind is NoticeKind.RECOVERED
    assert house.chat.told == []


def test_a_failing_channel_is_told_of_by_another_one(tmp_path: Path) -> None:
    house = House(tmp_path)
    house.look(channels={"chat": "http_500"})
    assert [n.channel for n in house.posted()] == ["hook"]
    house.look(broker="refused")
    assert [n.channel for n in house.posted()] == ["hook", "hook"]


def test_a_gap_of_the_roster_is_told_once_by_stage_though_the_service_begins_anew(tmp_path: Path) -> None:
    house = House(tmp_path)
    ahead = Finding("roster:officer:x", Trouble.ROSTER, Severity.MINOR, "值班员缺岗", stage="ahead")
    house.look(gaps=[ahead])
    house.look(gaps=[ahead], broker=None)
    house.begin_anew()
    house.look(gaps=[ahead])
    house.look(gaps=[replace(ahead, severity=Severity.MAJOR, stage="day")], channels={"chat": "http_500"})
    first, near = [n for n in house.posted() if n.group == "self:roster:officer:x"]
    assert (first.kind, first.digest, first.facts) == (NoticeKind.ROSTER_GAP, True, {"title": "值班员缺岗"})
    assert (near.digest, near.channel) == (False, "hook")


def test_without_the_database_it_is_told_straight_through_the_channel(tmp_path: Path) -> None:
    house = House(tmp_path, away=True)
    house.look(database=False)
    (message,) = house.chat.told
    assert "业务数据库不可用" in message.title
    assert house.hook.told == []


def test_without_the_database_a_channel_that_fails_too_is_passed_over_and_what_nobody_took_is_tried_again(
    tmp_path: Path,
) -> None:
    house = House(tmp_path, away=True)
    down = Result(Outcome.AWAY, "connect")
    house.chat.script, house.hook.script = [down], [down]
    house.look(database=False)
    assert (len(house.chat.told), len(house.hook.told)) == (1, 1)
    house.look()
    assert (len(house.chat.told), len(house.hook.told)) == (2, 1)
    house.look()
    assert len(house.chat.told) == 2


def test_a_person_is_told_at_the_own_address_without_the_database(tmp_path: Path) -> None:
    step = EscalationStep(Recipient(RecipientKind.PERSON, "lead"), ("sms",))
    house = House(tmp_path, step, away=True)
    house.look(database=False)
    assert [m.addresses for m in house.sms.told] == [("lead@city.example",)]


def test_a_watch_that_does_not_look_is_noticed(tmp_path: Path) -> None:
    house = House(tmp_path)
    house.look()
    assert not house.watcher.stalled(30)
    house.signs = replace(house.signs, steady=house.signs.steady + 31)
    assert house.watcher.stalled(30)


# -- the whole service --------------------------------------------------------------------------------------------


@pytest.fixture
def vendor() -> Iterator[Vendor]:
    with served(lambda _: Said()) as running:
        yield running


@pytest.fixture
def system(tmp_path: Path, vendor: Vendor, monkeypatch: pytest.MonkeyPatch) -> Iterator[System]:
    monkeypatch.setenv("HOOK_SECRET", "SEC-of-the-hook")
    (tmp_path / "duty.toml").write_text(FALLBACK, encoding="utf-8")
    (tmp_path / "channels.toml").write_text(HOOK.format(url=f"{vendor.url}/hook"), encoding="utf-8")
    settings = Settings(
        data_dir=tmp_path / "data",
        duty_file=tmp_path / "duty.toml",
        channels_file=tmp_path / "channels.toml",
        mqtt=MqttSettings(port=1),
        api=ApiSettings(port=free_port()),
        engine=EngineSettings(tick_s=0.1),
        log=LogSettings(level="ERROR"),
        watch=WatchSettings(every_s=0.1, engine_s=2, broker_s=86400),
        heartbeat=HeartbeatSettings.model_validate(
            {"url": f"{vendor.url}/beat/s3cret", "allowed_hosts": ["127.0.0.1"], "private": True, "every_s": 0.1}
        ),
    )
    built = build(settings, SystemClock(), wall_now)
    built.lifecycle.start()
    yield built
    built.lifecycle.stop()


def beats(vendor: Vendor) -> list[Asked]:
    return [asked for asked in vendor.asked if asked.path == "/beat/s3cret"]


def test_the_heartbeat_stops_when_the_engine_stands_still_and_people_are_told(system: System, vendor: Vendor) -> None:
    heartbeat = system.own.heartbeat
    assert heartbeat is not None
    wait_until(lambda: len(beats(vendor)) >= 3, "the switch is called while all is well", 60)
    with system.engine.lock:  # whatever holds the engine up, its ticks stop
        wait_until(lambda: heartbeat.outcomes["withheld"] >= 3, "the calls are withheld", 60)
        called = len(beats(vendor))
        withheld = heartbeat.outcomes["withheld"]
        wait_until(lambda: heartbeat.outcomes["withheld"] >= withheld + 5, "still withheld", 60)
        assert len(beats(vendor)) == called
        titles = [a.json["title"] for a in vendor.asked if a.path == "/hook"]
        wait_until(lambda: any(_engine(a) for a in vendor.asked), f"the engine is told of; {titles}", 60)
    wait_until(lambda: len(beats(vendor)) > called, "the calls go on", 60)


def _engine(asked: Asked) -> bool:
    return asked.path == "/hook" and "规则引擎" in asked.json["title"]


def test_the_heartbeat_may_only_call_the_host_that_is_named_twice(tmp_path: Path) -> None:
    wrong = HeartbeatSettings.model_validate({"url": "https://hc.example/x", "allowed_hosts": ["other.example"]})
    with pytest.raises(ConfigError, match=r"heartbeat\.url: host 'hc\.example' is not among") as caught:
        open_heartbeat(Settings(data_dir=tmp_path, heartbeat=wrong), dict)
    assert "hc.example/x" not in str(caught.value)
