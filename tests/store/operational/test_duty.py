"""The roster in SQL: nothing overwritten, every version by its recorded time, swaps and overrides with their record."""

from dataclasses import replace
from datetime import date

import pytest

from domain.duty import Assignment, ContactKind, DutyOverride, DutyRole, Handover, Slot, Swap, SwapState
from domain.errors import Conflict, NotFound
from store.operational import OperationalStore
from store.operational.audit import Action
from tests.store.operational.builders import T0, hours
from tests.support.duty import PEOPLE, roster

SLOT = Slot(date(2026, 1, 1), "day", DutyRole.OFFICER)
OTHER = Slot(date(2026, 1, 2), "day", DutyRole.OFFICER)


def swap(ident: str = "s1") -> Swap:
    return Swap(ident, "ann", SLOT, "ben", OTHER, "family", "ann key", hours(1))


def override(ident: str = "o1") -> DutyOverride:
    return DutyOverride(ident, DutyRole.OFFICER, hours(2), hours(3), "dou", "ann", "ill", "lead", hours(1))


def test_an_empty_roster_is_there_from_the_start(store: OperationalStore) -> None:
    assert (store.duty.load().people, store.duty.version()) == ((), 0)


def test_a_roster_comes_back_as_it_was(store: OperationalStore) -> None:
    full = roster(table=(Assignment(SLOT, ("dou", "ann")), Assignment(OTHER, ())), zone="Europe/Berlin")
    assert store.duty.put(full, "lead", T0) == replace(full, version=1)
    assert store.duty.load() == replace(full, version=1)
    assert store.duty.load().people[0].contacts == {ContactKind.EMAIL: "ann@city.example"}


def test_what_was_believed_earlier_can_be_asked_for(store: OperationalStore) -> None:
    store.duty.put(roster(), "lead", T0)
    store.duty.put(roster(people=PEOPLE[:2]), "lead", hours(5))
    store.duty.add_override(override())
    store.duty.request_swap(swap())
    store.duty.decide_swap("s1", SwapState.APPROVED, "lead", "lead key", hours(6))
    earlier = store.duty.load(hours(1))
    assert (len(earlier.people), earlier.overrides, earlier.swaps) == (len(PEOPLE), (), ())
    assert len(store.duty.load(hours(5)).people) == 2
    # recorded time never runs backwards, so what was recorded "at one" after five is believed from five on
    assert [s.state for s in store.duty.load(hours(5.5)).swaps] == [SwapState.REQUESTED]
    assert [s.state for s in store.duty.load().swaps] == [SwapState.APPROVED]


def test_a_change_based_on_an_older_version_is_refused(store: OperationalStore) -> None:
    store.duty.put(roster(), "lead", T0, based_on=0)
    store.duty.add_override(override())
    with pytest.raises(Conflict, match="meanwhile"):
        store.duty.put(roster(people=()), "lead", hours(2), based_on=1)
    assert len(store.duty.load().people) == len(PEOPLE)
    assert store.duty.put(roster(people=()), "lead", hours(2), based_on=2).version == 3


def test_an_override_is_withdrawn_once_and_its_record_stays(store: OperationalStore) -> None:
    store.duty.add_override(override())
    before = store.duty.load().overrides
    store.duty.withdraw_override("o1", "lead", hours(2))
    assert (len(before), store.duty.load().overrides) == (1, ())
    assert [o.id for o in store.duty.load(hours(1)).overrides] == ["o1"]
    with pytest.raises(NotFound):
        store.duty.withdraw_override("o1", "lead", hours(3))


def test_an_override_that_ends_before_it_starts_or_has_a_taken_id_is_refused(store: OperationalStore) -> None:
    store.duty.add_override(override())
    with pytest.raises(Conflict):
        store.duty.add_override(override())
    with pytest.raises(Conflict, match="before it starts"):
        store.duty.add_override(replace(override("o2"), end=hours(2)))


def test_a_swap_is_decided_once(store: OperationalStore) -> None:
    store.duty.request_swap(swap())
    decided = store.duty.decide_swap("s1", SwapState.REFUSED, "lead", "lead key", hours(2))
    assert (decided.state, decided.decided_by) == (SwapState.REFUSED, "lead")
    with pytest.raises(Conflict, match="refused already"):
        store.duty.decide_swap("s1", SwapState.APPROVED, "lead", "lead key", hours(3))
    with pytest.raises(NotFound):
        store.duty.decide_swap("s2", SwapState.APPROVED, "lead", "lead key", hours(3))


def test_hand_overs_are_a_log_newest_first(store: OperationalStore) -> None:
    on_duty = {DutyRole.OFFICER: ("ann",)}
    first = Handover("h1", hours(1), "ann", "cao", ("a",), ("灯杆漏电 待复核",), "平稳", "ann key", hours(1), on_duty)
    second = replace(first, id="h2", at=hours(13), undone=())
    store.duty.hand_over(first)
    store.duty.hand_over(second)
    assert store.duty.handovers() == (second, first)
    assert store.duty.handovers(before=hours(13)) == (first,)
    assert store.duty.handovers(limit=1) == (second,)


def test_every_change_is_in_the_audit_without_any_address(store: OperationalStore) -> None:
    store.duty.put(roster(), "lead", T0)
    store.duty.add_override(override())
    store.duty.withdraw_override("o1", "lead", hours(2))
    store.duty.request_swap(swap())
    store.duty.decide_swap("s1", SwapState.APPROVED, "lead", "lead key", hours(3))
    entries = store.audit.list()
    assert [e.action for e in entries] == [
        Action.ROSTER_PUT,
        Action.DUTY_OVERRIDE_ADDED,
        Action.DUTY_OVERRIDE_WITHDRAWN,
        Action.SWAP_REQUESTED,
        Action.SWAP_DECIDED,
    ]
    assert "city.example" not in str(entries)
