"""The board of lamps under many indicators: any order, restarts, changed registers; tallies of parts are the whole."""

import json
from datetime import timedelta
from functools import reduce
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from domain.citytime import JINAN
from domain.device import AssetState, DeviceVersion
from domain.lighting import LightingPlan
from domain.reading import Reading
from domain.register import Register
from domain.scope import CITY
from rules.indicators import INDICATORS
from rules.lighting.board import LampBoard
from rules.lighting.tally import LampTally, StockTally
from rules.live import City
from tests.support.lighting import NIGHT, PLAN, project
from tests.support.recompute import assert_live_equals_recompute
from tests.support.rules import lamp, power, register, version

MINUTE = timedelta(minutes=1)
NAMES = [f"l{n}" for n in range(5)]
ON_BOARD = [
    *("day_burning", "led_share", "light_installation_rate", "light_on_rate", "remote_control_share"),
    *("road_sections_lit", "small_road_dark", "underpass_lighting"),
]
STATES = [AssetState.IN_SERVICE, AssetState.IN_SERVICE, AssetState.MAINTENANCE, AssetState.BUILT_NOT_HANDED_OVER]
LAMPS = st.lists(
    st.builds(
        lambda name, road, state, use, control, source, bridge: lamp(
            *(name,), road=road, state=state, lighting_use=use, control=control, light_source=source,
            underpass=bridge != "", underpass_name=bridge,
        ),
        st.sampled_from(NAMES),
        st.sampled_from(["经十路", "历山路"]),
        st.sampled_from([*STATES, AssetState.SCRAPPED]),
        st.sampled_from(["functional", "functional", "landscape"]),
        st.sampled_from(["single_lamp", "circuit", "none", ""]),
        st.sampled_from(["led", "sodium", ""]),
        st.sampled_from(["", "", "up-1", "up-2"]),
    ),
    max_size=5,
    unique_by=lambda d: d.id,
)  # fmt: skip
PROJECTS = st.lists(
    st.builds(
        lambda n, road, works, planned: project(f"p{n}", road=road, works=works, lamps_planned=planned),
        st.integers(0, 3),
        st.sampled_from(["经十路", "历山路", "纬二路"]),
        st.sampled_from(["new", "lamps_added"]),
        st.sampled_from([0, 1, 2, ""]),
    ),
    max_size=3,
    unique_by=lambda d: d.id,
)
REGISTERS = st.tuples(LAMPS, PROJECTS).map(lambda found: register(*found[0], *found[1]))
READINGS = st.lists(
    st.builds(
        power,
        st.sampled_from(NAMES),
        st.integers(-30 * 60, 14 * 60).map(lambda minute: NIGHT + minute * MINUTE),
        st.sampled_from([None, 0.0, 100.0]),
    ),
    max_size=20,
    unique_by=lambda r: (r.device, r.at),
)


@given(READINGS, REGISTERS, REGISTERS, st.randoms(use_true_random=False))
def test_every_indicator_on_the_board_ends_as_if_computed_anew(
    readings: list[Reading], first: Register, second: Register, random: Random
) -> None:
    worlds, strides = [(first, PLAN), (second, PLAN)], [n * MINUTE for n in (1, 20, 41, 600)]
    assert_live_equals_recompute(readings, worlds, random, ON_BOARD, start=NIGHT - 60 * MINUTE, strides=strides)


def _board(of: Register, plan: LightingPlan, readings: list[Reading]) -> LampBoard:
    city = City(of, plan, JINAN, {name: INDICATORS[name] for name in ON_BOARD})
    city.advance(NIGHT)
    for reading in readings:
        city.apply(reading)
    (board,) = city._boards.values()
    assert isinstance(board, LampBoard)
    return board


@given(READINGS, REGISTERS, st.randoms(use_true_random=False))
def test_tallies_of_disjoint_lamps_merge_to_that_of_the_whole(
    readings: list[Reading], whole: Register, random: Random
) -> None:
    parts: list[list[DeviceVersion]] = [[], [], []]
    for timeline in whole.timelines():
        parts[random.randrange(3)].extend(timeline)
    boards = [_board(Register.of(part), PLAN, readings) for part in parts]
    together = _board(whole, PLAN, readings)
    stocks = [board.stock(CITY) for board in boards]
    assert reduce(StockTally.merged, stocks) == reduce(StockTally.merged, stocks[::-1]) == together.stock(CITY)
    lights = [board.tally(CITY) for board in boards]
    assert reduce(LampTally.merged, lights) == reduce(LampTally.merged, lights[::-1]) == together.tally(CITY)
    assert LampTally.load(json.loads(json.dumps(together.tally(CITY).dump()))) == together.tally(CITY)
    assert StockTally.load(json.loads(json.dumps(together.stock(CITY).dump()))) == together.stock(CITY)


def test_all_indicators_of_lamps_look_at_one_board_and_each_is_told_what_changed() -> None:
    city = City(register(lamp()), PLAN, JINAN, {name: INDICATORS[name] for name in ON_BOARD})
    city.advance(NIGHT)
    assert list(city._boards) == ["lamps"]
    city.take_dirty()
    city.apply(power("l1", NIGHT))
    told = {name for name, scope in city.take_dirty() if scope == CITY}
    assert told == set(ON_BOARD) - {"small_road_dark"}
    assert {name for name, _ in city.take_dirty()} == set()


def test_versions_of_a_register_change_what_stands_on_a_road() -> None:
    later = version(lamp("l2"), start=NIGHT + MINUTE)
    city = City(register(lamp("l1"), later, project(lamps_planned=2)), PLAN, JINAN)
    assert city.measure("light_installation_rate", CITY, NIGHT).value == 0.0
    assert city.measure("light_installation_rate", CITY, NIGHT + MINUTE).value == 100.0
