"""Months of sections: their figures are confirmed over the month alone, and what differs is computed in full."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.citytime import JINAN
from domain.reading import Reading
from rules.indicator import World
from rules.indicators import INDICATORS
from rules.kept import due
from rules.replay import replay
from store.archive import ParquetArchive
from tests.support.columns import by_rules
from tests.support.past_city import PastCity
from tests.support.rules import CLEAN, FOUL, NO_PLAN, laboratory, local, register, sampled, section, water

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NAMES = [name for name, indicator in INDICATORS.items() if indicator.figures_reach is not None]
FIRST, LAST = local("2026-10-01T00:00"), local("2026-11-01T00:00")
KINDS_OF_MONTH = st.sampled_from(["clean", "foul", "short", "silent", "laboratory"])


def _month(kind: str, device: str, first: str) -> list[Reading]:
    start = local(f"{first}-01T00:00")
    if kind == "laboratory":
        return [sampled(start + 9 * DAY, FOUL, "lab1")]
    values: Mapping[str, float] = FOUL if kind == "foul" else CLEAN
    days = {"silent": 0, "short": 12}.get(kind, 28)
    return [water(device, start + n * DAY + h * HOUR, dict(values)) for n in range(days) for h in range(1, 24, 5)]


@pytest.mark.parametrize("name", NAMES)
@settings(deadline=None, max_examples=6)
@given(kinds=st.lists(KINDS_OF_MONTH, min_size=6, max_size=6))
def test_what_lies_before_the_month_changes_no_figure(name: str, *, kinds: list[str]) -> None:
    months = ("2026-08", "2026-09", "2026-10")
    readings = [
        reading
        for (device, month), kind in zip(((d, m) for d in ("s1", "s2") for m in months), kinds, strict=True)
        for reading in _month(kind, device, month)
    ]
    devices = (section("s1", river="小清河", section_set="all"), section("s2", river="小清河"), laboratory())
    world, indicator = World(register(*devices), NO_PLAN, JINAN), INDICATORS[name]
    assert indicator.figures_reach is not None
    dues = list(due(indicator, local("2026-10-01T00:00"), LAST + DAY, JINAN.tz))
    assert len(dues) == 2
    short = replace(indicator, lookback={"figures": indicator.figures_reach})
    assert by_rules(short, dues, readings, world) == by_rules(indicator, dues, readings, world)


@pytest.mark.parametrize("right", [True, False])
def test_a_month_is_confirmed_by_its_figures_or_computed_in_full(tmp_path: Path, *, right: bool) -> None:
    city, indicator = PastCity(tmp_path, publishes=False), INDICATORS["section_period_class"]
    archive = ParquetArchive(tmp_path / "archive")
    archive.complete(LAST + 5 * DAY)
    world = World(city.operational.register.load(), NO_PLAN, JINAN)
    (only,) = replay(indicator, list(due(indicator, LAST, LAST + DAY, JINAN.tz)), archive.window, world)
    wrong = replace(only.found[0], measure=replace(only.found[0].measure, unknown=9))
    city.operational.measures.publish([only.found[0] if right else wrong, *only.found[1:]], LAST)
    outcome = city.run(start=FIRST, end=LAST, indicators=("section_period_class",))
    how = {"columns": 0, "figures": int(right), "rules": int(not right)}
    assert outcome.totals()["computed_by"] == {"section_period_class": how}
    assert [d["differs"] for d in outcome.differences] == ([] if right else ["figures"])
