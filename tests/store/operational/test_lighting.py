from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest

from domain.errors import Conflict, NotFound
from domain.lighting import HalfNight, LightingPlan, NightTimes, Override, OverrideAction, Timetable
from store.operational import OperationalStore
from tests.store.operational.builders import T0, hours

TIMETABLE = Timetable(
    "city",
    "全市",
    timedelta(minutes=9, microseconds=1),
    timedelta(minutes=-17),
    HalfNight(back_before_off=None, summer_from=time(23, 45, 30)),
    tuple(NightTimes(date(2026, 3, 1) + timedelta(days=n), time(18, n), time(6, 30)) for n in range(20)),
)


def _override(ident: str = "O-1", recorded_at: datetime = T0) -> Override:
    return Override(ident, "district:370102", OverrideAction.ON, hours(1), hours(3), "王", "阴天", recorded_at)


def test_the_plan_is_empty_at_first(store: OperationalStore) -> None:
    assert store.lighting.load() == LightingPlan((), (), 0)


@pytest.mark.parametrize("half_night", [None, HalfNight(), TIMETABLE.half_night])
def test_a_timetable_is_read_back_exactly(store: OperationalStore, half_night: HalfNight | None) -> None:
    timetable = replace(TIMETABLE, half_night=half_night)
    plan = store.lighting.put_timetable(timetable, "王", T0)
    assert plan == store.lighting.load() == LightingPlan((timetable,), (), 1)


def test_a_timetable_with_the_same_id_supersedes_the_old_one(store: OperationalStore) -> None:
    store.lighting.put_timetable(TIMETABLE, "a", T0)
    store.lighting.put_timetable(Timetable("alley", "街巷"), "a", hours(1))
    plan = store.lighting.put_timetable(replace(TIMETABLE, title="新"), "b", hours(2))
    assert [(t.id, t.title) for t in plan.timetables] == [("alley", "街巷"), ("city", "新")]
    assert [entry.detail["timetable"] for entry in store.audit.list()] == ["city", "alley", "city"]


def test_an_override_is_read_back_exactly_and_counts_as_a_version(store: OperationalStore) -> None:
    plan = store.lighting.add_override(_override())
    assert plan == store.lighting.load() == LightingPlan((), (_override(),), 1)


def test_a_withdrawn_override_leaves_the_plan_and_keeps_its_record(store: OperationalStore) -> None:
    store.lighting.add_override(_override("O-1"))
    store.lighting.add_override(_override("O-2", hours(0.5)))
    plan = store.lighting.withdraw_override("O-1", "李", hours(2))
    assert (plan.overrides, plan.version) == ((_override("O-2", hours(0.5)),), 3)
    assert store.lighting.overrides(withdrawn=False) == plan.overrides
    withdrawn = replace(_override("O-1"), recorded_to=hours(2))
    assert store.lighting.overrides(withdrawn=True) == (_override("O-2", hours(0.5)), withdrawn)
    assert store.audit.list()[-1].author == "李"


def test_an_override_whose_id_was_ever_used_is_a_conflict(store: OperationalStore) -> None:
    store.lighting.add_override(_override())
    store.lighting.withdraw_override("O-1", "a", hours(1))
    with pytest.raises(Conflict, match="O-1 already"):
        store.lighting.add_override(_override())
    assert store.lighting.load().version == 2


def test_an_override_that_ends_before_it_starts_is_a_conflict(store: OperationalStore) -> None:
    with pytest.raises(Conflict, match="ends"):
        store.lighting.add_override(replace(_override(), end=hours(1)))


def test_withdrawing_what_is_not_in_force_is_not_found(store: OperationalStore) -> None:
    with pytest.raises(NotFound, match="no override nothing"):
        store.lighting.withdraw_override("nothing", "a", T0)
    store.lighting.add_override(_override())
    store.lighting.withdraw_override("O-1", "a", T0)
    with pytest.raises(NotFound, match="no override O-1"):
        store.lighting.withdraw_override("O-1", "a", T0)
