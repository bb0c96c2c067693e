"""What the notes on a day ask for: what is over, and what has to wait."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from domain.period import PeriodKind, period_of
from rules.retention import Marks, due

JINAN = ZoneInfo("Asia/Shanghai")
ZONES = st.sampled_from(["Asia/Shanghai", "Asia/Kolkata", "Europe/Berlin", "America/St_Johns", "UTC"]).map(ZoneInfo)
DAY = date(2026, 10, 25)
HOURS = st.frozensets(st.integers(0, 23))


def at(hour: float, day: int = 25) -> datetime:
    return datetime(2026, 10, day, tzinfo=UTC) + timedelta(hours=hour)


def names(periods: object) -> list[str]:
    return sorted(p.name for p in periods)  # type: ignore[attr-defined]


def test_an_hour_that_is_over_is_summarised_and_its_day_waits_for_its_end() -> None:
    found = due(DAY, Marks(frozenset({7, 8})), at(8.5), JINAN)
    [(day, hours)] = found.work.items()
    assert (day.name, names(hours), names(found.closed)) == ("2026-10-25", ["2026-10-25T15"], [])
    assert found.left == Marks(frozenset({8}), frozenset({7}))


def test_a_day_that_is_over_is_summarised_for_an_hour_of_it_that_was_done_before() -> None:
    found = due(DAY, Marks(days=frozenset({7})), at(16), JINAN)
    assert (names(found.closed), [len(h) for h in found.work.values()], found.left) == (["2026-10-25"], [0], Marks())


def test_the_hours_of_a_day_in_utc_lie_in_two_days_of_the_city() -> None:
    found = due(DAY, Marks(frozenset({15, 16})), at(24), JINAN)
    assert {d.name: names(h) for d, h in found.work.items()} == {
        "2026-10-25": ["2026-10-25T23"],
        "2026-10-26": ["2026-10-26T00"],
    }
    assert (names(found.closed), found.left.days) == (["2026-10-25"], frozenset({16}))


@given(HOURS, HOURS, st.integers(-5, 60), ZONES)
def test_nothing_that_was_noted_is_forgotten(
    hours: frozenset[int], days: frozenset[int], end: int, tz: ZoneInfo
) -> None:
    marks = Marks(hours, days - hours)
    found = due(DAY, marks, at(end), tz)
    asked = {p for h in found.work.values() for p in h}
    for hour in hours | days:
        for minute in (0, 59):
            instant = at(hour) + timedelta(minutes=minute)
            if hour in hours:
                assert hour in found.left.hours or period_of(PeriodKind.HOUR, instant, tz) in asked
            day = period_of(PeriodKind.DAY, instant, tz)
            assert hour in found.left.hours or hour in found.left.days or day in found.closed
    assert all(p.end <= at(end) for p in asked | found.closed)
    assert due(DAY, marks, at(99), tz).left == Marks()
