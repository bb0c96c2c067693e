"""热线四率: by day and month, from a table that is imported; a day without its table makes no figure smaller."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from domain.citytime import JINAN
from domain.device import AssetState, Device
from domain.measure import Measure, Span
from domain.reading import Reading
from domain.scope import CITY, Scope
from rules.indicators.hotline_rates import HotlineRates
from rules.live import City
from simulators.jinan.hotline import COLUMNS, HOTLINE, daily_rows
from tests.support.parking import device
from tests.support.rules import NO_PLAN, local, register

NOW = local("2026-11-24T08:00")
DAY = timedelta(days=1)
YESTERDAY = local("2026-11-23T23:59")
COUNTS = {
    "calls": 200,
    "connected": 190,
    "reply_due": 100,
    "replied": 99,
    "closure_due": 80,
    "closed": 60,
    "surveyed": 40,
    "satisfied": 30,
}


def _table(name: str = "h1", unit: str = "市政府办公厅") -> Device:
    return replace(device("hotline_daily", name), responsible_unit=unit)


def _day(at: datetime, name: str = "h1", revision: int = 0, **changes: int) -> Reading:
    return Reading(name, "hotline_daily", at, at + DAY, {**COUNTS, **changes}, revision=revision)


def _without(reading: Reading, *names: str) -> Reading:
    return replace(reading, values={k: v for k, v in reading.values.items() if k not in names})


def _city(*devices: Device, now: datetime = NOW) -> City:
    city = City(register(*devices), NO_PLAN, JINAN)
    city.advance(now)
    return city


def _rates(city: City, scope: str = "city") -> Measure:
    assert city.now is not None
    return city.measure("hotline_rates", Scope.parse(scope), city.now)


def test_the_four_rates_of_the_last_closed_day() -> None:
    city = _city(_table())
    city.apply(_day(YESTERDAY))
    found = _rates(city)
    assert (found.value, found.numerator, found.denominator, found.unknown) == (95.0, 190, 200, 0)
    assert (found.coverage, found.official, found.verdict_allowed, found.reason) == (1.0, True, True, "")
    assert found.covers == Span(local("2026-11-23T00:00"), local("2026-11-24T00:00"))
    assert found.detail["day"] == "2026-11-23"
    assert {name: rate["value"] for name, rate in found.detail["rates"].items()} == {
        "connect": 95.0,
        "reply": 99.0,
        "closure": 75.0,
        "satisfaction": 75.0,
    }


def test_a_day_belongs_to_the_citys_calendar() -> None:
    city = _city(_table())
    city.apply(_day(local("2026-11-23T00:00"), connected=180))
    assert _rates(city).value == 90.0
    city.apply(_day(local("2026-11-22T23:59"), connected=170))
    city.apply(_day(local("2026-11-24T00:00"), connected=160))
    assert _rates(city).value == 90.0
    city.advance(local("2026-11-25T00:00"))
    assert _rates(city).value == 80.0


def test_of_two_tables_for_one_day_the_later_counts_and_then_the_higher_revision() -> None:
    city = _city(_table())
    for reading in (
        _day(YESTERDAY, revision=1, connected=150),
        _day(YESTERDAY, connected=140),
        _day(YESTERDAY - timedelta(hours=1), revision=2, connected=130),
    ):
        city.apply(reading)
    assert _rates(city).value == 75.0


def test_without_its_table_a_day_has_no_figure() -> None:
    city = _city(_table("h1"), _table("h2", unit="市水务局"))
    city.apply(_day(YESTERDAY))
    found = _rates(city)
    assert (found.value, found.denominator, found.coverage) == (None, 0, 0.5)
    assert (found.official, found.verdict_allowed, found.reason) == (False, False, "no_table: 1 of 2 tables")
    assert found.detail["rates"]["connect"]["observed"] == 95.0
    assert _rates(city, "unit:市政府办公厅").value == 95.0
    assert _rates(city, "unit:市水务局").value is None
    city.apply(_day(YESTERDAY, "h2", calls=100, connected=50))
    assert (_rates(city).numerator, _rates(city).denominator) == (240, 300)


def test_a_rate_without_its_counts_or_above_its_whole_is_unknown_and_the_others_are_not() -> None:
    city = _city(_table())
    city.apply(_without(_day(YESTERDAY, connected=201, satisfied=40), "replied", "closure_due"))
    rates = _rates(city).detail["rates"]
    assert {name: (rate["value"], rate["lacking"]) for name, rate in rates.items()} == {
        "connect": (None, {"connected_exceeds_calls": 1}),
        "reply": (None, {"not_told": 1}),
        "closure": (None, {"not_told": 1}),
        "satisfaction": (100.0, {}),
    }


def test_nothing_due_is_no_rate() -> None:
    city = _city(_table())
    city.apply(_day(YESTERDAY, calls=0, connected=0))
    found = _rates(city)
    assert (found.value, found.denominator, found.verdict_allowed) == (None, 0, False)


def test_a_month_has_a_figure_when_all_its_days_have() -> None:
    city = _city(_table())
    october = [local(f"2026-10-{n:02}T12:00") for n in range(1, 32)]
    for at in october[:-1]:
        city.apply(_day(at))
    month = _rates(city).detail["month_closed"]
    assert (month["month"], month["value"], month["denominator"], month["official"]) == ("2026-10", None, 0, False)
    assert (month["reason"], month["coverage"]) == ("1 daily tables lack it", 30 / 31)
    assert month["rates"]["connect"]["observed"] == 95.0
    city.apply(_day(october[-1], connected=159))
    month = _rates(city).detail["month_closed"]
    assert (month["numerator"], month["denominator"], month["official"]) == (30 * 190 + 159, 31 * 200, True)
    assert month["until"] == "2026-10-31T16:00:00+00:00"


def test_the_running_month_is_shown_as_far_as_it_goes() -> None:
    city = _city(_table())
    for n in (1, 2, 23, 24):
        city.apply(_day(local(f"2026-11-{n:02}T12:00")))
    running = _rates(city).detail["month_to_date"]
    assert (running["month"], running["days"]) == ("2026-11", 23)
    assert running["rates"]["connect"] == {
        "value": 95.0,
        "observed": 95.0,
        "numerator": 3 * 190,
        "denominator": 3 * 200,
        "unknown": 0,
        "coverage": 3 / 23,
        "lacking": {"no_table": 20},
    }


def test_tables_older_than_the_last_month_come_too_late() -> None:
    city = _city(_table())
    city.apply(_day(local("2026-09-30T12:00")))
    city.apply(_day(local("2026-10-01T12:00")))
    city.advance(local("2026-12-01T00:00"))
    state = city._states["hotline_rates"]
    assert isinstance(state, HotlineRates)
    assert state.tally(CITY).tables == {"h1": {}}
    assert state.dump() == {}


def test_new_days_and_tables_move_the_figure() -> None:
    city = _city(_table())
    city.take_dirty()
    city.apply(_day(YESTERDAY))
    assert ("hotline_rates", CITY) in city.take_dirty()
    city.apply(_day(YESTERDAY))
    city.advance(NOW + timedelta(hours=1))
    assert ("hotline_rates", CITY) not in city.take_dirty()
    city.advance(local("2026-11-25T00:00"))
    assert {str(s) for n, s in city.take_dirty() if n == "hotline_rates"} == {"city", "unit:市政府办公厅"}


def test_no_registered_table_no_table_in_service_and_a_made_up_one_say_so() -> None:
    nothing = _rates(_city(device("parking_bay", "b1")))
    assert (nothing.value, nothing.coverage, nothing.reason) == (None, None, "no hotline table is registered")
    ended = _rates(_city(replace(_table(), state=AssetState.SCRAPPED)))
    assert ended.reason == "no hotline table is registered"
    city = _city(replace(_table(), synthetic=True))
    city.apply(_day(YESTERDAY))
    assert (_rates(city).official, _rates(city).reason) == (False, "1 of the tables are made up")


def test_the_rates_are_explained() -> None:
    city = _city(_table("h1"), replace(_table("h2"), state=AssetState.SCRAPPED), _table("h3"))
    city.apply(_day(YESTERDAY))
    found = city.explain("hotline_rates", CITY, NOW)
    assert [(i.device, i.used, i.why, i.at) for i in found.inputs] == [
        ("h1", True, "", YESTERDAY),
        ("h2", False, "scrapped", None),
        ("h3", False, "no_table", None),
    ]
    assert found.inputs[0].says == COUNTS
    assert [step.result for step in found.steps] == ["unknown"] * 4
    city.apply(_day(YESTERDAY, "h3"))
    steps = city.explain("hotline_rates", CITY, NOW).steps
    assert [step.result for step in steps] == ["95.00 %", "99.00 %", "75.00 %", "75.00 %"]
    assert steps[0].text == "接通率 of 2026-11-23 = connected 380 ÷ calls 400"


def test_a_made_up_table_is_the_same_for_a_seed_and_holds_together() -> None:
    first = local("2026-11-01T12:00").date()
    rows = list(daily_rows(first, 40, 3, JINAN.tz))
    assert rows == list(daily_rows(first, 40, 3, JINAN.tz))
    assert set(rows[0]) == set(COLUMNS)
    city = _city(HOTLINE, now=local("2026-12-11T08:00"))
    for row in rows:
        values = {name: int(text) for name, text in row.items() if name not in {"device", "at"}}
        at = datetime.fromisoformat(row["at"])
        city.apply(Reading(row["device"], "hotline_daily", at, at, values))
    found = _rates(city)
    assert found.detail["month_closed"]["value"] == pytest.approx(98, abs=1.5)
    assert all(not rate["lacking"] for rate in found.detail["rates"].values())
