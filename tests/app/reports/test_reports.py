"""Reports: what stands in them, in four forms with the same figures, and what is wrong with a definition."""

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from app.reports.definition import SHIPPED, load_plan, load_plans
from app.reports.service import Reports
from app.reports.words import Lang
from app.targets import load_targets
from domain.citytime import JINAN
from domain.errors import ConfigError
from domain.history import Published, published
from domain.measure import Measure
from domain.period import PeriodKind, period_of
from rules.reports import ReportKind
from store.operational import OperationalStore

DAY = date(2026, 11, 24)
NOW = datetime(2026, 11, 25, 1, tzinfo=UTC)
FORMS = ("json", "csv", "xlsx", "html")


def measure(indicator: str, scope: str, value: float | None, **more: Any) -> Measure:
    counts = {"numerator": 9, "denominator": 12, "unknown": 2, "coverage": 10 / 12, **more}
    return Measure(indicator, scope, NOW, "%", value, **counts)


def hourly(scope: str, hour: int, value: float, **more: Any) -> Published:
    start = datetime(2026, 11, 23, 16, tzinfo=UTC) + timedelta(hours=hour)
    return published(measure("light_on_rate", scope, value, **more), period_of(PeriodKind.HOUR, start, JINAN.tz), 1)


GRADE = {"level": "三级", "category": "轻度污染", "category_en": "lightly polluted"}
AIR = published(
    measure("aqi_daily", "city", 112.0, detail={"grade": GRADE, "primary_pollutants": ["PM2.5"]}),
    period_of(PeriodKind.DAY, NOW - timedelta(hours=12), JINAN.tz),
    1,
)
NIGHTS = tuple(
    published(
        measure("light_on_rate_nightly", scope, value, unknown=0, numerator=value, denominator=100, **more),
        period_of(PeriodKind.DAY, NOW - timedelta(hours=12), JINAN.tz),
        1,
    )
    for scope, value, more in (
        ("city", 97.5, {"detail": {"evening_date": "2026-11-24"}}),
        ("road_class:arterial", 97.9, {}),
        ("road_class:branch", 96.0, {}),
    )
)
LIGHTS = (
    *(hourly("city", hour, 97.0 + hour / 10) for hour in range(24)),
    hourly("road_class:arterial", 19, 99.0, numerator=99, denominator=100, unknown=0),
    hourly("road_class:branch", 19, 90.0, numerator=90, denominator=100, unknown=0),
    hourly("city", 24, 1.0),  # of the next day
)


@pytest.fixture
def reports(tmp_path: Path) -> Iterator[Reports]:
    store = OperationalStore(f"sqlite:///{tmp_path / 'operational.db'}")
    store.measures.publish([AIR, *LIGHTS, *NIGHTS], NOW)
    yield Reports(store.measures, load_targets(None, JINAN), "济南市", JINAN)
    store.close()


def as_json(reports: Reports, lang: Lang = "zh", day: date | None = DAY) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(reports.render("daily", day, "json", lang, NOW).content)
    return content


def test_a_report_says_in_words_what_its_measures_say(reports: Reports) -> None:
    found = as_json(reports)
    assert found["head"]["title"] == "济南市城市运行日报"
    assert found["head"]["period"] == "2026年11月24日"
    air = next(s for s in found["sections"] if s["indicator"] == "aqi_daily")
    assert air["sentence"] == ("全市空气质量指数（AQI）112，三级（轻度污染），首要污染物：PM2.5；参加评价站点 9 / 12。")
    assert "112 (lightly polluted), primary pollutant PM2.5" in as_json(reports, "en")["sections"][0]["sentence"]


def test_the_night_stands_in_the_report_of_its_evening(reports: Reports) -> None:
    night = next(s for s in as_json(reports)["sections"] if s["indicator"] == "light_on_rate_nightly")
    assert night["sentence"].startswith(
        "2026-11-24 夜间应亮路灯 100 盏次，亮 98 盏次，无上报 0 盏次，夜间亮灯率 97.5 %"
    )
    assert [row["scope"] for row in night["rows"]] == ["road_class:arterial", "road_class:branch"]


def test_a_quarter_says_its_own_compliance_and_lists_its_months(tmp_path: Path) -> None:
    store = OperationalStore(f"sqlite:///{tmp_path / 'operational.db'}")
    quarter = {"value": 90.0, "numerator": 9, "denominator": 10, "unknown": 1}
    for month in (7, 8, 9):
        start = datetime(2026, month, 10, tzinfo=UTC)
        said = measure("section_period_compliance", "city", 70.0 + month, detail={"quarter_closed": quarter})
        store.measures.publish([published(said, period_of(PeriodKind.MONTH, start, JINAN.tz), 1)], NOW)
    made = Reports(store.measures, (), "济南市", JINAN).render("quarterly", date(2026, 9, 1), "json", "zh", NOW)
    store.close()
    rivers = next(s for s in json.loads(made.content)["sections"] if s["indicator"] == "section_period_compliance")
    assert rivers["sentence"] == ("本季应评价断面 10 个，达到水质目标 9 个，数据不足 1 个，达标率 90 %；逐月见下表。")
    assert [row["value"] for row in rivers["rows"]] == [77.0, 78.0, 79.0]


