"""The proposed warning: from observed days and official forecasts, with start, upgrade, downgrade and end."""

from collections.abc import Iterable
from datetime import datetime, timedelta

import pytest

from domain.citytime import JINAN, Place
from domain.device import AssetState, Device
from domain.measure import Measure
from domain.reading import Reading
from domain.scope import CITY
from rules.live import City
from tests.support.air import CLEAN_AIR, day_of_air, forecast, forecaster, notice, notice_board, station
from tests.support.rules import NO_PLAN, local, register

TODAY = local("2026-12-10T00:00")
EVENING = TODAY + timedelta(hours=20)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
CITY_OF_ONE = (station("a1"), forecaster("f1"))
PM25 = {60: 35.0, 160: 120.0, 210: 155.0, 310: 260.0}
"""PM2.5 (µg/m³) of a day whose index is about so much: 50, 158, 206, 310."""


def _past(*aqis: int, until: datetime = TODAY) -> list[Reading]:
    """Days that were observed, the last one ends at `until`."""
    first = until - len(aqis) * DAY
    days = (day_of_air("a1", first + n * DAY, CLEAN_AIR | {"pm25": PM25[aqi]}) for n, aqi in enumerate(aqis))
    return [reading for day in days for reading in day]


def _city(readings: Iterable[Reading], now: datetime = EVENING, devices: Iterable[Device] = CITY_OF_ONE) -> City:
    city = City(register(*devices), NO_PLAN, JINAN)
    city.advance(now)
    for reading in readings:
        city.apply(reading)
    return city


def _measure(readings: Iterable[Reading], now: datetime = EVENING, devices: Iterable[Device] = CITY_OF_ONE) -> Measure:
    return _city(readings, now, devices).measure("air_warning", CITY, now)


def test_clean_air_and_a_clean_forecast_ask_for_nothing() -> None:
    found = _measure([*_past(60, 60, 60), forecast("f1", TODAY + 17 * HOUR, [60, 70, 80, 90])])
    assert (found.value, found.unit, found.official, found.verdict_allowed) == (0, "1", False, False)
    assert (found.numerator, found.denominator, found.unknown, found.coverage) == (5, 5, 0, 1)
    assert found.reason == "a proposal: a warning is issued, changed and lifted by a person"
    assert found.covers is not None
    assert (found.covers.first, found.covers.last) == (TODAY - DAY, TODAY + 4 * DAY)
    assert found.detail["proposal"] == {
        "action": "keep",
        "level": 0,
        "name": "无预警",
        "reason": "",
        "begin": None,
        "short_notice": False,
        "health_notice": False,
    }
    assert found.detail["in_force"] == {"level": 0, "name": "无预警", "assumed": True}


def test_a_forecast_above_200_starts_a_yellow_one_with_its_lead() -> None:
    issued = TODAY + 17 * HOUR
    found = _measure([*_past(60, 60), forecast("f1", issued, [80, 90, 100, 210, 90], "PM2.5")])
    proposal = found.detail["proposal"]
    assert (found.value, proposal["action"], proposal["name"]) == (1, "start", "黄色预警(Ⅲ级响应)")
    assert (proposal["begin"], proposal["short_notice"]) == ((TODAY + 3 * DAY).isoformat(), False)
    days = {row["day"]: row for row in found.detail["days"]}
    assert days["2026-12-13"] == {
        "day": "2026-12-13",
        "aqi": 210,
        "level": "重度污染",
        "primary_pollutants": ["PM2.5"],
        "from": "forecast",
        "device": "f1",
        "issued": issued.isoformat(),
    }
    assert (days["2026-12-09"]["from"], days["2026-12-09"]["aqi"]) == ("observed", 50)
    assert days["2026-12-16"]["from"] is None


def test_the_newest_issue_counts_and_a_revision_replaces_its_own() -> None:
    early = forecast("f1", TODAY + 8 * HOUR, [80, 210, 210, 210])
    late = forecast("f1", TODAY + 17 * HOUR, [80, 90, 90, 90])
    assert _measure([*_past(60), early]).value == 2
    assert _measure([*_past(60), late, early]).value == 0
    again = forecast("f1", TODAY + 17 * HOUR, [80, 160, 160, 90], revision=1)
    assert _measure([*_past(60), again, early, late]).value == 1
    city = _city([*_past(60), late])
    assert city.measure("air_warning", CITY, EVENING).value == 0
    city.take_dirty()
    city.apply(again)
    assert ("air_warning", CITY) in city.take_dirty()
    assert city.measure("air_warning", CITY, EVENING).value == 1


def test_an_issue_that_is_not_official_or_out_of_service_proposes_nothing() -> None:
    devices = (station("a1"), forecaster("f1", official=False), forecaster("f2", state=AssetState.MAINTENANCE))
    said = [forecast(name, TODAY + 17 * HOUR, [210, 210, 210, 210]) for name in ("f1", "f2")]
    city = _city([*_past(60), *said], devices=devices)
    found = city.explain("air_warning", CITY, EVENING)
    assert found.measure.value is None
    assert [(i.device, i.why) for i in found.inputs[:2]] == [("f1", "not_official"), ("f2", "maintenance")]


def test_without_a_forecast_nobody_can_say_that_nothing_comes() -> None:
    found = _measure(_past(60))
    assert (found.value, found.numerator, found.unknown) == (None, 1, 4)
    assert found.reason.startswith("the forecast does not reach 36 h ahead; ")
    nothing = _measure([])
    assert (nothing.value, nothing.unknown, nothing.coverage) == (None, 5, 0)
    assert nothing.reason.startswith("a day is not known; ")


