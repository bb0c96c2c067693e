"""Recompute from the archive: what was published is confirmed, every difference is told, and a cut run goes on."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.cli import cli
from app.recompute.run import Outcome, Wish, run
from app.recompute.state import StateFile
from app.recompute.task import Done, tasks
from app.settings import Settings
from domain.citytime import JINAN
from domain.device import Device
from domain.errors import ConfigError
from domain.history import HistoryQuery
from domain.lighting import LightingPlan
from domain.ports import DeviceChange
from domain.reading import Reading
from rules.indicator import World
from rules.indicators import INDICATORS
from rules.kept import due
from rules.replay import replay
from store.archive import ParquetArchive
from store.operational import OperationalStore
from tests.support.air import air, station
from tests.support.rules import BEGINNING, lamp, local, power, section, water

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
START, END = local("2026-11-23T00:00"), local("2026-11-25T00:00")
NOW = END + 5 * DAY
NAMES = ("aqi", "light_on_rate", "section_compliance")
DEVICES: Sequence[Device] = (
    *(lamp(f"l{n}", rated_power=100.0, underpass=n == 0, road=f"路{n % 2}") for n in range(5)),
    *(station(f"a{n}", background=n == 3) for n in range(4)),
    *(section(f"s{n}", target_class=2 + n) for n in range(3)),
)


def readings() -> list[Reading]:
    """Two days and what is before them, with gaps, faults, corrections and repetitions; all made up, none by chance."""
    found: list[Reading] = []
    for n in range(-3 * 24, 49):
        at = START + n * HOUR
        found += [
            air(f"a{k}", at, faults=("calibration",) if (n + k) % 11 == 0 else ()) for k in range(4) if (n * k) % 7
        ]
        found += [power(f"l{k}", at + k * 7 * MINUTE, 100.0 if (n + k) % 5 else 0.0) for k in range(5) if (n + k) % 9]
        if n % 4 == 0:
            found += [water(f"s{k}", at + MINUTE) for k in range(3) if (n + k) % 5]
    found += [replace(r, revision=1, values={**r.values, "power": 1.0}) for r in found[::31] if r.kind == "streetlight"]
    return found + found[::13]


class City:
    """A folder as a service leaves it: register, archive, and what was published."""

    def __init__(self, folder: Path) -> None:
        self.settings = Settings(data_dir=folder)
        self.operational = OperationalStore(self.settings.operational_url())
        register = self.operational.register.record([DeviceChange(d, BEGINNING) for d in DEVICES], "test", BEGINNING)
        archive = ParquetArchive(folder / "archive")
        archive.write([(n, 0, r) for n, r in enumerate(readings())])
        archive.complete(NOW)
        world = World(register, LightingPlan((), (), 0), JINAN)
        for name in NAMES:
            indicator = INDICATORS[name]
            dues = list(due(indicator, START + indicator.kept.settle, END + indicator.kept.settle, JINAN.tz))
            for replayed in replay(indicator, dues, archive.window, world):
                self.operational.measures.publish(replayed.found, END)

    def run(self, **changes: object) -> Outcome:
        wish = replace(Wish(START, END, NAMES), **changes)  # type: ignore[arg-type]
        return run(self.settings, wish, NOW, lambda _done, _whole: None)

    def falsify(self, name: str = "light_on_rate", scope: str = "city", **figures: object) -> None:
        """Publish something wrong of the first period."""
        asked = HistoryQuery(name, scope, INDICATORS[name].kept.every, START, END, 1)
        (first,) = self.operational.measures.history(asked)
        wrong = replace(first, measure=replace(first.measure, **figures))  # type: ignore[arg-type]
        self.operational.measures.revise([wrong], END, lambda _: ())


@pytest.fixture
def city(tmp_path: Path) -> City:
    return City(tmp_path)


@pytest.mark.parametrize("exact", [False, True], ids=["columns", "rules"])
def test_what_was_published_is_confirmed(city: City, *, exact: bool) -> None:
    outcome = city.run(exact=exact)
    figures = outcome.totals()
    assert outcome.differences == []
    assert (figures["periods"], figures["revised"]) == (48 + 48 + 2, 0)
    assert figures["measures"] > 300


@pytest.mark.parametrize("exact", [False, True], ids=["columns", "rules"])
def test_a_wrong_figure_is_told_with_what_it_ought_to_be(city: City, *, exact: bool) -> None:
    right = city.run(exact=exact)
    assert right.differences == []
    city.falsify(numerator=77.0)
    (only,) = city.run(exact=exact).differences
    assert (only["indicator"], only["scope"], only["period"]) == ("light_on_rate", "city", "2026-11-23T00")
    assert (only["differs"], only["published"]["numerator"]) == ("figures", 77.0)
    assert only["recomputed"]["numerator"] != 77.0


def test_the_outcome_says_what_was_computed_how(city: City) -> None:
    city.falsify(numerator=77.0)
    by_columns, by_rules = city.run().totals(), city.run(exact=True).totals()
    assert by_columns["computed_by"] == {
        "aqi": {"columns": 48, "rules": 0},
        "light_on_rate": {"columns": 47, "rules": 1},
        "section_compliance": {"columns": 2, "rules": 0},
    }
    assert (by_columns["columnar"], by_columns["scalar"], by_columns["points"] > 0) == (97, 1, True)
    assert (by_rules["columnar"], by_rules["scalar"], by_rules["points"]) == (0, 98, 0)


def test_a_wrong_detail_is_found_when_the_rules_compute_everything(city: City) -> None:
    city.falsify(detail={"grade": "made up"}, name="aqi")
    (only,) = city.run(exact=True).differences
    assert (only["indicator"], only["differs"]) == ("aqi", "detail")


def test_differences_are_written_as_revisions_when_asked(city: City) -> None:
    city.falsify(numerator=77.0)
    assert city.run(write=True).revised == 1
    assert city.run().differences == []
    asked = HistoryQuery("light_on_rate", "city", INDICATORS["light_on_rate"].kept.every, START, END, 10)
    assert [p.why for p in city.operational.measures.revisions(asked)][-1] == "recomputed from the archive"


def test_what_was_never_published_is_told_and_published_late(city: City) -> None:
    city.operational.measures.prune(START + 2 * HOUR, 10**9)
    found = city.run().differences
    assert {d["differs"] for d in found} == {"unpublished"}
    assert city.run(write=True).revised == len(found) > 0
    assert city.run().differences == []


def test_several_processes_find_what_one_finds(city: City) -> None:
    city.falsify(numerator=77.0)
    assert city.run(jobs=2).differences == city.run(jobs=1).differences


def test_a_run_that_was_cut_short_goes_on_where_it_was(city: City) -> None:
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


def test_periods_that_the_archive_does_not_have_yet_are_left_out(city: City) -> None:
    ParquetArchive(city.settings.data_dir / "archive").complete(START + 10 * HOUR)
    assert city.run(indicators=("light_on_rate",)).totals()["periods"] == 10


@pytest.mark.parametrize(
    ("changes", "reason"),
    [({"indicators": ("nothing",)}, "nothing: there are"), ({"start": END}, "must lie before")],
)
def test_a_wish_that_makes_no_sense_is_named(city: City, changes: dict[str, object], reason: str) -> None:
    with pytest.raises(ConfigError, match=reason):
        city.run(**changes)


def test_an_empty_archive_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="holds nothing yet"):
        run(Settings(data_dir=tmp_path), Wish(START, END, ()), NOW, lambda _done, _whole: None)


def test_the_command_tells_differences_by_its_exit_code_and_as_json(city: City, tmp_path: Path) -> None:
    config = tmp_path / "city.toml"
    config.write_text(f'data_dir = "{tmp_path}"\n', encoding="utf-8")
    ParquetArchive(tmp_path / "archive").complete(START + DAY)
    call = ["recompute", "--from", "2026-11-23", "--to", "2026-11-24", "-c", str(config), "--jobs", "1"]
    call += ["--indicator", "light_on_rate"]
    assert CliRunner().invoke(cli, call).exit_code == 0
    city.falsify(numerator=77.0)
    told = CliRunner().invoke(cli, [*call, "--output", "json"])
    assert told.exit_code == 1
    (only,) = json.loads(told.stdout)["differences"]
    assert only["published"]["numerator"] == 77.0
    shown = CliRunner().invoke(cli, call)
    assert "2026-11-23T00" in shown.stdout
    assert "1 differences" in shown.stdout
    assert CliRunner().invoke(cli, [*call, "--write"]).exit_code == 0
    assert CliRunner().invoke(cli, call).exit_code == 0
