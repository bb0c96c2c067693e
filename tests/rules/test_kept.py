"""When measures are due: in the city's calendar, with its days of 23 and 25 hours."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from domain.citytime import JINAN
from domain.period import PeriodKind, period_of
from rules.indicator import Indicator, Kept
from rules.indicators import INDICATORS
from rules.kept import Calendar, due

BERLIN = ZoneInfo("Europe/Berlin")
MINUTE = timedelta(minutes=1)
INSTANTS = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - bounds


def kept(every: PeriodKind, settle: int = 0) -> Indicator:
    some = next(iter(INDICATORS.values()))
    return replace(some, kept=Kept(every, some.kept.scopes, timedelta(minutes=settle)))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def test_an_hour_of_summer_time_that_comes_twice_is_due_twice() -> None:
    night = due(kept(PeriodKind.HOUR, 30), at("2026-10-25T01:00+02:00"), at("2026-10-25T04:00+01:00"), BERLIN)
    found = [(d.period.name, d.at) for d in night]
    assert found == [
        ("2026-10-25T00", at("2026-10-25T01:30+02:00")),
        ("2026-10-25T01", at("2026-10-25T02:30+02:00")),
        ("2026-10-25T02", at("2026-10-25T02:30+01:00")),
        ("2026-10-25T02", at("2026-10-25T03:30+01:00")),
    ]


def test_a_day_of_25_hours_and_one_of_23_end_at_their_local_midnights() -> None:
    for day, hours in (("2026-10-25", 25), ("2026-03-29", 23)):
        (only,) = due(
            kept(PeriodKind.DAY), at(f"{day}T12:00+01:00"), at(f"{day}T12:00+01:00") + 13 * 60 * MINUTE, BERLIN
        )
        assert (only.period.name, only.period.end - only.period.start) == (day, timedelta(hours=hours))
        assert only.at == only.period.end


@given(
    st.sampled_from(PeriodKind),
    st.integers(0, 180),
    INSTANTS,
    st.integers(1, 60 * 24 * 40),
    st.sampled_from([BERLIN, JINAN.tz, ZoneInfo("Asia/Kolkata"), ZoneInfo("America/St_Johns")]),
)
def test_what_is_due_is_every_period_once_at_its_end_and_settling_time(
    every: PeriodKind, settle: int, start: datetime, minutes: int, tz: ZoneInfo
) -> None:
    until = start + minutes * MINUTE
    found = list(due(kept(every, settle), start, until, tz))
    assert all(start < d.at <= until and d.at == d.period.end + settle * MINUTE for d in found)
    assert all(a.period.end == b.period.start for a, b in pairwise(found))
    before = period_of(every, start - settle * MINUTE, tz)
    if found:
        assert found[0].period in (before, period_of(every, before.end, tz))
    else:
        assert before.end + settle * MINUTE > until or before.end + settle * MINUTE <= start


@given(INSTANTS, st.integers(0, 3000))
def test_the_calendar_remembers_what_is_next_and_forgets_it_in_time(start: datetime, minutes: int) -> None:
    indicators = {"a": kept(PeriodKind.HOUR, 7), "b": kept(PeriodKind.DAY)}
    calendar = Calendar(indicators, JINAN.tz)
    stepped, instant, until = [], start, start + minutes * MINUTE
    while (instant := calendar.next_after(instant)) <= until:
        stepped += [(d.at, d.period) for d in calendar.at(instant)]
    listed = [(d.at, d.period) for i in indicators.values() for d in due(i, start, until, JINAN.tz)]
    assert sorted(stepped) == sorted(listed)
    kind = indicators["a"].kinds[0]
    last = calendar.last_closed(kind, until)
    assert last is not None
    assert last <= until
    assert calendar.next_after(last) > until
