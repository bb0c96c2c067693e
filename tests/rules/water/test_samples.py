"""Samples of a section by local day: what counts, what replaces what, and what a day's mean is."""

import json
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.citytime import JINAN
from rules.standards.water_evaluation import hydrogen
from rules.water.samples import LABORATORY_ITEMS, Sample, Samples, valid_values
from tests.support.rules import CLEAN, local, water

DAY = date(2026, 11, 1)
MIDNIGHT = local("2026-11-01T00:00")
HOUR = timedelta(hours=1)
TZ = JINAN.tz


def _always(at: datetime) -> bool:
    return at is not None


def _filled(*ammonia: float | None) -> Samples:
    samples = Samples()
    for n, value in enumerate(ammonia):
        values = None if value is None else {"nh3n": value}
        samples.put(DAY, MIDNIGHT + 4 * n * HOUR, Sample(0, values))
    return samples


def test_a_day_needs_four_values_of_an_item() -> None:
    assert _filled(0.1, 0.2, 0.3).means(DAY, _always) == {}
    assert _filled(0.1, 0.2, 0.3, 0.6).means(DAY, _always) == {"nh3n": Fraction(3, 10)}
    assert _filled(0.1, 0.2, 0.3, None).means(DAY, _always) == {}


def test_the_day_of_ph_is_the_mean_of_the_hydrogen_ions() -> None:
    samples = Samples()
    for n, ph in enumerate([7.0, 7.0, 9.0, 9.0]):
        samples.put(DAY, MIDNIGHT + n * HOUR, Sample(0, {"ph": ph}))
    assert samples.means(DAY, _always) == {"ph": (hydrogen(7.0) + hydrogen(9.0)) / 2}


def test_a_duplicate_and_an_older_revision_change_nothing_and_a_higher_one_replaces() -> None:
    samples = _filled(0.1, 0.1, 0.1)
    at = MIDNIGHT + 20 * HOUR
    assert samples.put(DAY, at, Sample(1, {"nh3n": 0.5}))
    assert not samples.put(DAY, at, Sample(1, {"nh3n": 0.9}))
    assert not samples.put(DAY, at, Sample(0, {"nh3n": 0.9}))
    assert samples.means(DAY, _always) == {"nh3n": Fraction(2, 10)}
    assert samples.put(DAY, at, Sample(2, {"nh3n": 0.1}))
    assert samples.means(DAY, _always) == {"nh3n": Fraction(1, 10)}


def test_only_samples_that_count_take_part() -> None:
    samples = _filled(0.1, 0.1, 0.1, 0.1, 0.6)
    assert samples.means(DAY, lambda at: at < MIDNIGHT + 16 * HOUR) == {"nh3n": Fraction(1, 10)}
    assert samples.measured(DAY, lambda at: at < MIDNIGHT) == frozenset()
    assert samples.measured(DAY, _always) == {"nh3n"}
    samples.forget_means()
    assert samples.means(DAY, _always) == {"nh3n": Fraction(2, 10)}


SAID = st.dictionaries(st.sampled_from(LABORATORY_ITEMS), st.floats(0, 1e6), max_size=6)
ROWS = st.dictionaries(
    st.datetimes(datetime(2026, 10, 1), datetime(2026, 11, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - the bounds are naive by contract
    st.tuples(st.integers(0, 3), st.none() | SAID),
    max_size=12,
)


@given(ROWS)
def test_samples_survive_being_packed_to_the_microsecond_and_the_last_digit(
    rows: dict[datetime, tuple[int, dict[str, float] | None]],
) -> None:
    samples = Samples()
    for at, (revision, values) in rows.items():
        samples.put(at.astimezone(TZ).date(), at, Sample(revision, values))
    again = Samples(json.loads(json.dumps(samples.dump(TZ))), TZ)
    samples.cool(TZ)
    assert again.dump(TZ) == samples.dump(TZ)
    for day in samples.days():
        assert list(again.valid(day, _always)) == list(samples.valid(day, _always))
    assert again.days() == samples.days() == sorted({at.astimezone(TZ).date() for at in rows})
    for at, (revision, values) in rows.items():
        day = at.astimezone(TZ).date()
        assert dict(again.valid(day, _always)).get(at) == values
        assert not again.put(day, at, Sample(revision, {"ph": 1.0}))
        assert again.put(day, at, Sample(revision + 1, {"ph": 1.0}))


def test_a_month_of_a_station_takes_little_room() -> None:
    samples = Samples()
    for n in range(186):
        at = MIDNIGHT + 4 * n * HOUR
        said = {"ph": 8 + n % 7 / 100, "do": 7 + n % 11 / 1000, "codmn": 3.0, "nh3n": n % 13 / 1000, "tp": 0.05}
        samples.put(at.astimezone(TZ).date(), at, Sample(0, said))
    assert len(samples.dump(TZ)) < 4000


@pytest.mark.parametrize("fault", ["maintenance", "stopped", "instrumentFault"])
def test_a_station_that_is_not_working_says_nothing(fault: str) -> None:
    assert valid_values(water("s1", MIDNIGHT, faults=[fault])) is None


def test_the_five_items_count_as_far_as_they_were_measured() -> None:
    assert valid_values(water("s1", MIDNIGHT)) == CLEAN
    assert valid_values(water("s1", MIDNIGHT, {"ph": 7.0, "cod": 10.0, "tn": 3.0})) == {"ph": 7.0}