def test_hours_of_the_day_stand_in_order_and_those_of_other_days_do_not(reports: Reports) -> None:
    lights = next(s for s in as_json(reports)["sections"] if s["indicator"] == "light_on_rate")
    assert [row["value"] for row in lights["rows"]] == [pytest.approx(97 + hour / 10) for hour in range(24)]
    assert lights["city"]["span"] == "2026-11-24T23"


def test_targets_are_held_against_what_was_published_for_their_scope(reports: Reports) -> None:
    verdicts = {row["id"]: row["verdict"] for row in as_json(reports)["targets"]}
    assert verdicts["10-light-on-arterial"] == "met"
    assert verdicts["10-light-on-branch"] == "missed"
    assert verdicts["10-light-on-expressway"] == "unknown"
    nightly = [verdicts[f"10-light-on-night-{road_class}"] for road_class in ("arterial", "branch", "expressway")]
    assert nightly == ["missed", "met", "unknown"]
    assert verdicts["7-signal-timing"] == "not_measured"


def test_nothing_published_is_said_not_guessed(reports: Reports) -> None:
    found = as_json(reports, day=date(2026, 1, 1))
    assert {s["sentence"] for s in found["sections"]} == {"本期没有已发布的数据。"}
    assert (found["official"], found["head"]["official"]) == (False, "本期没有已发布的数据")


def test_the_last_closed_period_is_meant_by_default_and_a_running_one_is_refused(reports: Reports) -> None:
    assert as_json(reports, day=None)["period"] == "2026-11-24"
    with pytest.raises(ValueError, match="2026-11-25 is not over"):
        reports.render("daily", date(2026, 11, 25), "json", "zh", NOW)
    with pytest.raises(ValueError, match="2026-Q4 is not over"):
        reports.render("quarterly", DAY, "json", "zh", NOW)


@pytest.mark.parametrize("kind", list(ReportKind))
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_kind_is_made_in_every_form_and_language(reports: Reports, kind: ReportKind, lang: Lang) -> None:
    for form in FORMS:
        made = reports.render(kind.value, date(2025, 5, 1), form, lang, NOW)
        assert made.content
        assert made.name.endswith(form)


def test_a_table_for_spreadsheets_has_the_same_figures_in_both_forms(reports: Reports) -> None:
    text = reports.render("daily", DAY, "csv", "zh", NOW).content.decode("utf-8-sig")
    rows = [r for r in csv.DictReader(io.StringIO(text)) if r["indicator"] == "light_on_rate" and r["span"]]
    book = load_workbook(io.BytesIO(reports.render("daily", DAY, "xlsx", "zh", NOW).content))
    sheet = next(s for s in book if s.title.endswith("城市照明"))
    cells = [row for row in sheet.iter_rows(values_only=True) if row[0] == "city"]
    assert [float(r["value"]) for r in rows] == [row[2] for row in cells]
    assert len(cells) == 24


def test_html_escapes_what_comes_from_outside_and_needs_nothing_from_elsewhere(tmp_path: Path) -> None:
    store = OperationalStore(f"sqlite:///{tmp_path / 'operational.db'}")
    store.measures.publish([replace(AIR, measure=replace(AIR.measure, scope="station:<b>x</b>"))], NOW)
    reports = Reports(store.measures, (), "济南市", JINAN)
    made = reports.render("daily", DAY, "html", "zh", NOW)
    store.close()
    page = made.content.decode()
    assert "&lt;b&gt;x&lt;/b&gt;" in page
    assert "http" not in page
    assert "script" not in page
    assert "style-src 'sha256-" in made.policy


def test_a_text_that_looks_like_a_formula_stays_a_text(tmp_path: Path) -> None:
    store = OperationalStore(f"sqlite:///{tmp_path / 'operational.db'}")
    store.measures.publish([replace(AIR, measure=replace(AIR.measure, scope="station:x", reason="=1+1"))], NOW)
    reports = Reports(store.measures, (), "济南市", JINAN)
    text = reports.render("daily", DAY, "csv", "zh", NOW).content.decode("utf-8-sig")
    store.close()
    assert next(csv.DictReader(io.StringIO(text)))["remarks"] == "'=1+1"


def test_the_shipped_definitions_are_right() -> None:
    assert set(load_plans(SHIPPED)) == set(ReportKind)


GOOD = """title = "日报"
title_en = "Daily"
[[section]]
title = "照明"
title_en = "Lighting"
bureau = "市城管局"
indicator = "light_on_rate"
scopes = ["city"]
"""


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (GOOD.replace("light_on_rate", "glow"), "section 1, indicator: 'glow' is none of"),
        (GOOD.replace('["city"]', '["road"]'), "section 1, scopes: no history of light_on_rate is kept for road"),
        (GOOD.replace("light_on_rate", "good_air_days"), "section 1, indicator: good_air_days is kept by the month"),
        (GOOD + 'sentence = "{{ city.value"', "section 1, sentence: is no template"),
        (GOOD + 'colour = "red"', "section 1, colour: Extra inputs are not permitted"),
        (GOOD.replace('title_en = "Daily"\n', ""), "title_en: Field required"),
        ("[[", "is no TOML"),
    ],
)
def test_a_wrong_definition_is_told_by_file_field_and_reason(tmp_path: Path, wrong: str, said: str) -> None:
    file = tmp_path / "daily.toml"
    file.write_text(wrong, encoding="utf-8")
    with pytest.raises(ConfigError) as told:
        load_plan(ReportKind.DAILY, file)
    assert f"{file}: " in str(told.value)
    assert said in str(told.value)
