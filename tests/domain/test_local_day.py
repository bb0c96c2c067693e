"""The local day of an instant, whatever was asked before."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from domain.local_day import LocalDays

ZONES = [ZoneInfo(name) for name in ("Asia/Shanghai", "Asia/Kolkata", "Europe/Berlin", "America/St_Johns")]
INSTANTS = st.datetimes(datetime(2025, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis adds the zone


@given(st.sampled_from(ZONES), st.lists(INSTANTS, min_size=1))
def test_a_day_is_what_the_zone_says_whatever_was_asked_before(zone: ZoneInfo, instants: list[datetime]) -> None:
    days = LocalDays(zone, instants[0])
    for at in instants:
        found = days.of(at)
        assert found.day == at.astimezone(zone).date()
        assert found.first_of_month == found.day.replace(day=1)
        assert found.start <= at < found.end
        assert found.start.astimezone(zone).time() == found.end.astimezone(zone).time() == datetime.min.time()


def test_days_end_where_the_next_one_starts_also_when_clocks_change() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    days = LocalDays(berlin, datetime(2026, 3, 28, 12, tzinfo=UTC))
    short = days.of(datetime(2026, 3, 29, 12, tzinfo=UTC))
    assert (short.day, short.end - short.start) == (date(2026, 3, 29), timedelta(hours=23))
    assert days.of(short.end).start == short.end
    assert days.of(short.end - timedelta(microseconds=1)) == short
