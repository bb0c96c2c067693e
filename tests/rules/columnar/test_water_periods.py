"""Closed periods of sections: what columns give in full is what the scalar rules say, to the last detail."""

from collections.abc import Iterator, Mapping
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.citytime import JINAN
from domain.device import AssetState
from domain.reading import Reading
from rules.columnar.kernels import IN_FULL
from rules.indicator import World
from rules.indicators import INDICATORS
from rules.kept import due
from rules.replay import replay
from tests.rules.columnar.test_kernels_equal_rules import register_of
from tests.support.columns import in_full, window_of
from tests.support.rules import CLEAN, FOUL, NO_PLAN, laboratory, local, sampled, section, version, water

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MONTHS = ("2025-10", "2025-11", "2025-12", "2026-01", "2026-02")
DUES = {
    name: list(due(INDICATORS[name], local("2025-12-31T00:00"), local("2026-03-02T00:00"), JINAN.tz))
    for name in IN_FULL
}
"""December, which closes a quarter and the year, and what follows the change of the year."""
SOURCE = {**CLEAN, "sulfate": 100.0, "chloride": 20.0, "nitrate_n": 3.0, "iron": 0.1, "manganese": 0.05, "cod": 14.0}
KINDS_OF_MONTH = st.sampled_from(["clean", "foul", "short", "silent", "acid", "laboratory", "both"])
WORLD = World(
    register_of(
        [
            version(section("s0", river="小清河", section_set="all", basin="黄河")),
            version(section("s1", river="小清河", districts="370102 370103", target_class=2)),
            version(section("s1", river="小清河", state=AssetState.MAINTENANCE), local("2026-02-11T00:00")),
            version(section("s2", river="大明湖", body_type="lake", water_source="锦绣川", protection_zone="first")),
            version(section("s2", river="大明湖", body_type="river", target_synthetic=True), local("2026-01-20T00:00")),
            version(section("s3", river="小清河"), local("2026-01-09T00:00")),
            version(laboratory("lab0", of="s0")),
            version(laboratory("lab2", of="s2")),
            version(laboratory("lab2", of="s1"), local("2026-02-01T00:00")),
        ]
    ),
    NO_PLAN,
    JINAN,
)


def _month(kind: str, device: str, first: str) -> Iterator[Reading]:
    start = local(f"{first}-01T00:00")
    if kind in {"laboratory", "both"}:
        yield sampled(start + 9 * DAY, SOURCE if device == "s2" else {**FOUL, "hg": 0.0002}, f"lab{device[1]}")
    values: Mapping[str, float] = {"foul": FOUL, "acid": {**CLEAN, "ph": 5.5}}.get(kind, CLEAN)
    days = {"silent": 0, "laboratory": 0, "short": 12}.get(kind, 28)
    for n in range(days):
        for hour in range(1, 24, 5):
            yield water(device, start + n * DAY + hour * HOUR, {**values, "nh3n": values["nh3n"] + n / 1000})


@pytest.mark.parametrize("name", list(IN_FULL))
@settings(deadline=None, max_examples=4)
@given(kinds=st.lists(KINDS_OF_MONTH, min_size=20, max_size=20))
def test_measures_with_all_their_details(name: str, *, kinds: list[str]) -> None:
    places = [(device, month) for device in ("s0", "s1", "s2", "s3") for month in MONTHS]
    readings = [r for (device, month), kind in zip(places, kinds, strict=True) for r in _month(kind, device, month)]
    dues = DUES[name]
    assert [each.period.name for each in dues] == ["2025-12", "2026-01", "2026-02"]
    expected = list(replay(INDICATORS[name], dues, window_of(readings), WORLD))
    assert all(each.found for each in expected)
    assert in_full(INDICATORS[name], dues, readings, WORLD) == expected
