"""Who is on duty: over midnight, year's end and days of 25 hours; table, swaps, overrides; gaps."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.duty import (
    Assignment,
    DutyOverride,
    DutyRole,
    Gap,
    Roster,
    Shift,
    Slot,
    Swap,
    SwapState,
)
from rules.duty.plan import DutyPlan, on_duty, shift_bounds, team_of
from tests.support.duty import DAY_SHIFT, NIGHT_SHIFT, roster, rotation, utc

OFFICER = DutyRole.OFFICER
HOUR = timedelta(hours=1)


def names(plan: Roster, at: str, who: DutyRole = OFFICER) -> list[str]:
    return [person.id for person in on_duty(plan, who, utc(at))]


def swap(**more: object) -> Swap:
    given_away = Slot(date(2026, 1, 1), "day", OFFICER)
    fields = {
        "id": "s1",
        "giver": "ann",
        "gives": given_away,
        "taker": "ben",
        "returns": Slot(date(2026, 1, 2), "day", OFFICER),
        "reason": "family",
        "requested_by": "ann",
        "requested_at": utc("2025-12-30T10:00:00+08:00"),
        "state": SwapState.APPROVED,
        "decided_by": "lead",
        "decided_at": utc("2025-12-30T11:00:00+08:00"),
    }
    return Swap(**{**fields, **more})  # type: ignore[arg-type]


def override(start: str, end: str, person: str | None, replaces: str | None = None, ident: str = "o1") -> DutyOverride:
    recorded = utc("2025-12-31T00:00:00+08:00")
    return DutyOverride(ident, OFFICER, utc(start), utc(end), person, replaces, "ill", "lead", recorded)


def test_the_night_shift_belongs_to_the_day_on_which_it_begins() -> None:
    assert names(roster(), "2026-01-01T23:59:59+08:00") == ["cao"]
    assert names(roster(), "2026-01-02T00:00:00+08:00") == ["cao"]
    assert names(roster(), "2026-01-02T08:29:59.999999+08:00") == ["cao"]
    assert names(roster(), "2026-01-02T08:30:00+08:00") == ["ben"]


def test_over_the_end_of_a_year_the_rotation_goes_on() -> None:
    yearly = roster(rotations=(rotation("day", OFFICER, "ann", "ben", "cao"), rotation("night", OFFICER, "dou")))
    seen = [names(yearly, f"{day}T12:00:00+08:00") for day in ("2026-12-30", "2026-12-31", "2027-01-01", "2027-01-02")]
    assert seen == [["ann"], ["ben"], ["cao"], ["ann"]]
    assert names(yearly, "2027-01-01T00:00:00+08:00") == ["dou"]


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Berlin", date(2026, 10, 24), 13),
        ("Europe/Berlin", date(2026, 3, 28), 11),
        ("Asia/Shanghai", date(1986, 9, 13), 13),  # China had summer time from 1986 to 1991
        ("Asia/Shanghai", date(2026, 10, 24), 12),
    ],
)
def test_the_night_of_a_change_of_the_zone_is_as_long_as_it_is(zone: str, day: date, hours: int) -> None:
    start, end = shift_bounds(NIGHT_SHIFT, day, Roster(zone=zone).tz)
    assert end - start == hours * HOUR


def test_a_shift_of_a_whole_day_lasts_25_hours_when_the_day_does() -> None:
    start, end = shift_bounds(
        Shift("all", "全天", time(0), time(0)), date(2026, 10, 25), Roster(zone="Europe/Berlin").tz
    )
    assert end - start == 25 * HOUR


@given(
    zone=st.sampled_from(["Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"]),
    cut=st.times(),
    day=st.dates(date(2020, 1, 1), date(2030, 12, 31)),
)
def test_shifts_that_meet_leave_no_gap_and_do_not_overlap_whatever_the_zone_does(
    zone: str, cut: time, day: date
) -> None:
    tz = Roster(zone=zone).tz
    morning = time(12) if cut != time(12) else time(13)
    first, second = Shift("a", "a", cut, morning), Shift("b", "b", morning, cut)
    later = day + timedelta(days=1)
    spans = sorted(shift_bounds(shift, d, tz) for shift in (first, second) for d in (day, later))
    for before, after in pairwise(spans):
        assert before[1] >= after[0]


def test_a_rotation_counts_only_its_weekdays_and_ends() -> None:
    weekdays = rotation("day", OFFICER, "ann", "ben", weekdays=(0, 1, 2, 3, 4), days=5, until=date(2026, 1, 16))
    assert team_of(weekdays, date(2026, 1, 1)) == ("ann",)  # a Thursday
    assert team_of(weekdays, date(2026, 1, 3)) == ()
    assert [team_of(weekdays, date(2026, 1, d)) for d in (7, 8, 14, 15, 16)] == [
        ("ann",), ("ben",), ("ben",), ("ann",), ("ann",),
    ]  # fmt: skip
    assert team_of(weekdays, date(2026, 1, 19)) == ()
    assert team_of(weekdays, date(2025, 12, 31)) == ()


@given(
    weekdays=st.sets(st.integers(0, 6), min_size=1).map(lambda s: tuple(sorted(s))),
    days=st.integers(1, 9),
    offset=st.integers(0, 800),
)
def test_a_turn_is_what_counting_day_by_day_gives(weekdays: tuple[int, ...], days: int, offset: int) -> None:
    turns = rotation("day", OFFICER, "ann", "ben", "cao", weekdays=weekdays, days=days)
    day = turns.first_day + timedelta(days=offset)
    before = sum((turns.first_day + timedelta(days=n)).weekday() in weekdays for n in range(offset))
    expected = turns.teams[before // days % 3] if day.weekday() in weekdays else ()
    assert team_of(turns, day) == expected


def test_the_table_wins_over_the_rotation_and_may_name_nobody() -> None:
    slot = Slot(date(2026, 1, 1), "day", OFFICER)
    assert names(roster(table=(Assignment(slot, ("dou", "cao")),)), "2026-01-01T12:00:00+08:00") == ["dou", "cao"]
    assert names(roster(table=(Assignment(slot, ()),)), "2026-01-01T12:00:00+08:00") == []


def test_a_swap_counts_in_both_slots_once_it_is_approved_and_not_before() -> None:
    asked = roster(swaps=(swap(state=SwapState.REQUESTED),))
    approved = roster(swaps=(swap(),))
    first, second = "2026-01-01T12:00:00+08:00", "2026-01-02T12:00:00+08:00"
    assert (names(asked, first), names(asked, second)) == (["ann"], ["ben"])
    assert (names(approved, first), names(approved, second)) == (["ben"], ["ann"])
    assert DutyPlan(approved).details(OFFICER, utc(first))[0].by == "swap:s1"


def test_an_override_wins_over_a_swap_for_its_instants_only() -> None:
    ill = override("2026-01-01T10:00:00+08:00", "2026-01-01T11:00:00+08:00", "dou", "ben")
    both = roster(swaps=(swap(),), overrides=(ill,))
    assert names(both, "2026-01-01T09:59:59+08:00") == ["ben"]
    assert names(both, "2026-01-01T10:00:00+08:00") == ["dou"]
    assert names(both, "2026-01-01T11:00:00+08:00") == ["ben"]


def test_an_override_of_somebody_who_is_not_on_duty_changes_nothing() -> None:
    other = override("2026-01-01T10:00:00+08:00", "2026-01-01T11:00:00+08:00", "dou", "cao")
    assert names(roster(overrides=(other,)), "2026-01-01T10:30:00+08:00") == ["ann"]


def test_gaps_are_found_to_the_second_and_joined_over_shifts() -> None:
    gone = override("2026-01-01T19:00:00+08:00", "2026-01-01T22:15:30+08:00", None)
    found = DutyPlan(roster(overrides=(gone,))).gaps(
        [OFFICER, DutyRole.LEADER], utc("2026-01-01T09:00:00+08:00"), utc("2026-01-03T09:00:00+08:00")
    )
    assert found == [Gap(OFFICER, utc("2026-01-01T19:00:00+08:00"), utc("2026-01-01T22:15:30+08:00"))]


def test_a_roster_with_nothing_in_it_is_one_gap() -> None:
    start, end = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 8, tzinfo=UTC)
    assert DutyPlan(Roster()).gaps([OFFICER], start, end) == [Gap(OFFICER, start, end)]


def test_the_spans_of_duty_say_who_until_when_and_why() -> None:
    plan = DutyPlan(roster(shifts=(DAY_SHIFT, NIGHT_SHIFT)))
    spans = plan.duties(OFFICER, utc("2026-01-01T12:00:00+08:00"), utc("2026-01-02T12:00:00+08:00"))
    assert [(d.person, d.start, d.by) for d in spans] == [
        ("ann", utc("2026-01-01T12:00:00+08:00"), "rotation:day-officer"),
        ("cao", utc("2026-01-01T20:30:00+08:00"), "rotation:night-officer"),
        ("ben", utc("2026-01-02T08:30:00+08:00"), "rotation:day-officer"),
    ]
    assert all(a.end == b.start for a, b in pairwise(spans))


def test_everybody_is_on_duty_once_however_the_roster_names_them() -> None:
    slot = Slot(date(2026, 1, 1), "day", OFFICER)
    assert names(roster(table=(Assignment(slot, ("ann", "ann")),)), "2026-01-01T12:00:00+08:00") == ["ann"]
