"""Months of air by columns say what the scalar rules say: too few days, another edition, stations that come and go."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.citytime import JINAN
from domain.device import AssetState, DeviceVersion
from domain.reading import Reading
from rules.columnar.kernels import KERNELS
from rules.indicator import World
from tests.rules.columnar.test_kernels_equal_rules import check, dues_of, register_of
from tests.support.air import CLEAN_AIR, air, station
from tests.support.columns import by_columns, figures
from tests.support.rules import NO_PLAN, local, version

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NAMES = ("good_air_days", "air_period_mean", "air_composite_index")
STATIONS = ("a0", "a1", "a2", "a3")
VALUES = st.fixed_dictionaries(
    dict.fromkeys(("pm25", "pm10", "so2", "no2", "co", "o3"), st.integers(0, 3000).map(lambda n: n / 10))
)


class Said(NamedTuple):
    """What a station says of a month: a few kinds of days in turn, and the days on which something is wrong."""

    kinds: list[dict[str, float]]
    silent: frozenset[int]
    short: frozenset[int]
    """Days with 19 hours: too few for a mean."""
    without: frozenset[int]
    """Days on which one pollutant is not measured."""


SAID = st.builds(
    Said,
    st.lists(VALUES, min_size=1, max_size=5),
    st.frozensets(st.integers(1, 31), max_size=3),
    st.frozensets(st.integers(1, 31), max_size=2),
    st.frozensets(st.integers(1, 31), max_size=2),
)


def _readings(name: str, said: Said, first: date, days: int) -> Iterator[Reading]:
    start = local(f"{first.isoformat()}T00:00")
    for n in range(days):
        if n + 1 in said.silent:
            continue
        values = said.kinds[n % len(said.kinds)]
        if n + 1 in said.without:
            values = {metric: value for metric, value in values.items() if metric != "so2"}
        for hour in range(6 if n + 1 in said.short else 1, 25):
            yield air(name, start + n * DAY + hour * HOUR, {**values, "o3": values["o3"] + hour})


def _versions(stations: Sequence[str], *, one_idle: bool, one_late: bool) -> list[DeviceVersion]:
    early = local("2025-01-01T00:00")
    found = [version(station(name, background=name == "a3"), early) for name in stations]
    if one_idle:
        found.append(version(station(stations[0], state=AssetState.MAINTENANCE), local("2026-02-20T09:00")))
    if one_late:
        found[-1] = version(found[-1].device, local("2026-02-03T00:00"))
    return found


@pytest.mark.parametrize("name", NAMES)
@settings(deadline=None, max_examples=8)
@given(said=st.lists(SAID, min_size=1, max_size=4), one_idle=st.booleans(), one_late=st.booleans())
def test_february_and_the_month_in_which_the_edition_of_2026_begins(
    name: str, *, said: list[Said], one_idle: bool, one_late: bool
) -> None:
    stations = STATIONS[: len(said)]
    readings = [
        reading
        for device, of_it in zip(stations, said, strict=True)
        for first, days in ((date(2026, 2, 1), 28), (date(2026, 3, 1), 31))
        for reading in _readings(device, of_it, first, days)
    ]
    world = World(register_of(_versions(stations, one_idle=one_idle, one_late=one_late)), NO_PLAN, JINAN)
    dues = dues_of(name, "2026-02-28T00:00", 2)
    assert [due.period.name for due in dues] == ["2026-02", "2026-03"]
    check(name, dues, readings, world, all_judged=True)


def test_a_full_month_has_a_value_and_one_with_a_day_too_few_has_none() -> None:
    clean = Said([CLEAN_AIR], frozenset(), frozenset(), frozenset())
    world = World(register_of([version(station("a0"), local("2025-01-01T00:00"))]), NO_PLAN, JINAN)
    for silent, valued in ((frozenset({1, 2, 3}), True), (frozenset({1, 2, 3, 4}), False)):
        readings = list(_readings("a0", clean._replace(silent=silent), date(2026, 2, 1), 28))
        for name in NAMES:
            (due,) = dues_of(name, "2026-02-28T00:00", 1)
            found = by_columns(KERNELS[name], [due], readings, world)
            value, *counts = figures(found, 0)["city"]
            assert counts == [28 - len(silent), 28, len(silent)]
            assert (value is not None) == (valued or name == "good_air_days")
