"""Months of a section: which days, how many of them, and the class of the mean."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest

from domain.citytime import JINAN
from domain.device import Device
from domain.period import PeriodKind
from rules.standards.water_evaluation import half_even
from rules.water.month import SILENT, Origin, PeriodValue, month_value, months_together, outcome_over, station_month
from rules.water.outcome import Outcome
from rules.water.samples import Sample, Samples
from tests.support.rules import CLEAN, local, section

TZ = JINAN.tz
HOUR = timedelta(hours=1)
OCTOBER = tuple(date(2026, 10, n) for n in range(1, 32))


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


def _over(
    samples: Samples, device: Device | None = None, days: Sequence[date] = OCTOBER, *lab: dict[str, float]
) -> Outcome:
    value = month_value(station_month(samples, days, _always), len(days), lab)
    return outcome_over(device or section(), value, PeriodKind.MONTH)


def test_a_month_needs_sixty_percent_of_its_days() -> None:
    enough = _over(_samples(19))  # 61.3 % of 31
    assert enough.found is not None
    assert enough.found.worst == 2
    assert enough.days is not None
    assert enough.days["ph"] == 19 / 31
    short = _over(_samples(18))  # 58.1 %
    assert short.found is None
    assert short.why == "too_few_days: ph, do, codmn, nh3n, tp"
    september = [date(2026, 9, n) for n in range(1, 31)]
    exactly = _over(_samples(18, first=date(2026, 9, 1)), days=september)
    assert exactly.found is not None


def test_a_month_without_samples_or_days_has_no_class() -> None:
    for days in (OCTOBER, ()):
        outcome = _over(Samples(), days=days)
        assert (outcome.found, outcome.why) == (None, "too_few_days: ph, do, codmn, nh3n")


def test_phosphorus_that_is_not_monitored_does_not_hinder_and_too_few_days_of_it_do() -> None:
    without = {k: v for k, v in CLEAN.items() if k != "tp"}
    samples = _samples(31, without)
    outcome = _over(samples)
    assert outcome.found is not None
    assert "tp" not in outcome.found.by_item
    samples.put(date(2026, 10, 1), local("2026-10-01T20:00"), Sample(0, {"tp": 0.9}))
    assert _over(samples).why == "too_few_days: tp"


def test_the_mean_is_rounded_before_it_is_classed() -> None:
    samples = _samples(31, {**CLEAN, "ph": 9.4, "nh3n": 1.005})
    outcome = _over(samples)
    assert outcome.found is not None
    assert outcome.values["nh3n"] == Decimal("1.00")
    assert outcome.values["ph"] == 9
    assert outcome.found.by_item == {"ph": 1, "do": 1, "codmn": 2, "nh3n": 3, "tp": 2}


def test_lakes_are_judged_by_their_own_limits() -> None:
    outcome = _over(_samples(31), section(body_type="lake"))
    assert outcome.found is not None
    assert outcome.found.by_item["tp"] == 3


def test_a_month_is_the_mean_of_days_not_of_samples() -> None:
    samples = _samples(31, {**CLEAN, "nh3n": 0.2})
    for hour in (1, 2, 3, 5, 6, 7, 9, 10):  # a day that was sampled every hour weighs no more
        samples.put(date(2026, 10, 5), local("2026-10-05T00:00") + hour * HOUR, Sample(0, {**CLEAN, "nh3n": 9.5}))
    outcome = _over(samples)
    assert outcome.values["nh3n"] == Decimal("0.40")  # (30 * 0.2 + 6.4) / 31


LAB = {"cod": 25.0, "sulfate": 300.0}


def test_the_laboratory_brings_the_items_that_no_station_measures() -> None:
    outcome = _over(_samples(31), None, OCTOBER, LAB)
    assert outcome.found is not None
    assert outcome.found.by_item == {"ph": 1, "do": 1, "codmn": 2, "cod": 4, "nh3n": 2, "tp": 2}
    assert outcome.values["sulfate"] == 300
    assert outcome.origins == dict.fromkeys(CLEAN, "automatic") | {"cod": "laboratory", "sulfate": "laboratory"}


def test_automatic_values_take_precedence_over_the_laboratory_item_by_item() -> None:
    outcome = _over(_samples(31), None, OCTOBER, {"nh3n": 1.9, "cod": 10.0})
    assert outcome.values["nh3n"] == Decimal("0.20")
    short = _over(_samples(18), None, OCTOBER, {**CLEAN, "nh3n": 1.9}, {**CLEAN, "nh3n": 1.8})
    assert (short.why, short.values["nh3n"]) == ("", Decimal("1.85"))
    assert set(short.origins.values()) == {"laboratory"}


def test_a_month_rests_on_one_laboratory_sample_where_there_is_no_station() -> None:
    outcome = _over(Samples(), None, OCTOBER, CLEAN)
    assert outcome.found is not None
    assert (outcome.found.worst, outcome.days) == (2, {})
    assert _over(Samples(), None, OCTOBER, {"cod": 10.0}).why == "too_few_days: ph, do, codmn, nh3n"


def _months(*ammonia: float | None) -> list[PeriodValue]:
    """Months of one laboratory sample each; None is a month without."""
    fine = {"ph": 7.0, "do": 8.0, "codmn": 3.0}
    return [month_value(SILENT, len(OCTOBER), [] if value is None else [{**fine, "nh3n": value}]) for value in ammonia]


@pytest.mark.parametrize(
    ("kind", "having", "of", "closed", "enough"),
    [
        (PeriodKind.QUARTER, 2, 3, True, True),
        (PeriodKind.QUARTER, 1, 3, True, False),
        (PeriodKind.YEAR, 8, 12, True, True),
        (PeriodKind.YEAR, 7, 12, True, False),
        (PeriodKind.YEAR, 2, 3, False, True),
        (PeriodKind.YEAR, 1, 2, False, False),
        (PeriodKind.YEAR, 7, 10, False, True),
        (PeriodKind.YEAR, 6, 10, False, False),
        (PeriodKind.YEAR, 0, 0, False, False),
    ],
)
def test_a_quarter_needs_two_months_and_a_year_eight(
    kind: PeriodKind, having: int, of: int, *, closed: bool, enough: bool
) -> None:
    months = _months(*[0.2] * having, *[None] * (of - having))
    found = months_together(months, kind, closed=closed)
    assert found.months == of
    assert (found.short == ()) is enough
    outcome = outcome_over(section(), found, kind)
    assert (outcome.found is not None) is enough
    assert outcome.why == ("" if enough else "too_few_months: ph, do, codmn, nh3n")


def test_a_quarter_is_the_mean_of_unrounded_months_and_of_the_hydrogen_ions() -> None:
    months = _months(1.004, 1.004, 1.013)
    found = months_together(months, PeriodKind.QUARTER, closed=True)
    assert found.rounded()["nh3n"] == Decimal("1.01")
    acid = [PeriodValue({"ph": Fraction(n)}, {"ph": Origin.AUTOMATIC}) for n in (7, 9)]
    assert half_even(months_together(acid, PeriodKind.QUARTER, closed=True).means["ph"], 2) == Decimal("7.30")


def test_a_period_tells_where_its_months_differ_in_origin_and_which_items_have_too_few() -> None:
    lab = PeriodValue({"nh3n": Fraction(1), "cod": Fraction(9)}, {"nh3n": Origin.LABORATORY, "cod": Origin.LABORATORY})
    automatic = PeriodValue(
        {"nh3n": Fraction(1), "tp": Fraction(1)}, {"nh3n": Origin.AUTOMATIC, "tp": Origin.AUTOMATIC}
    )
    found = months_together([lab, automatic, automatic], PeriodKind.QUARTER, closed=True)
    assert found.origins == {"nh3n": Origin.BOTH, "tp": Origin.AUTOMATIC}
    assert (found.short, found.left_out) == (("ph", "do", "codmn"), ("cod",))
    other = months_together([lab, lab, automatic], PeriodKind.QUARTER, closed=True)
    assert other.origins["cod"] is Origin.LABORATORY
    assert other.short == ("ph", "do", "codmn", "tp")


def test_phosphorus_short_in_every_month_leaves_the_quarter_without_a_class() -> None:
    short = PeriodValue({"nh3n": Fraction(1)}, {"nh3n": Origin.AUTOMATIC}, short=("tp",))
    assert "tp" in months_together([short] * 3, PeriodKind.QUARTER, closed=True).short
