"""Calendar periods: names, bounds, days, and the hours of a day on which clocks change."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.period import PeriodKind, following, last_closed, period_of, periods

SHANGHAI = ZoneInfo("Asia/Shanghai")
BERLIN = ZoneInfo("Europe/Berlin")
INSTANTS = st.datetimes(datetime(2001, 1, 1), datetime(2099, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
ZONES = st.sampled_from([SHANGHAI, BERLIN, ZoneInfo("America/St_Johns"), ZoneInfo("Australia/Lord_Howe")])


@pytest.mark.parametrize(
    ("kind", "name", "start"),
    [
        (PeriodKind.HOUR, "2026-11-25T08", datetime(2026, 11, 25, 0, tzinfo=UTC)),
        (PeriodKind.DAY, "2026-11-25", datetime(2026, 11, 24, 16, tzinfo=UTC)),
        (PeriodKind.MONTH, "2026-11", datetime(2026, 10, 31, 16, tzinfo=UTC)),
        (PeriodKind.QUARTER, "2026-Q4", datetime(2026, 9, 30, 16, tzinfo=UTC)),
        (PeriodKind.YEAR, "2026", datetime(2025, 12, 31, 16, tzinfo=UTC)),
    ],
)
def test_a_period_has_a_name_and_begins_at_local_midnight(kind: PeriodKind, name: str, start: datetime) -> None:
    found = period_of(kind, datetime(2026, 11, 25, 0, 30, tzinfo=UTC), SHANGHAI)
    assert (found.name, found.start) == (name, start)


def test_days_on_which_clocks_change_have_23_and_25_hours() -> None:
    short = period_of(PeriodKind.DAY, datetime(2026, 3, 29, 12, tzinfo=UTC), BERLIN)
    long = period_of(PeriodKind.DAY, datetime(2026, 10, 25, 12, tzinfo=UTC), BERLIN)
    assert (short.end - short.start, long.end - long.start) == (timedelta(hours=23), timedelta(hours=25))
    assert len(list(periods(PeriodKind.HOUR, long.start, long.end, BERLIN))) == 25


def test_the_days_of_a_quarter_are_its_local_dates() -> None:
    days = period_of(PeriodKind.QUARTER, datetime(2026, 2, 10, tzinfo=UTC), SHANGHAI).days()
    assert (days[0], days[-1], len(days)) == (date(2026, 1, 1), date(2026, 3, 31), 90)


def test_a_period_that_just_ended_is_closed() -> None:
    midnight = datetime(2026, 11, 24, 16, tzinfo=UTC)
    assert last_closed(PeriodKind.DAY, midnight, SHANGHAI).name == "2026-11-24"
    assert last_closed(PeriodKind.DAY, midnight - datetime.resolution, SHANGHAI).name == "2026-11-23"


@given(INSTANTS, ZONES, st.sampled_from([k for k in PeriodKind if k is not PeriodKind.HOUR]))
def test_periods_tile_the_time(instant: datetime, tz: ZoneInfo, kind: PeriodKind) -> None:
    found = period_of(kind, instant, tz)
    after = following(found, tz)
    assert instant in found
    assert after.start == found.end
    assert last_closed(kind, found.end, tz) == found
    assert period_of(kind, found.start, tz) == found
