"""One character for each device: lit, dark, burning by day, off, fresh, unknown, out of service."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.citytime import JINAN
from domain.device import AssetState
from domain.lighting import LightingPlan, OverrideAction
from domain.reading import Reading
from domain.register import Register
from rules.indicator import World
from rules.signs import SignBoard
from tests.support.rules import BEGINNING, fixed_nights, lamp, local, override, power, register, section, version, water

PLAN = LightingPlan((fixed_nights("2026-02-20"),), ())
NIGHT, DAY = local("2026-02-20T21:00"), local("2026-02-20T12:30")
MINUTE = timedelta(minutes=1)
DUSK = local("2026-02-20T16:30")
LAMPS = register(
    lamp("l1"),
    lamp("l2", half_night="alternate"),
    lamp("l3", underpass=True),
    lamp("l4", state=AssetState.MAINTENANCE),
    version(lamp("l5"), DUSK + 40 * MINUTE),
    version(lamp("l6"), BEGINNING, DUSK + 90 * MINUTE),
)


def world(devices: Register, plan: LightingPlan = PLAN) -> World:
    return World(devices, plan, JINAN)


def shown(devices: Register, said: dict[str, Reading], now: datetime, kind: str = "streetlight") -> str:
    return SignBoard(kind).at(world(devices), said, now).signs


@pytest.mark.parametrize(("now", "expected"), [(NIGHT, "ldux"), (DAY, "boux")])
def test_a_lamp_shows_what_it_does_against_what_it_owes(now: datetime, expected: str) -> None:
    lamps = register(lamp("l1"), lamp("l2"), lamp("l3"), lamp("l4", state=AssetState.MAINTENANCE))
    said = {r.device: r for r in (power("l1", now), power("l2", now, 0.5), power("l3", now - timedelta(minutes=41)))}
    assert shown(lamps, said, now) == expected


def test_other_kinds_are_fresh_or_unknown() -> None:
    said = {"s1": water("s1", NIGHT - timedelta(hours=8))}
    assert shown(register(section("s1"), section("s2")), said, NIGHT, "river_section") == "fu"


Turn = tuple[int, list[tuple[str, int, float]]]
TURNS: st.SearchStrategy[list[Turn]] = st.lists(
    st.tuples(
        st.integers(1, 55),
        st.lists(
            st.tuples(
                st.sampled_from(["l1", "l2", "l3", "l4", "l5", "l6"]), st.integers(0, 50), st.sampled_from([0.0, 100.0])
            )
        ),
    ),
    max_size=12,
)


@given(TURNS)
def test_asked_again_and_again_a_board_says_what_a_new_one_says(turns: list[Turn]) -> None:
    board, now, said = SignBoard("streetlight"), DUSK, dict[str, Reading]()
    for minutes, heard in turns:
        now += minutes * MINUTE
        for ident, ago, watts in heard:
            reading = power(ident, now - ago * MINUTE, watts)
            if ident not in said or said[ident].at < reading.at:
                said[ident] = reading
        assert board.at(world(LAMPS), said, now).signs == shown(LAMPS, said, now)


def test_as_long_as_nothing_changes_the_answer_is_the_same_and_says_since_when() -> None:
    board, said = SignBoard("streetlight"), {"l1": power("l1", NIGHT)}
    first = board.at(world(LAMPS), said, NIGHT)
    said["l1"] = power("l1", NIGHT + MINUTE)
    assert board.at(world(LAMPS), said, NIGHT + MINUTE) is first
    said["l1"] = power("l1", NIGHT + 2 * MINUTE, 0.0)
    dark = board.at(world(LAMPS), said, NIGHT + 2 * MINUTE)
    assert (dark.at, dark.signs[0]) == (NIGHT + 2 * MINUTE, "d")


def test_another_register_or_timetable_counts_at_once() -> None:
    board, said, now = SignBoard("streetlight"), {"l1": power("l1", DAY)}, DAY
    assert board.at(world(register(lamp("l1"))), said, now).signs == "b"
    owed = replace(PLAN, overrides=(override("city", OverrideAction.ON, DAY - MINUTE, DAY + MINUTE),))
    assert board.at(world(register(lamp("l1")), owed), said, now).signs == "l"
    two = board.at(world(register(lamp("l0"), lamp("l1"), number=2), owed), said, now)
    assert (two.signs, two.register_version) == ("ul", 2)
    assert board.at(world(register(lamp("l1"), number=3), owed), said, now + MINUTE).signs == "b"
