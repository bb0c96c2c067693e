"""装灯率 and sections that got lamps: planned against installed lamps, by the register."""

from dataclasses import replace
from datetime import timedelta

import pytest

from domain.device import AssetState
from domain.errors import NotFound
from domain.reading import Reading
from rules.live import City
from tests.support.lighting import NIGHT, city_at, explain, measure, project
from tests.support.rules import lamp, power, register, version

AT = "2026-11-23T21:00"


def _roads() -> City:
    return city_at(
        *(lamp("a1"), lamp("a2", state=AssetState.BUILT_NOT_HANDED_OVER)),
        *(lamp("b1", road="b"), lamp("b2", road="b", state=AssetState.SCRAPPED)),
        *(lamp("c1", road="c"), lamp("d1", road="d", lighting_use="landscape"), lamp("s1", road="s")),
        project("p1"),
        project("p2", road="b", works="rebuilt", year=2020),
        project("p3", road="c", works="extended", lamps_planned=""),
        project("p4", road="d", works="extended", lamps_planned="", district="370103"),
        project("p5", state=AssetState.SCRAPPED),
        project("p6", road="s", works="lamps_added", lamps_planned=1),
        at=AT,
    )


def test_a_road_is_done_with_as_many_functional_lamps_as_planned_whoever_has_them() -> None:
    city = _roads()
    found = measure(city, "light_installation_rate")
    assert (found.value, found.numerator, found.denominator, found.unknown) == (25.0, 1, 4, 1)
    assert (found.coverage, found.unit, found.verdict_allowed, found.official, found.reason) == (
        0.75,
        "%",
        True,
        True,
        "",
    )
    assert [(row["project"], row["why"]) for row in found.detail["not_done"]] == [
        ("p2", "lamps_missing"),
        ("p4", "lamps_missing"),
    ]
    assert found.detail["unknown"] == [
        {
            "project": "p3",
            "road": "c",
            "works": "extended",
            "planned": None,
            "installed": 1,
            "done": None,
            "why": "not_said_how_many",
        }
    ]
    assert found.detail["by_year"] == {
        "2019": {"projects": 3, "done": 1, "unknown": 1},
        "2020": {"projects": 1, "done": 0, "unknown": 0},
    }
    assert (found.indicator, found.scope, found.at, found.register_version) == (
        *("light_installation_rate", "city", NIGHT, 1),
    )
    assert measure(city, "light_installation_rate", "district:370103").denominator == 1


def test_it_is_explained_project_by_project() -> None:
    because = explain(_roads(), "light_installation_rate")
    assert [(i.device, i.used, i.why) for i in because.inputs] == [
        ("p1", True, ""),
        ("p2", True, ""),
        ("p3", False, "not_said_how_many"),
        ("p4", True, ""),
        ("p5", False, "scrapped"),
        ("p6", False, "other_works"),
    ]
    assert because.inputs[0].says["installed"] == 2
    assert [s.result for s in because.steps] == ["4", "1", "1", "25.00 %"]


def test_sections_that_got_lamps_must_be_seen_alive() -> None:
    city = _roads()
    found = measure(city, "road_sections_lit")
    assert (found.value, found.denominator, found.unknown, found.unit) == (0.0, 1, 1, "{section}")
    assert found.detail["unknown"][0]["why"] == "no_lamp_reports"
    city.apply(power("s1", NIGHT, 0.0))
    assert (measure(city, "road_sections_lit").value, measure(city, "road_sections_lit").unknown) == (1.0, 0)
    assert [s.result for s in explain(city, "road_sections_lit").steps] == ["1", "1", "0"]
    city.take_dirty()
    city.advance(NIGHT + timedelta(hours=24, seconds=1))
    assert measure(city, "road_sections_lit").unknown == 1
    assert "road_sections_lit" in {name for name, _ in city.take_dirty()}


def test_without_a_project_there_is_no_scope_and_without_one_of_the_works_no_figure() -> None:
    with pytest.raises(NotFound, match="city has no road_project"):
        measure(city_at(lamp(), at=AT), "light_installation_rate")
    found = measure(city_at(replace(project(), synthetic=True), at=AT), "road_sections_lit")
    assert (found.value, found.coverage, found.verdict_allowed) == (None, None, False)
    assert found.reason == "no project of these works is in the register"
    made_up = measure(city_at(replace(project(), synthetic=True), at=AT), "light_installation_rate")
    assert (made_up.value, made_up.official, made_up.reason) == (0.0, False, "1 of the projects are made up")
    none = city_at(project(state=AssetState.MAINTENANCE), at=AT)
    assert explain(none, "light_installation_rate").steps[-1].result == "no road"


def test_a_project_counts_from_its_day_and_what_a_builder_says_changes_nothing() -> None:
    city = city_at(lamp(), version(project(lamps_planned=1), start=NIGHT + timedelta(hours=1)), at=AT)
    assert city.scopes("light_installation_rate") == []
    city.take_dirty()
    city.advance(NIGHT + timedelta(hours=1))
    assert "light_installation_rate" in {name for name, _ in city.take_dirty()}
    assert measure(city, "light_installation_rate", "road:经十路").value == 100.0
    city.apply(Reading("p1", "road_project", NIGHT, NIGHT, {"lamps_installed": 0}))
    assert measure(city, "light_installation_rate").value == 100.0
    city.set_world(
        register(lamp(), project(lamps_planned=2), number=2), city._world.lighting, NIGHT + timedelta(hours=1)
    )
    assert measure(city, "light_installation_rate").value == 0.0
