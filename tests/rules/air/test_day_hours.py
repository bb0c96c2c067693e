"""Which hour of which local day a reading means, and how days are packed."""

import json
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.local_day import LocalDays
from rules.air.day_hours import DayHours, Hour, hour_of, hours_in, label, place_of
from tests.support.air import air
from tests.support.rules import local

JINAN = ZoneInfo("Asia/Shanghai")
BERLIN = ZoneInfo("Europe/Berlin")
KOLKATA = ZoneInfo("Asia/Kolkata")
SIX = (1.0, 2.0, 0.4, 60.0, 35.5, 20.0)


@pytest.mark.parametrize(
    ("at", "place"),
    [
        ("2026-02-20T01:00", (date(2026, 2, 20), 1)),
        ("2026-02-20T23:00", (date(2026, 2, 20), 23)),
        ("2026-02-21T00:00", (date(2026, 2, 20), 24)),
        ("2026-02-20T23:58", (date(2026, 2, 20), 24)),
        ("2026-02-21T00:02", (date(2026, 2, 20), 24)),
        ("2026-02-21T00:02:01", None),
        ("2026-02-20T23:57:59", None),
        ("2026-02-20T00:30", None),
        ("2026-02-20T01:02", (date(2026, 2, 20), 1)),
    ],
)
def test_an_hour_is_labelled_by_its_end_and_a_clock_may_be_two_minutes_off(
    at: str, place: tuple[date, int] | None
) -> None:
    found = place_of(local(at), LocalDays(JINAN, local("2026-02-20T12:00")))
    assert (found and found[:2]) == place


def test_a_place_says_how_far_the_instant_is_off_the_full_hour() -> None:
    days = LocalDays(JINAN, local("2026-02-20T12:00"))
    full = local("2026-02-21T00:00")
    assert place_of(full - timedelta(seconds=90), days) == (date(2026, 2, 20), 24, -90_000_000)
    assert place_of(full + timedelta(microseconds=7), days) == (date(2026, 2, 20), 24, 7)


@pytest.mark.parametrize(
    ("day", "zone", "hours"),
    [
        (date(2026, 3, 29), BERLIN, 23),
        (date(2026, 10, 25), BERLIN, 25),
        (date(2026, 3, 29), JINAN, 24),
        (date(2026, 3, 29), KOLKATA, 24),
    ],
)
def test_a_day_has_the_hours_that_its_zone_gives_it_and_each_label_one_place(
    day: date, zone: ZoneInfo, hours: int
) -> None:
    assert hours_in(day, zone) == hours
    labels = [label(day, n, zone) for n in range(1, hours + 1)]
    days = LocalDays(zone, labels[0])
    assert [place_of(at, days) for at in labels] == [(day, n, 0) for n in range(1, hours + 1)]
    assert place_of(labels[-1] + timedelta(hours=1), days) == (day + timedelta(days=1), 1, 0)
    assert labels[-1].astimezone(zone).time() == datetime.min.time()


def test_an_hour_keeps_what_counts_of_a_reading() -> None:
    at = local("2026-02-20T01:00")
    said = {"pm25": 20.0, "pm10": 35.5, "so2": 1.0, "no2": 2.0, "co": 0.4, "o3": 60.0, "temperature": 3.0}
    late = air("a1", at + timedelta(seconds=30), said, revision=2)
    assert hour_of(late, 30_000_000) == Hour(SIX, "", 30_000_000, 2)
    assert hour_of(air("a1", at, faults=["calibration"]), 0) == Hour((None,) * 6, "calibration")
    assert hour_of(air("a1", at, {"pm25": 20.0}), 0) == Hour((None,) * 5 + (20.0,), "")


def test_the_later_reading_of_an_hour_and_the_higher_revision_win() -> None:
    day = DayHours()
    assert day.put(1, Hour(SIX, "", 0, 1))
    assert not day.put(1, Hour(SIX, "", 0, 1))
    assert not day.put(1, Hour((None,) * 6, "calibration", -5, 9))
    assert day.put(1, Hour((None,) * 6, "calibration", 5, 0))
    assert day.put(2, Hour(SIX, ""))
    assert day.hours() == {1: Hour((None,) * 6, "calibration", 5, 0), 2: Hour(SIX, "")}


HOURS = st.dictionaries(
    st.integers(1, 25),
    st.builds(
        Hour,
        st.tuples(*[st.none() | st.floats(0, 9999)] * 6),
        st.sampled_from(["", "calibration"]),
        st.integers(-120_000_000, 120_000_000),
        st.integers(0, 3),
    ),
)


@given(hours=HOURS, cold=st.booleans())
def test_a_packed_day_is_the_same_day(hours: dict[int, Hour], *, cold: bool) -> None:
    day = DayHours()
    for number, said in hours.items():
        day.put(number, said)
    if cold:
        day.cool()
    again = DayHours(json.loads(json.dumps(day.dump())))
    assert again.hours() == day.hours() == hours
    assert again.put(1, Hour(SIX, "", 1, 9)) == day.put(1, Hour(SIX, "", 1, 9))
    assert again.hours() == day.hours()
    assert again.dump() == day.dump()


def test_a_packed_day_is_small() -> None:
    day = DayHours()
    for number in range(1, 25):
        day.put(number, Hour((5.0, 20.0 + number, 0.4, 60.0 - number, 40.0, 20.0), ""))
    assert len(day.dump()) < 400
