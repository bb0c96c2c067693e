"""Sorted replay ≡ the live city in any order of arrival ≡ each instant recomputed alone, for every kept period."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.citytime import JINAN, Place
from domain.lighting import LightingPlan
from domain.reading import Reading
from domain.register import Register
from rules.indicator import World
from rules.indicators import INDICATORS
from rules.kept import Calendar, due, kept_scopes, take
from rules.live import City, at_instant
from rules.replay import Window, replay
from tests.rules.test_live_equals_recompute import (
    AIR_READINGS,
    LAMP_READINGS,
    LAMP_WORLDS,
    MIDNIGHT,
    NIGHT,
    START,
    STATIONS,
    _month_of_readings,
)
from tests.rules.test_live_equals_recompute import SECTIONS as RIVER_SECTIONS
from tests.support.rules import NO_PLAN, register

HOUR = timedelta(hours=1)
BERLIN = Place("Europe/Berlin", 52.52, 13.4)


def window_of(readings: Iterable[Reading]) -> Window:
    held = list(readings)

    def window(kind: str, start: datetime, end: datetime) -> Iterable[Reading]:
        return [r for r in held if r.kind == kind and start <= r.at < end]

    return window


def all_ways_agree(
    kind: str, readings: list[Reading], world: World, span: tuple[datetime, datetime], random: Random
) -> None:
    """Measure every due instant live, as deliveries come in any order, by replay, and each for itself."""
    start, end = span
    indicators = {n: i for n, i in INDICATORS.items() if kind in i.kinds}
    tz, window = world.place.tz, window_of(readings)
    live = City(world.register, world.lighting, world.place)
    live.advance(start)
    coming = readings + random.sample(readings, len(readings) // 3)
    random.shuffle(coming)
    for reading in coming:  # those from the future wait
        live.apply(reading)
    calendar, at = Calendar(indicators, tz), start
    measured = {}
    while (at := calendar.next_after(at)) <= end:
        live.advance(at)
        for each in calendar.at(at):
            indicator = indicators[each.indicator]
            scopes = kept_scopes(live, indicator)
            measured[each] = [take(live, indicator, each.period, s, world.lighting.version) for s in scopes]
    assert measured
    for indicator in indicators.values():
        dues = list(due(indicator, start, end, tz))
        for replayed in replay(indicator, dues, window, world):
            assert list(replayed.found) == measured[replayed.due]
            alone = at_instant(indicator.name, replayed.due.at, readings, world.register, world.lighting, world.place)
            scopes = kept_scopes(alone, indicator)
            again = [take(alone, indicator, replayed.due.period, s, world.lighting.version) for s in scopes]
            assert again == list(replayed.found)


@given(LAMP_READINGS, LAMP_WORLDS, st.randoms(use_true_random=False))
def test_lamps_hour_by_hour(readings: list[Reading], world: tuple[Register, LightingPlan], random: Random) -> None:
    all_ways_agree("streetlight", readings, World(*world, JINAN), (NIGHT - 2 * HOUR, NIGHT + 4 * HOUR), random)


@settings(max_examples=30)
@given(AIR_READINGS, st.randoms(use_true_random=False))
def test_stations_hour_by_hour_over_the_change_of_edition(readings: list[Reading], random: Random) -> None:
    world = World(register(*STATIONS.values()), NO_PLAN, JINAN)
    all_ways_agree("air_station", readings, world, (MIDNIGHT - 6 * HOUR, MIDNIGHT + 30 * HOUR), random)


@settings(max_examples=12)
@given(st.integers(0, 2**32))
def test_sections_day_by_day_over_a_month_and_over_the_end_of_summer_time(seed: int) -> None:
    random = Random(seed)
    readings = _month_of_readings(random)
    world = World(register(*RIVER_SECTIONS.values()), NO_PLAN, random.choice([JINAN, BERLIN]))
    span = START + timedelta(days=23), START + timedelta(days=34)
    all_ways_agree("river_section", readings, world, span, random)
