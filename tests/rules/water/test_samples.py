"""Samples of a section by local day: what counts, what replaces what, and what a day's mean is."""

import json
from datetime import date, datetime, timedelta
from fractions import Fraction

import pytest

from rules.standards.water_evaluation import hydrogen
from rules.water.samples import Sample, Samples, valid_values
from tests.support.rules import CLEAN, local, water

DAY = date(2026, 11, 1)
MIDNIGHT = local("2026-11-01T00:00")
HOUR = timedelta(hours=1)


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


def test_days_are_dropped_before_a_date_only() -> None:
    samples = _filled(0.1, 0.1, 0.1, 0.1)
    samples.means(DAY, _always)
    samples.drop_before(DAY)
    assert samples.means(DAY, _always) == {"nh3n": Fraction(1, 10)}
    samples.drop_before(DAY + timedelta(days=1))
    assert samples.means(DAY, _always) == {}
    assert samples.measured(DAY, _always) == frozenset()


def test_samples_are_dumped_as_json() -> None:
    assert json.loads(json.dumps(_filled(0.1, None).dump())) == [
        ["2026-10-31T16:00:00+00:00", 0, {"nh3n": 0.1}],
        ["2026-10-31T20:00:00+00:00", 0, None],
    ]


@pytest.mark.parametrize("fault", ["maintenance", "stopped", "instrumentFault"])
def test_a_station_that_is_not_working_says_nothing(fault: str) -> None:
    assert valid_values(water("s1", MIDNIGHT, faults=[fault])) is None


def test_the_five_items_count_as_far_as_they_were_measured() -> None:
    assert valid_values(water("s1", MIDNIGHT)) == CLEAN
    assert valid_values(water("s1", MIDNIGHT, {"ph": 7.0, "cod": 10.0, "tn": 3.0})) == {"ph": 7.0}
