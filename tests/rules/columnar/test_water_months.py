"""What stations say of months, by columns and by the scalar rules: exactly the same, whatever the decimals."""

from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.citytime import JINAN, Place
from domain.device import AssetState
from domain.period import Period, PeriodKind, periods
from domain.reading import Reading
from rules.columnar.water_months import station_months
from rules.indicator import World
from rules.standards.gb3838 import AUTO5
from rules.water.month import SILENT, StationMonth, station_month
from rules.water.samples import Sample, Samples, valid_values
from tests.rules.columnar.test_kernels_equal_rules import register_of
from tests.support.columns import table
from tests.support.rules import NO_PLAN, local, section, version, water

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
START = local("2026-10-01T00:00")
BERLIN = Place("Europe/Berlin", 52.5, 13.4)
"""Where a day of October has 25 hours."""
POOLS = {
    "ph": [0.0, 6.99, 7.0, 7.01, 8.123456789, 14.0],
    "do": [0.0, 5.0, 7.5, 8.25],
    "codmn": [2.0, 3.3333, 15.1],
    "nh3n": [0.02, 0.15, 0.1500001, 1.005],
    "tp": [0.0, 0.05, 123456.75],
}
VALUES = st.fixed_dictionaries({}, optional={item: st.sampled_from(pool) for item, pool in POOLS.items()})
SECTIONS = ("s0", "s1", "s2")
SAMPLE_DAYS = st.lists(
    st.builds(
        lambda name, day, hours, values, other, faults, revision: [
            water(
                name,
                START + day * DAY + hour * HOUR - (hour % 2) * timedelta(seconds=1),
                values if hour % 3 else other,
                faults if hour == 8 else (),
                revision,
            )
            for hour in sorted(hours)
        ],
        st.sampled_from([*SECTIONS, "stranger"]),
        st.sampled_from([-1, 0, 1, 2, 24, 30, 31, 60, 61]),
        st.frozensets(st.integers(-8, 25), min_size=3, max_size=9),
        VALUES,
        VALUES,
        st.sampled_from([(), ("maintenance",), ("instrumentFault", "stopped")]),
        st.integers(0, 1),
    ),
    max_size=12,
)
VERSIONS = st.lists(
    st.builds(
        lambda name, hours, state: version(section(name, state=state), START + hours * HOUR),
        st.sampled_from(SECTIONS),
        st.sampled_from([-2000, -2000, 8, 25, 26, 750]),
        st.sampled_from([AssetState.IN_SERVICE, AssetState.IN_SERVICE, AssetState.MAINTENANCE]),
    ),
    max_size=7,
    unique_by=lambda v: (v.device.id, v.valid_from),
).map(register_of)


def by_rules(
    readings: Sequence[Reading], months: Sequence[Period], world: World
) -> dict[str, dict[date, StationMonth]]:
    """What the samples of each section say, month by month; none of silent months."""
    found: dict[str, dict[date, StationMonth]] = {}
    for section_id in SECTIONS:
        for month in months:
            samples = Samples()
            for reading in readings:
                day = reading.at.astimezone(world.place.tz).date()
                if reading.device == section_id and day in month.days():
                    samples.put(day, reading.at, Sample(reading.revision, valid_values(reading)))

            def counts(at: object, of: str = section_id) -> bool:
                known = world.register.at(of, at)  # type: ignore[arg-type]
                return known is not None and known.state is AssetState.IN_SERVICE

            said = station_month(samples, month.days(), counts)
            if said != SILENT:
                found.setdefault(section_id, {})[month.first_day] = said
    return found


@pytest.mark.parametrize("place", [JINAN, BERLIN], ids=["Jinan", "Berlin"])
@settings(deadline=None, max_examples=100)
@given(days=SAMPLE_DAYS, register=VERSIONS)
def test_days_and_means_of_stations(place: Place, days: list[list[Reading]], register: object) -> None:
    readings = [reading for day in days for reading in day]
    world = World(register, NO_PLAN, place)  # type: ignore[arg-type]
    months = list(periods(PeriodKind.MONTH, START + 8 * HOUR, START + 40 * DAY, place.tz))
    assert [m.name for m in months] == ["2026-10", "2026-11"]
    found = station_months(table("river_section", readings, AUTO5), months, world)
    assert found == by_rules(readings, months, world)


def test_the_mean_of_many_hydrogen_ions_is_exact_to_the_last_digit() -> None:
    world = World(register_of([version(section("s0"))]), NO_PLAN, JINAN)
    months = list(periods(PeriodKind.MONTH, START, START + DAY, JINAN.tz))
    readings = [water("s0", START + n * HOUR, {"ph": (n * 37 % 1400) / 100}) for n in range(24 * 31)]
    found = station_months(table("river_section", readings, AUTO5), months, world)
    assert found == by_rules(readings, months, world)
    assert found["s0"][date(2026, 10, 1)].days == {"ph": 31}
