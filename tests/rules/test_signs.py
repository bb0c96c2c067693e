"""One character for each device: lit, dark, burning by day, off, fresh, unknown, out of service."""

from datetime import datetime, timedelta

import pytest

from domain.citytime import JINAN
from domain.device import AssetState
from domain.lighting import LightingPlan
from rules.lighting.schedule import Schedule
from rules.signs import signs
from tests.support.rules import fixed_nights, lamp, local, power, register, section, water

PLAN = LightingPlan((fixed_nights("2026-02-20"),), ())
NIGHT, DAY = local("2026-02-20T21:00"), local("2026-02-20T12:30")


@pytest.mark.parametrize(("now", "expected"), [(NIGHT, "ldux"), (DAY, "boux")])
def test_a_lamp_shows_what_it_does_against_what_it_owes(now: datetime, expected: str) -> None:
    world = register(lamp("l1"), lamp("l2"), lamp("l3"), lamp("l4", state=AssetState.MAINTENANCE))
    said = {r.device: r for r in (power("l1", now), power("l2", now, 0.5), power("l3", now - timedelta(minutes=41)))}
    assert signs(world, "streetlight", said.get, Schedule(PLAN, JINAN), now) == expected


def test_other_kinds_are_fresh_or_unknown() -> None:
    world = register(section("s1"), section("s2"))
    said = {"s1": water("s1", NIGHT - timedelta(hours=8))}
    assert signs(world, "river_section", said.get, Schedule(PLAN, JINAN), NIGHT) == "fu"
