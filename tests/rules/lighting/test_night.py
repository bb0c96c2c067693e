"""The nights of a timetable: rows before the sun, and the pause of the alternate lamps."""

from datetime import date, time, timedelta

import pytest

from domain.citytime import JINAN
from domain.lighting import HalfNight, NightTimes, Timetable
from rules.lighting.night import Interval, Nights
from rules.lighting.sun import sunrise, sunset
from tests.support.rules import local

WINTER, SUMMER = date(2026, 11, 23), date(2026, 7, 1)
ROWS = (NightTimes(WINTER, time(17, 0), time(7, 0)), NightTimes(SUMMER, time(19, 30), time(5, 0)))


def _interval(start: str, end: str) -> Interval:
    return Interval(local(start), local(end))


def test_an_interval_covers_its_start_and_not_its_end() -> None:
    interval = _interval("2026-11-23T17:00", "2026-11-24T07:00")
    assert interval.covers(interval.start)
    assert not interval.covers(interval.end)
    assert interval.covers(interval.end - timedelta.resolution)
    assert not interval.covers(interval.start - timedelta.resolution)


def test_a_row_of_the_timetable_wins_over_the_sun_and_ends_the_next_day() -> None:
    nights = Nights(Timetable("t", "t", nights=ROWS), JINAN)
    assert nights.of(WINTER).full == _interval("2026-11-23T17:00", "2026-11-24T07:00")


def test_without_a_row_the_offsets_to_the_sun_count() -> None:
    rule = Timetable("t", "t", on_after_sunset=timedelta(minutes=9), off_after_sunrise=timedelta(minutes=-17))
    full = Nights(rule, JINAN).of(WINTER).full
    assert full.start == sunset(JINAN, WINTER) + timedelta(minutes=9)
    assert full.end == sunrise(JINAN, date(2026, 11, 24)) - timedelta(minutes=17)


def test_the_default_offsets_give_the_published_switching_times() -> None:
    start = Nights(Timetable("t", "t"), JINAN).of(date(2022, 3, 16)).full.start
    assert abs(start - local("2022-03-16T18:28")) < timedelta(minutes=3)


def test_without_half_night_the_alternate_lamps_burn_all_night() -> None:
    night = Nights(Timetable("t", "t", nights=ROWS), JINAN).of(WINTER)
    assert night.alternate == (night.full,)


def test_in_winter_alternate_lamps_pause_from_2230_until_an_hour_before_off() -> None:
    night = Nights(Timetable("t", "t", half_night=HalfNight(), nights=ROWS), JINAN).of(WINTER)
    assert night.alternate == (
        _interval("2026-11-23T17:00", "2026-11-23T22:30"),
        _interval("2026-11-24T06:00", "2026-11-24T07:00"),
    )


def test_in_summer_alternate_lamps_go_out_at_2330_and_stay_out() -> None:
    night = Nights(Timetable("t", "t", half_night=HalfNight(), nights=ROWS), JINAN).of(SUMMER)
    assert night.alternate == (_interval("2026-07-01T19:30", "2026-07-01T23:30"),)


@pytest.mark.parametrize(("month", "summer"), [(4, False), (5, True), (10, True), (11, False)])
def test_summer_is_may_to_october_by_the_evening_date(month: int, summer: bool) -> None:  # noqa: FBT001
    night = Nights(Timetable("t", "t", half_night=HalfNight()), JINAN).of(date(2026, month, 30))
    assert len(night.alternate) == (1 if summer else 2)


def test_a_rule_without_return_keeps_them_out_in_winter_too() -> None:
    half = HalfNight(back_before_off=None)
    night = Nights(Timetable("t", "t", half_night=half, nights=ROWS), JINAN).of(WINTER)
    assert night.alternate == (_interval("2026-11-23T17:00", "2026-11-23T22:30"),)


def test_a_pause_after_midnight_belongs_to_the_same_night() -> None:
    half = HalfNight(winter_from=time(1, 0))
    night = Nights(Timetable("t", "t", half_night=half, nights=ROWS), JINAN).of(WINTER)
    assert night.alternate[0].end == local("2026-11-24T01:00")


def test_a_pause_from_noon_on_lies_on_the_evening_itself() -> None:
    half = HalfNight(winter_from=time(12, 0))
    night = Nights(Timetable("t", "t", half_night=half, nights=ROWS), JINAN).of(WINTER)
    assert night.alternate[0] == _interval("2026-11-23T17:00", "2026-11-23T17:00")


def test_a_pause_never_outlasts_the_night_nor_overlaps_the_return() -> None:
    late = HalfNight(winter_from=time(11, 0), back_before_off=timedelta(hours=20))
    night = Nights(Timetable("t", "t", half_night=late, nights=ROWS), JINAN).of(WINTER)
    assert night.alternate == (
        _interval("2026-11-23T17:00", "2026-11-24T07:00"),
        _interval("2026-11-24T07:00", "2026-11-24T07:00"),
    )
