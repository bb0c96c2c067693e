"""Recompute from the archive: what was published is confirmed, every difference is told, and a cut run goes on."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.cli import cli
from app.recompute.run import Wish, run
from app.recompute.state import StateFile
from app.recompute.task import Done, tasks
from app.settings import Settings
from domain.citytime import JINAN
from domain.errors import ConfigError
from domain.history import HistoryQuery
from rules.indicators import INDICATORS
from store.archive import ParquetArchive
from tests.support.past_city import DAY, END, HOUR, NAMES, NOW, START, PastCity


@pytest.fixture
def city(tmp_path: Path) -> PastCity:
    return PastCity(tmp_path)


@pytest.mark.parametrize("exact", [False, True], ids=["columns", "rules"])
def test_what_was_published_is_confirmed(city: PastCity, *, exact: bool) -> None:
    outcome = city.run(exact=exact)
    figures = outcome.totals()
    assert outcome.differences == []
    assert (figures["periods"], figures["revised"]) == (48 + 48 + 2, 0)
    assert figures["measures"] > 300


@pytest.mark.parametrize("exact", [False, True], ids=["columns", "rules"])
def test_a_wrong_figure_is_told_with_what_it_ought_to_be(city: PastCity, *, exact: bool) -> None:
    right = city.run(exact=exact)
    assert right.differences == []
    city.falsify(numerator=77.0)
    (only,) = city.run(exact=exact).differences
    assert (only["indicator"], only["scope"], only["period"]) == ("light_on_rate", "city", "2026-10-19T00")
    assert (only["differs"], only["published"]["numerator"]) == ("figures", 77.0)
    assert only["recomputed"]["numerator"] != 77.0


def test_the_outcome_says_what_was_computed_how(city: PastCity) -> None:
    city.falsify(numerator=77.0)
    by_columns, by_rules = city.run().totals(), city.run(exact=True).totals()
    assert by_columns["computed_by"] == {
        "aqi": {"columns": 48, "in_full": 0, "rules": 0},
        "light_on_rate": {"columns": 47, "in_full": 0, "rules": 1},
        "section_compliance": {"columns": 2, "in_full": 0, "rules": 0},
    }
    assert (by_columns["columnar"], by_columns["scalar"], by_columns["points"] > 0) == (97, 1, True)
    assert (by_rules["columnar"], by_rules["scalar"], by_rules["points"]) == (0, 98, 0)


def test_a_wrong_detail_is_found_when_the_rules_compute_everything(city: PastCity) -> None:
    city.falsify(detail={"grade": "made up"}, name="aqi")
    (only,) = city.run(exact=True).differences
    assert (only["indicator"], only["differs"]) == ("aqi", "detail")


def test_differences_are_written_as_revisions_when_asked(city: PastCity) -> None:
    city.falsify(numerator=77.0)
    assert city.run(write=True).revised == 1
    assert city.run().differences == []
    asked = HistoryQuery("light_on_rate", "city", INDICATORS["light_on_rate"].kept.every, START, END, 10)
    assert [p.why for p in city.operational.measures.revisions(asked)][-1] == "recomputed from the archive"


def test_what_was_never_published_is_told_and_published_late(city: PastCity) -> None:
    city.operational.measures.prune(START + 2 * HOUR, 10**9)
    found = city.run().differences
    assert {d["differs"] for d in found} == {"unpublished"}
    assert city.run(write=True).revised == len(found) > 0
    assert city.run().differences == []


def test_several_processes_find_what_one_finds(city: PastCity) -> None:
    city.falsify(numerator=77.0)
    assert city.run(jobs=2).differences == city.run(jobs=1).differences


def test_a_run_that_was_cut_short_goes_on_where_it_was(city: PastCity) -> None:
    versions = city.operational.register.version(), city.operational.lighting.load().version
    span = [START.isoformat(), END.isoformat()]
    key = {"span": span, "indicators": sorted(NAMES), "exact": False, "write": False, "versions": versions}
    state = StateFile(city.settings.data_dir / "recompute", key)
    first = next(tasks(INDICATORS["aqi"], START, END, NOW, JINAN.tz))
    state.add(Done(first.name, periods=24, differences=[{"as": "found before"}]))
    with state.path.open("a", encoding="utf-8") as file:
        file.write('\n{"task": "cut sho')
    outcome = city.run()
    assert (outcome.resumed, outcome.differences) == (1, [{"as": "found before"}])
    assert not state.path.exists()
    assert city.run().resumed == 0


def test_periods_that_the_archive_does_not_have_yet_are_left_out(city: PastCity) -> None:
    ParquetArchive(city.settings.data_dir / "archive").complete(START + 10 * HOUR)
    assert city.run(indicators=("light_on_rate",)).totals()["periods"] == 10


@pytest.mark.parametrize(
    ("changes", "reason"),
    [({"indicators": ("nothing",)}, "nothing: there are"), ({"start": END}, "must lie before")],
)
def test_a_wish_that_makes_no_sense_is_named(city: PastCity, changes: dict[str, object], reason: str) -> None:
    with pytest.raises(ConfigError, match=reason):
        city.run(**changes)


def test_an_empty_archive_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="holds nothing yet"):
        run(Settings(data_dir=tmp_path), Wish(START, END, ()), NOW, lambda _done, _whole: None)


def test_the_command_tells_differences_by_its_exit_code_and_as_json(city: PastCity, tmp_path: Path) -> None:
    config = tmp_path / "city.toml"
    config.write_text(f'data_dir = "{tmp_path}"\n', encoding="utf-8")
    ParquetArchive(tmp_path / "archive").complete(START + DAY)
    call = ["recompute", "--from", "2026-10-19", "--to", "2026-10-20", "-c", str(config), "--jobs", "1"]
    call += ["--indicator", "light_on_rate"]
    assert CliRunner().invoke(cli, call).exit_code == 0
    city.falsify(numerator=77.0)
    told = CliRunner().invoke(cli, [*call, "--output", "json"])
    assert told.exit_code == 1
    (only,) = json.loads(told.stdout)["differences"]
    assert only["published"]["numerator"] == 77.0
    shown = CliRunner().invoke(cli, call)
    assert "2026-10-19T00" in shown.stdout
    assert "1 differences" in shown.stdout
    assert CliRunner().invoke(cli, [*call, "--write"]).exit_code == 0
    assert CliRunner().invoke(cli, call).exit_code == 0