def test_unforeseen_pollution_that_runs_is_seen_once_the_day_has_enough_hours() -> None:
    foul = day_of_air("a1", TODAY, CLEAN_AIR | {"pm25": 155.0}, range(1, 25))
    wrong = forecast("f1", TODAY + 8 * HOUR, [60, 60, 60, 60])
    before = _measure([*_past(60), wrong, *foul], TODAY + 19 * HOUR)
    assert before.value == 0
    after = _measure([*_past(60), wrong, *foul], TODAY + 20 * HOUR)
    assert (after.value, after.detail["proposal"]["short_notice"]) == (1, True)
    assert {row["day"]: row["from"] for row in after.detail["days"]}["2026-12-10"] == "observed"


def test_a_course_goes_up_with_the_episode_and_down_when_it_is_over() -> None:
    issue = [
        forecast("f1", TODAY - 4 * DAY + 17 * HOUR, [60, 160, 210, 210, 210]),
        forecast("f1", TODAY - DAY + 17 * HOUR, [210, 90, 60, 60, 60]),
    ]
    past = _past(60, 160, 210, 210)
    during = _measure([*issue, *past], TODAY - DAY)
    assert during.detail["in_force"]["level"] == 2
    assert during.detail["proposal"]["action"] == "keep"
    last_hours = _measure([*issue, *past], TODAY + 8 * HOUR)
    assert last_hours.detail["in_force"] == {"level": 2, "name": "橙色预警(Ⅱ级响应)", "assumed": True}
    assert (last_hours.value, last_hours.detail["proposal"]["action"]) == (2, "keep")
    clean = [*past, *_past(60, until=TODAY + DAY), forecast("f1", TODAY + 17 * HOUR, [60, 60, 60])]
    over = _measure([*issue, *clean], TODAY + DAY)
    assert (over.value, over.detail["in_force"]["level"]) == (0, 0)


def test_notices_say_what_is_in_force_and_the_proposal_waits_for_a_person() -> None:
    devices = (*CITY_OF_ONE, notice_board("n1"))
    clean = [*_past(60, 60), forecast("f1", TODAY + 17 * HOUR, [60, 60, 60, 60])]
    calm = _measure(clean, devices=devices)
    assert (calm.value, calm.detail["in_force"]) == (0, {"level": 0, "name": "无预警", "assumed": False})
    held = _city([*clean, notice("n1", TODAY - DAY, 3)], devices=devices)
    found = held.measure("air_warning", CITY, EVENING)
    assert (found.value, found.detail["proposal"]["action"], found.detail["in_force"]["level"]) == (0, "end", 3)
    held.take_dirty()
    held.apply(notice("n1", EVENING - HOUR, 0))
    assert ("air_warning", CITY) in held.take_dirty()
    assert held.measure("air_warning", CITY, EVENING).detail["proposal"]["action"] == "keep"
    foul = _measure([*_past(60), forecast("f1", TODAY + 17 * HOUR, [60, 60, 60, 210])], devices=devices)
    assert foul.detail["proposal"]["action"] == "start"


def test_ozone_gives_a_notice_and_no_level() -> None:
    found = _measure([*_past(60), forecast("f1", TODAY + 17 * HOUR, [60, 210, 210, 210], "臭氧8小时")])
    assert (found.value, found.detail["proposal"]["health_notice"]) == (0, True)
    both = _measure([*_past(60), forecast("f1", TODAY + 17 * HOUR, [60, 210, 90, 90], "O3、PM2.5")])
    assert (both.value, both.detail["proposal"]["health_notice"]) == (1, False)


def test_the_steps_name_the_rule_and_the_proposal() -> None:
    city = _city([*_past(60), forecast("f1", TODAY + 17 * HOUR, [60, 210, 210, 310])])
    found = city.explain("air_warning", CITY, EVENING)
    assert [step.result for step in found.steps] == [
        "无预警",
        "True",
        "True",
        "True",
        "nothing",
        "start: 红色预警(Ⅰ级响应)",
    ]
    assert all(step.clause for step in found.steps)
    assert [(i.name, i.used) for i in found.inputs][-1] == ("2026-12-17", False)
    assert found.inputs[4].says["aqi"] == 210


def test_time_alone_makes_a_proposal_dirty_at_each_full_hour() -> None:
    city = _city([])
    city.take_dirty()
    city.advance(EVENING + timedelta(minutes=59))
    assert ("air_warning", CITY) not in city.take_dirty()
    city.advance(EVENING + HOUR)
    assert ("air_warning", CITY) in city.take_dirty()


@pytest.mark.parametrize("day", ["2026-03-29T00:00+01:00", "2026-10-25T00:00+02:00"])
def test_a_day_of_23_or_25_hours_is_a_day_of_the_rules(day: str) -> None:
    start = datetime.fromisoformat(day)
    place = Place("Europe/Berlin", 52.5, 13.4)
    for days in (-1, 0, 1, 2):
        city = City(register(*CITY_OF_ONE), NO_PLAN, place)
        now = start + days * DAY + 12 * HOUR
        city.advance(now)
        city.apply(forecast("f1", now - HOUR, [60, 60, 210, 60]))
        assert city.measure("air_warning", CITY, now).value == 1


def test_an_issue_that_is_long_ago_is_let_go() -> None:
    city = _city([forecast("f1", EVENING - 31 * DAY, [60]), forecast("f1", EVENING - 30 * DAY, [70])])
    assert len(city.dump()["states"]["air_warning"]["issues"]) == 1
    city.advance(EVENING + HOUR)
    assert city.dump()["states"]["air_warning"]["issues"] == []
