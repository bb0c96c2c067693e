"""Months of a section: which days, how many of them, and the class of the mean."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from domain.citytime import JINAN
from rules.water.month import Month, closed_month, month_outcome, month_to_date
from rules.water.samples import Sample, Samples
from tests.support.rules import CLEAN, local, section

TZ = JINAN.tz
HOUR = timedelta(hours=1)
OCTOBER = closed_month(local("2026-11-23T12:00"), TZ)


def _always(at: datetime) -> bool:
    return at is not None


def _samples(days: int, values: dict[str, float] | None = None, first: date = date(2026, 10, 1)) -> Samples:
    samples = Samples()
    for n in range(days):
        day = first + timedelta(days=n)
        start = datetime(day.year, day.month, day.day, tzinfo=TZ).astimezone(UTC)
        for hour in (0, 4, 8, 12):
            samples.put(day, start + hour * HOUR, Sample(0, CLEAN if values is None else values))
    return samples


@pytest.mark.parametrize(
    ("now", "name", "days", "end"),
    [
        ("2026-11-01T00:00", "2026-10", 31, "2026-11-01T00:00"),
        ("2026-10-31T23:59:59", "2026-09", 30, "2026-10-01T00:00"),
        ("2026-03-15T12:00", "2026-02", 28, "2026-03-01T00:00"),
        ("2026-01-15T12:00", "2025-12", 31, "2026-01-01T00:00"),
    ],
)
def test_the_closed_month_is_the_last_one_that_is_over(now: str, name: str, days: int, end: str) -> None:
    found = closed_month(local(now), TZ)
    assert (found.name, len(found.days), found.end) == (name, days, local(end))


@pytest.mark.parametrize(
    ("now", "name", "days", "end"),
    [
        ("2026-11-01T00:00", "2026-11", 0, "2026-11-01T00:00"),
        ("2026-11-02T00:00", "2026-11", 1, "2026-11-02T00:00"),
        ("2026-11-30T23:59", "2026-11", 29, "2026-11-30T00:00"),
    ],
)
def test_the_month_to_date_has_the_complete_days_only(now: str, name: str, days: int, end: str) -> None:
    found = month_to_date(local(now), TZ)
    assert (found.name, len(found.days), found.end) == (name, days, local(end))


def test_a_month_needs_sixty_percent_of_its_days() -> None:
    enough = month_outcome(section(), _samples(19), OCTOBER, _always)  # 61.3 % of 31
    assert enough.found is not None
    assert enough.found.worst == 2
    assert enough.days is not None
    assert enough.days["ph"] == 19 / 31
    short = month_outcome(section(), _samples(18), OCTOBER, _always)  # 58.1 %
    assert short.found is None
    assert short.why == "too_few_days: ph, do, codmn, nh3n, tp"
    september = Month("2026-09", tuple(date(2026, 9, 1) + timedelta(days=n) for n in range(30)), OCTOBER.end)
    exactly = month_outcome(section(), _samples(18, first=date(2026, 9, 1)), september, _always)
    assert exactly.found is not None


def test_a_month_without_samples_or_days_has_no_class() -> None:
    first_day = month_to_date(local("2026-11-01T12:00"), TZ)
    for month in (OCTOBER, first_day):
        outcome = month_outcome(section(), Samples(), month, _always)
        assert (outcome.found, outcome.why) == (None, "too_few_days: ph, do, codmn, nh3n")


def test_phosphorus_that_is_not_monitored_does_not_hinder_and_too_few_days_of_it_do() -> None:
    without = {k: v for k, v in CLEAN.items() if k != "tp"}
    samples = _samples(31, without)
    outcome = month_outcome(section(), samples, OCTOBER, _always)
    assert outcome.found is not None
    assert "tp" not in outcome.found.by_item
    samples.put(date(2026, 10, 1), local("2026-10-01T20:00"), Sample(0, {"tp": 0.9}))
    assert month_outcome(section(), samples, OCTOBER, _always).why == "too_few_days: tp"


def test_the_mean_is_rounded_before_it_is_classed() -> None:
    samples = _samples(31, {**CLEAN, "ph": 9.4, "nh3n": 1.005})
    outcome = month_outcome(section(), samples, OCTOBER, _always)
    assert outcome.found is not None
    assert outcome.values["nh3n"] == Decimal("1.00")
    assert outcome.values["ph"] == 9
    assert outcome.found.by_item == {"ph": 1, "do": 1, "codmn": 2, "nh3n": 3, "tp": 2}


def test_lakes_are_judged_by_their_own_limits() -> None:
    outcome = month_outcome(section(body_type="lake"), _samples(31), OCTOBER, _always)
    assert outcome.found is not None
    assert outcome.found.by_item["tp"] == 3


def test_a_month_is_the_mean_of_days_not_of_samples() -> None:
    samples = _samples(31, {**CLEAN, "nh3n": 0.2})
    for hour in (1, 2, 3, 5, 6, 7, 9, 10):  # a day that was sampled every hour weighs no more
        samples.put(date(2026, 10, 5), local("2026-10-05T00:00") + hour * HOUR, Sample(0, {**CLEAN, "nh3n": 9.5}))
    outcome = month_outcome(section(), samples, OCTOBER, _always)
    assert outcome.values["nh3n"] == Decimal("0.40")  # (30 * 0.2 + 6.4) / 31
