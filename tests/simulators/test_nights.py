from datetime import UTC, date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.citytime import JINAN
from domain.lighting import HalfNight, NightTimes, Timetable
from simulators.jinan.timetable import TIMETABLE
from simulators.nights import DIM_LEVEL, PATTERNS, Nights

NIGHTS = Nights(JINAN, TIMETABLE)
INSTANTS = st.floats(datetime(2026, 1, 2, tzinfo=UTC).timestamp(), datetime(2027, 6, 1, tzinfo=UTC).timestamp())


def at(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=JINAN.tz).timestamp()


def test_lamps_go_on_after_sunset_and_off_before_sunrise() -> None:
    night = NIGHTS.night(date(2026, 11, 23))  # sunset 16:58, sunrise 06:59

    assert abs(night.on - at("2026-11-23 17:06")) < 90
    assert abs(night.off - at("2026-11-24 06:42")) < 90
    assert NIGHTS.level("all_night", night.on - 1) == 0
    assert NIGHTS.level("all_night", night.on) == 100
    assert NIGHTS.level("all_night", night.off) == 0


def test_in_winter_alternate_lamps_pause_from_half_past_ten_until_an_hour_before_off() -> None:
    night = NIGHTS.night(date(2026, 11, 23))

    assert NIGHTS.level("alternate", at("2026-11-23 22:29")) == 100
    assert NIGHTS.level("alternate", at("2026-11-23 22:31")) == 0
    assert NIGHTS.level("alternate", night.off - 3601) == 0
    assert NIGHTS.level("alternate", night.off - 3599) == 100


def test_in_summer_alternate_lamps_stay_off_from_half_past_eleven() -> None:
    assert NIGHTS.level("alternate", at("2026-07-01 23:29")) == 100
    assert NIGHTS.level("alternate", at("2026-07-02 04:20")) == 0


def test_dimmed_lamps_burn_lower_from_midnight_to_five() -> None:
    assert NIGHTS.level("dimmed", at("2026-11-23 23:59")) == 100
    assert NIGHTS.level("dimmed", at("2026-11-24 00:01")) == DIM_LEVEL
    assert NIGHTS.level("dimmed", at("2026-11-24 05:01")) == 100


def test_a_row_of_the_yearly_table_wins_over_the_sun() -> None:
    evening = datetime.fromisoformat("2022-03-16T18:08").time(), datetime.fromisoformat("2022-03-17T06:05").time()
    table = Timetable("t", "t", half_night=HalfNight(), nights=(NightTimes(date(2022, 3, 16), *evening),))
    night = Nights(JINAN, table).night(date(2022, 3, 16))

    assert (night.on, night.off) == (at("2022-03-16 18:08"), at("2022-03-17 06:05"))


def test_without_half_night_alternate_lamps_burn_all_night() -> None:
    nights = Nights(JINAN, Timetable("t", "t"))

    assert nights.level("alternate", at("2026-11-24 02:00")) == 100


@given(INSTANTS)
def test_the_next_edge_is_where_some_level_changes_first(t: float) -> None:
    edge = NIGHTS.next_edge(t)

    assert edge > t
    assert any(NIGHTS.level(p, edge) != NIGHTS.level(p, edge - 1) for p in PATTERNS)
    middle = t + (edge - t) / 2
    assert all(NIGHTS.level(p, middle) == NIGHTS.level(p, t) for p in PATTERNS)


@settings(max_examples=40)
@given(INSTANTS, st.floats(1, 30 * 86400), st.sampled_from(PATTERNS))
def test_lit_hours_only_grow_and_never_faster_than_time(t: float, passed: float, pattern: str) -> None:
    before, after = NIGHTS.lit(pattern, t), NIGHTS.lit(pattern, t + passed)

    assert before[0] <= after[0] <= before[0] + passed / 3600 + 1e-6
    assert after[1] - before[1] <= after[0] - before[0] + 1e-6


def test_a_year_has_some_four_thousand_lit_hours() -> None:
    start = datetime(2026, 1, 1, 4, tzinfo=UTC)
    years = [NIGHTS.lit("all_night", (start + timedelta(days=days)).timestamp())[0] for days in (0, 365)]

    assert 4_050 < years[1] - years[0] < 4_250


def test_nothing_is_counted_before_the_fleet_existed() -> None:
    assert NIGHTS.lit("all_night", at("2019-01-01 22:00")) == (0.0, 0.0)
