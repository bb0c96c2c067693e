"""One bay's day: parkings are changes of the state; where an event was lost the parking counts, its length does not."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.parking.bay_day import FRESH_US, BayDay, bay_day
from rules.parking.profile import QUARTER_US
from rules.parking.series import Report

MIN = 60_000_000
DAY = 24 * 60 * MIN
START = 1_000 * DAY
"""Any midnight will do."""


def _day(*reports: tuple[int, str]) -> BayDay:
    """Reports as (minute of the day, sign): `O`, `V` with their event, `o`, `v` by heartbeat."""
    made = [Report(START + minute * MIN, sign in "Oo", sign in "OV") for minute, sign in reports]
    return bay_day(made, START, START + DAY, 96)


def _counts(day: BayDay) -> tuple[int, int, int, float, int]:
    return day.parkings, day.inferred, day.closed, day.closed_us / MIN, day.one_sided


@pytest.mark.parametrize(
    ("reports", "counts"),
    [
        ([], (0, 0, 0, 0, 0)),
        ([(60, "O"), (100, "V")], (1, 0, 1, 40, 0)),
        ([(0, "v"), (60, "O"), (80, "o"), (90, "o"), (100, "V"), (110, "v")], (1, 0, 1, 40, 0)),
        ([(60, "O"), (100, "V"), (120, "O"), (121, "V")], (2, 0, 2, 41, 0)),
        ([(60, "O"), (1439, "o")], (1, 0, 0, 0, 0)),
        ([(0, "v"), (60, "o"), (100, "V")], (1, 1, 0, 0, 1)),
        ([(60, "O"), (100, "v")], (1, 0, 0, 0, 1)),
        ([(60, "O"), (100, "O"), (130, "V")], (2, 0, 1, 30, 1)),
        ([(0, "v"), (100, "V")], (1, 1, 0, 0, 1)),
        ([(100, "V")], (0, 0, 0, 0, 1)),
        ([(60, "o"), (100, "V")], (0, 0, 0, 0, 1)),
        ([(60, "o"), (100, "v")], (0, 0, 0, 0, 1)),
        ([(60, "v"), (100, "v")], (0, 0, 0, 0, 0)),
        ([(60, "o"), (70, "O"), (100, "V")], (1, 0, 1, 30, 1)),
        ([(-60, "O"), (100, "V")], (0, 0, 1, 160, 0)),
        ([(-60, "O"), (-50, "V"), (-40, "v"), (10, "o")], (1, 1, 0, 0, 0)),
        ([(-60, "v"), (-50, "o"), (-40, "V"), (-30, "O"), (-20, "O"), (-10, "V"), (-9, "V")], (0, 0, 0, 0, 0)),
        ([(-1, "O"), (0, "V")], (0, 0, 1, 1, 0)),
        ([(0, "O")], (1, 0, 0, 0, 0)),
    ],
)
def test_parkings_and_stays_follow_from_the_reports(
    reports: list[tuple[int, str]], counts: tuple[int, int, int, float, int]
) -> None:
    assert _counts(_day(*reports)) == counts


def test_after_a_day_of_silence_nothing_is_known_of_the_car_before() -> None:
    on_time = [Report(START - FRESH_US, occupied=True, event=True), Report(START, occupied=False, event=True)]
    assert _counts(bay_day(on_time, START, START + DAY, 96)) == (0, 0, 1, 1440, 0)
    late = [on_time[0]._replace(at=START - FRESH_US - 1), on_time[1]]
    assert _counts(bay_day(late, START, START + DAY, 96)) == (0, 0, 0, 0, 1)
    found_there = [on_time[0]._replace(at=START - FRESH_US - 1, occupied=False), Report(START, True, False)]  # noqa: FBT003
    assert _counts(bay_day(found_there, START, START + DAY, 96)) == (0, 0, 0, 0, 0)


def test_a_bay_is_heard_by_a_report_of_the_day_itself() -> None:
    assert _day((0, "v")).heard
    assert not _day((-1, "v")).heard
    assert not _day().heard


def test_a_quarter_has_the_state_of_its_first_instant() -> None:
    day = _day((-5, "v"), (15, "O"), (44, "o"), (45, "V"), (60, "v"))
    assert day.mask.occupied == 0b0110
    assert day.mask.known == (1 << 96) - 1
    assert _day((1, "O")).mask.known == (1 << 96) - 2
    assert _day((1, "O"), (2, "V")).mask.occupied == 0


def test_a_state_stands_for_a_day_and_not_longer() -> None:
    start = START - FRESH_US
    kept = bay_day([Report(start, occupied=True, event=False)], START, START + DAY, 96)
    assert (kept.mask.occupied, kept.mask.known) == (1, 1)
    gone = bay_day([Report(start - 1, occupied=True, event=False)], START, START + DAY, 96)
    assert (gone.mask.occupied, gone.mask.known) == (0, 0)


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(-1440 * 2, 1439), st.sampled_from("OoVv")), max_size=40, unique_by=lambda r: r[0]
    ).map(sorted)
)
def test_a_day_equals_a_plain_recount(reports: list[tuple[int, str]]) -> None:
    day = _day(*reports)
    for quarter in range(96):
        before = [(m, sign) for m, sign in reports if m <= 15 * quarter]
        known = bool(before) and before[-1][0] >= 15 * quarter - 1440
        assert bool(day.mask.known >> quarter & 1) is known
        assert bool(day.mask.occupied >> quarter & 1) is (known and before[-1][1] in "Oo")
    arrivals = sum(sign == "O" and minute >= 0 for minute, sign in reports)
    assert day.parkings == arrivals + day.inferred
    assert day.closed <= sum(sign == "V" and minute >= 0 for minute, sign in reports)
    assert day.closed_us <= day.closed * 2 * 1440 * MIN
    assert QUARTER_US == 15 * MIN
