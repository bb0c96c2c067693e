"""Months of sections come by columns in full: a wrong detail of a quarter or a year is found without --exact."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from domain.citytime import JINAN
from domain.history import Published
from rules.indicator import World
from rules.indicators import INDICATORS
from rules.kept import due
from rules.replay import replay
from store.archive import ParquetArchive
from tests.support.past_city import DAY, PastCity
from tests.support.rules import NO_PLAN, local

NAME = "section_period_class"
FIRST, LAST = local("2026-10-01T00:00"), local("2026-11-01T00:00")


def _with_detail(published: Published, name: str, **changes: object) -> Published:
    detail: Mapping[str, Any] = published.measure.detail
    wrong = {**detail, name: {**detail[name], **changes}}
    return replace(published, measure=replace(published.measure, detail=wrong))


def _published(folder: Path) -> tuple[PastCity, list[Published]]:
    """A city whose archive is complete, and what its service would have published of October."""
    city = PastCity(folder, publishes=False)
    archive = ParquetArchive(folder / "archive")
    archive.complete(LAST + 5 * DAY)
    world = World(city.operational.register.load(), NO_PLAN, JINAN)
    (only,) = replay(INDICATORS[NAME], list(due(INDICATORS[NAME], LAST, LAST + DAY, JINAN.tz)), archive.window, world)
    return city, list(only.found)


@pytest.mark.parametrize("exact", [False, True], ids=["columns", "rules"])
@pytest.mark.parametrize("period", ["month_closed", "quarter_closed", "year_closed", "year_to_date"])
def test_a_wrong_detail_of_any_period_is_found(tmp_path: Path, period: str, *, exact: bool) -> None:
    city, (first, *others) = _published(tmp_path)
    wrong = _with_detail(first, f"class_{period}", reason="made up")
    city.operational.measures.publish([wrong, *others], LAST)
    outcome = city.run(start=FIRST, end=LAST, indicators=(NAME,), exact=exact)
    assert [(d["scope"], d["differs"]) for d in outcome.differences] == [(first.measure.scope, "detail")]
    assert outcome.totals()["computed_by"] == {NAME: {"columns": 0, "in_full": int(not exact), "rules": int(exact)}}


def test_what_was_published_is_confirmed_and_told_from_how_many_values(tmp_path: Path) -> None:
    city, found = _published(tmp_path)
    city.operational.measures.publish(found, LAST)
    outcome = city.run(start=FIRST, end=LAST, indicators=(NAME,))
    assert outcome.differences == []
    totals = outcome.totals()
    assert (totals["periods"], totals["in_full"], totals["scalar"], totals["measures"]) == (1, 1, 0, 3)
    assert totals["points"] == 5 * totals["readings"] > 0
