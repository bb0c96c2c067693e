"""Heavy-pollution warnings: levels of episodes, start, upgrade, downgrade, end; always a proposal."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.standards.heavy_pollution import Action, Day, Level, Proposal, propose
from tests.support.rules import local

NOW = local("2026-12-10T00:00")
DAY = timedelta(days=1)
CLEAN = (60, 60)


def _propose(current: Level, past: tuple[int | None, ...], coming: tuple[int | None, ...]) -> Proposal:
    observed = [Day(NOW - (len(past) - 1 - n) * DAY, aqi) for n, aqi in enumerate(past)]
    forecast = [Day(NOW + (n + 1) * DAY, aqi) for n, aqi in enumerate(coming)]
    return propose(current, observed, forecast, NOW)


@pytest.mark.parametrize(
    ("coming", "level"),
    [
        ((200, 60), Level.NONE),
        ((201, 60), Level.YELLOW),
        ((151, 60), Level.NONE),
        ((151, 150, 151), Level.NONE),
        ((151, 151), Level.YELLOW),
        ((151, 201), Level.YELLOW),
        ((151, 151, 151), Level.ORANGE),
        ((201, 201), Level.ORANGE),
        ((201, 150, 201), Level.YELLOW),
        ((201, 201, 201), Level.ORANGE),
        ((201, 300, 201), Level.ORANGE),
        ((201, 301, 201), Level.RED),
        ((301, 301), Level.ORANGE),
        ((201, 201, 160, 301), Level.ORANGE),
        ((500, 60), Level.YELLOW),
        ((201, None, 201), Level.YELLOW),
    ],
)
def test_a_forecast_reaches_the_level_of_its_days_in_a_row(coming: tuple[int | None, ...], level: Level) -> None:
    found = _propose(Level.NONE, (60,), coming)
    assert found.level is level
    assert found.action is (Action.START if level else Action.KEEP)


def test_days_that_went_before_count_for_an_episode_that_goes_on() -> None:
    assert _propose(Level.YELLOW, (60, 210), (210, 60)).level is Level.ORANGE
    assert _propose(Level.ORANGE, (310, 210), (210, 60)).level is Level.RED
    over = _propose(Level.NONE, (310, 310, 310, 60), CLEAN)
    assert (over.action, over.level) == (Action.KEEP, Level.NONE)


def test_a_level_above_the_one_in_force_is_an_upgrade() -> None:
    found = _propose(Level.YELLOW, (160, 160), (160,))
    assert (found.action, found.level) == (Action.UPGRADE, Level.ORANGE)
    assert found.begin == NOW - 2 * DAY
    assert found.short_notice


def test_a_warning_comes_48_hours_ahead_or_at_once() -> None:
    ahead = _propose(Level.NONE, (60,), (60, 60, 210))
    assert (ahead.begin, ahead.short_notice) == (NOW + 2 * DAY, False)
    sudden = _propose(Level.NONE, (60,), (60, 210))
    assert (sudden.begin, sudden.short_notice) == (NOW + DAY, True)
    unforeseen = _propose(Level.NONE, (60, 210), CLEAN)
    assert (unforeseen.action, unforeseen.short_notice) == (Action.START, True)


def test_a_warning_ends_when_it_is_better_now_and_for_the_next_36_hours() -> None:
    found = _propose(Level.RED, (310, 210, 210, 100), CLEAN)
    assert (found.action, found.level) == (Action.END, Level.NONE)
    assert "36 h" in found.reason
    assert _propose(Level.RED, (310, 210, 210), CLEAN).action is Action.KEEP


@pytest.mark.parametrize(
    ("past", "coming", "reason"),
    [
        ((210, 100), (60,), "the forecast does not reach 36 h ahead"),
        ((210, 100), (), "the forecast does not reach 36 h ahead"),
        ((210, None), (60, 60), "a day is not known"),
        ((210, 100), (60, None), "a day is not known"),
        ((), (60, 60), "the last 24 h are not known"),
    ],
)
def test_what_is_not_known_keeps_the_level(
    past: tuple[int | None, ...], coming: tuple[int | None, ...], reason: str
) -> None:
    found = _propose(Level.YELLOW, past, coming)
    assert (found.action, found.level, found.reason) == (Action.KEEP, Level.YELLOW, reason)


def test_a_last_day_that_is_long_ago_keeps_the_level() -> None:
    forecast = [Day(NOW + n * DAY, 60) for n in (1, 2)]
    old = propose(Level.YELLOW, [Day(NOW - DAY, 60)], forecast, NOW)
    assert (old.action, old.reason) == (Action.KEEP, "the last 24 h are not known")
    gap = propose(Level.YELLOW, [Day(NOW, 60)], [forecast[1]], NOW)
    assert (gap.action, gap.reason) == (Action.KEEP, "a day is not known")


def test_a_level_is_lowered_to_what_still_holds() -> None:
    found = _propose(Level.RED, (310, 210, 210, 160), CLEAN)
    assert (found.action, found.level) == (Action.DOWNGRADE, Level.ORANGE)


def test_a_forecast_that_reaches_just_36_hours_ahead_is_enough_to_end_a_warning() -> None:
    observed = [Day(NOW - DAY, 210), Day(NOW, 60)]
    forecast = [Day(NOW + n * DAY, 60) for n in (1, 2)]
    just = NOW + timedelta(hours=12)
    assert propose(Level.YELLOW, observed, forecast, just).action is Action.END
    later = propose(Level.YELLOW, observed, forecast, just + timedelta(microseconds=1))
    assert (later.action, later.unclear) == (Action.KEEP, "the forecast does not reach 36 h ahead")


def test_a_proposal_says_why_and_since_when_its_own_level_is_asked_for() -> None:
    start = _propose(Level.NONE, (60,), (201, 60))
    assert (start.reason, start.begin, start.short_notice) == ("the days reach 黄色预警(Ⅲ级响应)", NOW, True)
    held = _propose(Level.YELLOW, (60,), (201, 60))
    assert (held.action, held.reason, held.begin, held.short_notice) == (Action.KEEP, "", NOW, False)
    unsure = _propose(Level.RED, (210, 100), (60,))
    assert (unsure.level, unsure.begin) == (Level.RED, None)
    over = _propose(Level.RED, (310, 210, 210, 100), CLEAN)
    assert (over.reason, over.begin) == ("below 红色预警(Ⅰ级响应) now and for the next 36 h", None)


def test_of_two_episodes_that_ask_for_the_same_level_the_first_tells_its_beginning() -> None:
    assert _propose(Level.NONE, (60,), (60, 210, 60, 210)).begin == NOW + DAY
    # one day above 200 within two above 150: the day above 200 is asked first
    assert _propose(Level.NONE, (60,), (160, 210)).begin == NOW + DAY


def test_a_second_episode_close_by_keeps_the_warning() -> None:
    assert _propose(Level.YELLOW, (210, 100), (60, 60, 210)).action is Action.KEEP


def test_ozone_and_dust_give_a_notice_and_no_level() -> None:
    dust = [Day(NOW + n * DAY, 400, pm25=False) for n in (1, 2, 3)]
    found = propose(Level.NONE, [Day(NOW, 60)], dust, NOW)
    assert (found.action, found.level, found.health_notice) == (Action.KEEP, Level.NONE, True)
    assert not _propose(Level.NONE, (60,), (400,)).health_notice


@pytest.mark.parametrize(("ago", "aqi", "notice"), [(0, 201, True), (0, 200, False), (1, 400, False)])
def test_a_notice_is_for_the_last_day_and_those_to_come(ago: int, aqi: int, *, notice: bool) -> None:
    observed = [Day(NOW - n * DAY, aqi if n == ago else 60, pm25=n != ago) for n in (1, 0)]
    assert propose(Level.NONE, observed, [Day(NOW + DAY, 60)], NOW).health_notice is notice


def test_days_that_overlap_are_an_error() -> None:
    with pytest.raises(ValueError, match="overlap or are out of order"):
        propose(Level.NONE, [Day(NOW, 60)], [Day(NOW + timedelta(hours=23), 60)], NOW)


def test_levels_have_their_official_names() -> None:
    assert [level.name_zh[:2] for level in Level] == ["无预", "黄色", "橙色", "红色"]


AQIS = st.lists(st.integers(0, 500), min_size=2, max_size=8)


@given(AQIS, st.integers(0, 7), st.integers(0, 200), st.integers(1, 6))
def test_worse_air_never_asks_for_less_and_what_is_proposed_is_stable(
    aqis: list[int], where: int, more: int, cut: int
) -> None:
    cut = min(cut, len(aqis) - 1)
    found = _propose(Level.NONE, tuple(aqis[:cut]), tuple(aqis[cut:]))
    aqis[where % len(aqis)] += more
    assert _propose(Level.NONE, tuple(aqis[:cut]), tuple(aqis[cut:])).level >= found.level
    again = _propose(found.level, tuple(aqis[:cut]), tuple(aqis[cut:]))
    assert again.level >= found.level
