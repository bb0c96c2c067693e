"""Reporting deadlines from the upgrade of a case file on: to the second, to the people on duty, over any crash."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.deadlines import DeadlineWatch
from app.incidents import IncidentDesk, load_plan
from domain import incident_actions as act
from domain.citytime import JINAN
from domain.errors import Conflict
from domain.escalation import ReportingDeadline
from domain.incident import Incident, IncidentState, Origin
from domain.notice import NoticeFilter
from domain.register import Register
from domain.severity import EmergencyGrade, Severity
from rules.duty.plan import DutyPlan
from rules.incidents.emergency import reports_due
from store.operational import OperationalStore
from tests.support.clock import SetClock
from tests.support.duty import MINUTE, PLAN, roster, utc

LATE = utc("2026-12-31T23:45:00+08:00")
RULES = replace(
    PLAN,
    deadlines=(
        ReportingDeadline(EmergencyGrade.SERIOUS, 30 * MINUTE, 60 * MINUTE, 10 * MINUTE, "省政府总值班室", "urgent"),
        ReportingDeadline(EmergencyGrade.LARGER, 30 * MINUTE, 120 * MINUTE, 10 * MINUTE, "市政府总值班室", "urgent"),
    ),
)


class Room:
    """A desk and a watch on files; `kill` forgets the processes as SIGKILL does."""

    def __init__(self, folder: Path) -> None:
        self.url = f"sqlite:///{folder / 'operational.db'}"
        self.clock, self.woken = SetClock(LATE), 0
        self.store = OperationalStore(self.url)
        self.begin()
        wish = Incident("", "大面积停电", "lamps", Origin.PHONE, Severity.CRITICAL, IncidentState.NEW, LATE, "ann")
        self.case = self.desk.open(replace(wish, unit="市城管局"))

    def begin(self) -> None:
        incidents = self.store.incidents
        self.desk = IncidentDesk(incidents, load_plan(), self.clock, JINAN.tz, lambda: Register({}, 0))
        self.watch = DeadlineWatch(
            incidents, lambda: (DutyPlan(roster()), RULES), self.clock, self.clock.now, self.wake
        )

    def wake(self) -> None:
        self.woken += 1

    def kill(self) -> None:
        self.store.close()
        self.store = OperationalStore(self.url)
        self.begin()

    def act(self, action: act.Action) -> Incident:
        return self.desk.act(self.case.id, action, "ann", lambda _: None)

    def pass_(self, seconds: int, step: int = 20) -> None:
        for _ in range(0, seconds, step):
            self.clock.pass_(timedelta(seconds=step))
            self.watch.look()

    def told(self) -> list[tuple[float, str, str, str | None]]:
        found = self.store.outbox.list(NoticeFilter(limit=1000))
        return [
            ((p.notice.at - LATE).total_seconds() / 60, p.notice.kind.value, p.notice.facts["report"], p.notice.person)
            for p in found
        ]


@contextmanager
def room_in(folder: Path) -> Iterator[Room]:
    room = Room(folder)
    try:
        yield room
    finally:
        room.store.close()


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    with room_in(tmp_path) as made:
        yield made


def test_each_deadline_is_told_at_its_instant_over_midnight_and_the_end_of_the_year(room: Room) -> None:
    room.act(act.Upgrade(EmergencyGrade.SERIOUS))
    room.pass_(2 * 3600)
    assert list(dict.fromkeys((at, kind, report) for at, kind, report, _ in room.told())) == [
        (20, "deadline_near", "phone"),
        (30, "deadline_passed", "phone"),
        (50, "deadline_near", "writing"),
        (60, "deadline_passed", "writing"),
    ]
    near = {person for _, kind, _, person in room.told() if kind == "deadline_near"}
    passed = {person for _, kind, _, person in room.told() if kind == "deadline_passed"}
    assert near == {"cao"}  # who is on duty that night
    assert passed == {"cao", "head", "lead", "lamps"}
    assert room.woken == 4


def test_what_was_reported_in_time_is_told_to_nobody(room: Room) -> None:
    room.act(act.Upgrade(EmergencyGrade.SERIOUS))
    room.pass_(15 * 60)
    room.act(act.Report("phone", "省政府总值班室"))
    room.pass_(20 * 60)
    room.act(act.Report("writing", "省政府总值班室", "已报"))
    room.pass_(3600)
    assert room.told() == []
    assert room.store.incidents.owing() == []
    with pytest.raises(Conflict, match="by telephone already"):
        room.act(act.Report("phone", "省政府总值班室"))


def test_recovery_and_closing_end_no_deadline_but_a_mistake_does(room: Room) -> None:
    room.act(act.Upgrade(EmergencyGrade.SERIOUS))
    room.act(act.Recovered(room.clock.at))
    room.act(act.Close("已恢复"))
    room.pass_(25 * 60)
    assert {kind for _, kind, _, _ in room.told()} == {"deadline_near"}
    assert room.act(act.Report("phone", "省政府总值班室")).phoned_at == room.clock.at
    other = room.desk.open(replace(room.case, id=""))
    room.desk.act(other.id, act.Upgrade(EmergencyGrade.SERIOUS), "ann", lambda _: None)
    room.desk.act(other.id, act.Mistake("误报"), "ann", lambda _: None)
    assert [case.id for case, _ in room.store.incidents.owing()] == [room.case.id]


def test_another_grade_has_its_own_deadlines_counted_anew(room: Room) -> None:
    room.act(act.Upgrade(EmergencyGrade.LARGER))
    room.act(act.Report("phone", "市政府总值班室"))
    room.pass_(15 * 60)
    case = room.act(act.Upgrade(EmergencyGrade.SERIOUS))
    assert [(r.report, r.due - LATE, r.to, r.done_at) for r in reports_due(case, RULES)] == [
        ("phone", 45 * MINUTE, "省政府总值班室", None),
        ("writing", 75 * MINUTE, "省政府总值班室", None),
    ]
    room.pass_(2 * 3600)
    assert {at for at, _, _, _ in room.told()} == {35, 45, 65, 75}
    with pytest.raises(Conflict, match="重大 already"):
        room.act(act.Upgrade(EmergencyGrade.SERIOUS))


def test_only_an_emergency_is_reported(room: Room) -> None:
    with pytest.raises(Conflict, match="is no emergency"):
        room.act(act.Report("phone", "x"))


def story(room: Room, kills: frozenset[int]) -> list[tuple[float, str, str, str | None]]:
    room.act(act.Upgrade(EmergencyGrade.SERIOUS))
    for minute in range(70):
        if minute in kills:
            room.kill()
        room.pass_(60, 60)
        if minute == 40:
            room.act(act.Report("phone", "省政府总值班室"))
    return room.told()


@pytest.fixture(scope="module")
def unharmed(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[float, str, str, str | None]]:
    with room_in(tmp_path_factory.mktemp("unharmed")) as room:
        return story(room, frozenset())


@given(kills=st.frozensets(st.integers(0, 69), max_size=8))
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_kills_at_any_instant_tell_nobody_twice_and_forget_no_deadline(
    tmp_path_factory: pytest.TempPathFactory,
    unharmed: list[tuple[float, str, str, str | None]],
    kills: frozenset[int],
) -> None:
    with room_in(tmp_path_factory.mktemp("killed")) as room:
        assert story(room, kills) == unharmed
    assert len(unharmed) > 4


@given(late=st.integers(0, 7200))
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_service_that_was_away_tells_at_once_what_it_missed_with_the_instants_that_it_was_due(
    tmp_path_factory: pytest.TempPathFactory, late: int
) -> None:
    with room_in(tmp_path_factory.mktemp("away")) as room:
        room.act(act.Upgrade(EmergencyGrade.SERIOUS))
        room.clock.pass_(timedelta(seconds=late))
        room.watch.look()
        assert {at for at, _, _, _ in room.told()} == {m for m in (20, 30, 50, 60) if m * 60 <= late}
