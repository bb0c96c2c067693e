"""The course of an incident: across bureaus, back and forth, closed by a person and never by telemetry."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import incident_actions as act
from domain.errors import Conflict
from domain.incident import Incident, IncidentState, Measure, TaskState
from domain.severity import EmergencyGrade
from tests.rules.incidents.builders import NOON, desk, hours, incident

LIGHTS, ROADS = "市城管局", "市住房城乡建设局"
COURSE: tuple[act.Action, ...] = (
    act.Dispatch(LIGHTS, "查控制箱"),
    act.Accept(LIGHTS),
    act.Begin(LIGHTS),
    act.Feedback(LIGHTS, "已合闸"),
    act.Check(),
    act.Close("现场核查亮灯"),
)


def after(*actions: act.Action, start: Incident | None = None) -> Incident:
    found = start or incident()
    for n, action in enumerate(actions):
        found = desk().advance(found, action, hours(n))
    return found


def test_the_straight_course_ends_closed_and_each_step_is_a_version() -> None:
    states = [after(*COURSE[:n]).state.word for n in range(len(COURSE) + 1)]
    assert states == ["新建", "已派单", "已接单", "处置中", "已反馈", "核查中", "已结案"]
    assert (after(*COURSE).version, after(*COURSE).closed_at) == (7, hours(5))


def test_an_incident_is_as_far_as_the_bureau_that_is_behind() -> None:
    both = (act.Dispatch(LIGHTS), act.Dispatch(ROADS), act.Feedback(LIGHTS, "好了"))
    assert after(*both).state is IncidentState.DISPATCHED
    assert after(*both, act.Accept(ROADS)).state is IncidentState.ACCEPTED
    assert after(*both, act.Feedback(ROADS, "好了")).state is IncidentState.REPORTED


def test_what_is_sent_back_can_go_to_another_unit_and_even_back() -> None:
    back = (act.Dispatch(LIGHTS), act.SendBack(LIGHTS, "非本单位设施"))
    assert after(*back).state is IncidentState.NEW
    assert after(*back, act.Dispatch(ROADS)).state is IncidentState.DISPATCHED
    again = after(*back, act.Dispatch(LIGHTS))
    assert [t.state for t in again.tasks] == [TaskState.RETURNED, TaskState.DISPATCHED]


def test_recovery_by_telemetry_is_recorded_and_closes_nothing() -> None:
    found = after(*COURSE[:3], act.Recovered(hours(3)))
    assert (found.state, found.recovered_at) == (IncidentState.HANDLING, hours(3))
    assert after(act.Recovered(hours(0))).state is IncidentState.NEW


def test_a_check_that_finds_it_not_done_sends_the_unit_back_to_work_with_its_time_limit() -> None:
    found = after(*COURSE[:5], act.Redo(LIGHTS, "仍有 3 盏灭灯"))
    assert found.state is IncidentState.HANDLING
    assert found.tasks[0].due == hours(24)
    assert found.tasks[0].done_at is None


def test_a_suspended_task_gets_the_time_it_waited() -> None:
    found = after(
        act.Dispatch(LIGHTS), act.Suspend(LIGHTS, hours(100), "等待备件"), act.Comment("备件在途"), act.Resume(LIGHTS)
    )
    assert found.tasks[0].due == hours(24 + 2)
    assert found.tasks[0].state is TaskState.HANDLING


def test_an_extension_must_be_one() -> None:
    found = after(act.Dispatch(LIGHTS), act.Extend(LIGHTS, hours(48), "夜间不能施工"))
    assert found.tasks[0].due == hours(48)
    with pytest.raises(Conflict, match="must end later"):
        after(act.Dispatch(LIGHTS), act.Extend(LIGHTS, hours(24), "无"))


def test_a_mistake_ends_it_and_only_comments_are_taken_afterwards() -> None:
    found = after(act.Mistake("传感器误报"))
    assert found.state is IncidentState.MISTAKEN
    assert after(act.Comment("补充说明"), start=found).state is IncidentState.MISTAKEN
    with pytest.raises(Conflict, match="误报: nothing can be done"):
        after(act.Dispatch(LIGHTS), start=found)


def test_an_officer_may_make_it_an_emergency() -> None:
    assert after(act.Upgrade(EmergencyGrade.LARGER)).grade is EmergencyGrade.LARGER


@pytest.mark.parametrize(
    ("actions", "said"),
    [
        ((act.Accept(LIGHTS),), "has no part"),
        ((act.Dispatch(LIGHTS), act.Dispatch(LIGHTS)), "has a part of 20260928-0001 already"),
        ((act.Check(),), "新建 and not 已反馈"),
        ((act.Dispatch(LIGHTS), act.Close("")), "has to be checked first"),
        ((act.Dispatch(LIGHTS), act.Begin(LIGHTS), act.SendBack(LIGHTS, "")), "is handling with its part"),
        ((act.Dispatch(LIGHTS), act.Resume(LIGHTS)), "is not suspended"),
        ((act.Dispatch(LIGHTS), act.Suspend(LIGHTS, NOON, "")), "must end in the future"),
        ((act.Dispatch(LIGHTS), act.Feedback(LIGHTS, ""), act.Extend(LIGHTS, hours(99), "")), "nothing to extend"),
        ((act.Tick("m1", done=True),), "ticked off by somebody"),
    ],
)
def test_what_may_not_be_done_now_says_why(actions: tuple[act.Action, ...], said: str) -> None:
    with pytest.raises(Conflict, match=said):
        after(*actions)


def test_an_offer_that_is_rejected_stays_so_until_somebody_says_otherwise_or_joins_it() -> None:
    found = after(act.Reject("a-1", rejected=True), act.Reject("L-1", rejected=True))
    assert found.rejected == ("a-1", "L-1")
    assert after(act.Reject("a-1", rejected=False), start=found).rejected == ("L-1",)
    assert after(act.Attach(alert="a-1"), start=found).rejected == ("L-1",)
    for mistake, why in (
        ((act.Reject("a-1", rejected=True),), "rejected already"),
        ((act.Reject("a-2", rejected=False),), "not rejected"),
        ((act.Attach(alert="a-2"), act.Reject("a-2", rejected=True)), "belongs to 20260928-0001 already"),
    ):
        with pytest.raises(Conflict, match=why):
            after(*mistake, start=found)


def test_a_checklist_is_ticked_off_before_the_incident_can_be_closed() -> None:
    lines = (Measure("m1", "市城管局", "停止土石方作业"), Measure("m2", "市公安局", "国三货车限行"))
    found = incident(checklist=lines)
    with pytest.raises(Conflict, match="2 measures of the checklist"):
        after(act.Close(""), start=found)
    for name in ("m1", "m2"):
        found = desk().tick(found, act.Tick(name, done=True), "officer", hours(1))
    assert after(act.Close("解除"), start=found).state is IncidentState.CLOSED
    undone = desk().tick(found, act.Tick("m2", done=False), "officer", hours(2))
    assert [m.done_by for m in undone.checklist] == ["officer", ""]
    with pytest.raises(Conflict, match="no measure 'm3'"):
        desk().tick(found, act.Tick("m3", done=True), "officer", hours(1))


UNITS = st.sampled_from([LIGHTS, ROADS])
ACTIONS = st.one_of(
    st.builds(act.Dispatch, UNITS),
    st.builds(act.Accept, UNITS),
    st.builds(act.Begin, UNITS),
    st.builds(act.Feedback, UNITS, st.just("好了")),
    st.builds(act.SendBack, UNITS, st.just("不归我")),
    st.builds(act.Redo, UNITS, st.just("没好")),
    st.builds(act.Suspend, UNITS, st.just(NOON + timedelta(days=9)), st.just("等")),
    st.builds(act.Resume, UNITS),
    st.builds(act.Recovered, st.just(NOON)),
    st.just(act.Check()),
    st.just(act.Close("好")),
)


@given(st.lists(ACTIONS, max_size=40))
def test_whatever_is_tried_an_incident_stays_in_order(tried: list[act.Action]) -> None:
    found, closed_by = incident(), None
    for n, action in enumerate(tried):
        before = found
        try:
            found = desk().advance(found, action, hours(n))
        except Conflict:
            continue
        assert found.version == before.version + 1
        assert len([t for t in found.tasks if t.state is not TaskState.RETURNED]) == len(
            {t.unit for t in found.tasks if t.state is not TaskState.RETURNED}
        )
        assert [t.unit for t in found.tasks[: len(before.tasks)]] == [t.unit for t in before.tasks]
        if not found.state.open:
            closed_by = action
    assert found.state.open or isinstance(closed_by, act.Close)
