"""The months of sections over HTTP."""

from datetime import UTC, datetime
from typing import Any

import pytest

from domain.citytime import JINAN
from domain.history import Published, published
from domain.measure import Measure
from domain.period import PeriodKind, period_of
from tests.support.api_client import Client
from tests.support.api_services import SmallCity

SECTION = "rs-xinfengzhuang"


def month(number: int, section: str = SECTION, **said: Any) -> Published:
    """What was published of a section's month of 2026."""
    period = period_of(PeriodKind.MONTH, datetime(2026, number, 15, tzinfo=UTC), JINAN.tz)
    class_of = {"class_name": "Ⅳ", "target_name": "Ⅳ", "compliant": True, "reason": "", **said}
    found = Measure(
        indicator="section_period_class",
        scope=f"section:{section}",
        at=period.end,
        unit="1",
        value=4.0,
        numerator=1,
        denominator=1,
        unknown=0,
        coverage=1.0,
        detail={"class_month_closed": class_of},
    )
    return published(found, period, 1)


@pytest.fixture(autouse=True)
def kept(city: SmallCity) -> None:
    """Three months of the section that is registered, one of a section that is no longer, and one too old."""
    found = [month(8), month(9, class_name="Ⅴ", compliant=False), month(10), month(10, "rs-gone"), month(1)]
    city.operational.measures.publish(found, datetime(2026, 11, 1, tzinfo=UTC))


def test_each_section_has_its_closed_months_and_a_section_without_any_is_there_too(reader: Client) -> None:
    found = reader.get("/api/v1/water/months?months=4").json()
    assert found["months"] == ["2026-07", "2026-08", "2026-09", "2026-10"]
    gone, here = sorted(found["items"], key=lambda item: item["section"])
    assert (here["section"], here["name"], here["river"]) == (SECTION, "辛丰庄", "xiaoqing")
    assert [(m["month"], m["class_name"], m["compliant"]) for m in here["months"]] == [
        ("2026-08", "Ⅳ", True),
        ("2026-09", "Ⅴ", False),
        ("2026-10", "Ⅳ", True),
    ]
    assert (gone["name"], gone["river"], len(gone["months"])) == ("rs-gone", "", 1)


def test_a_revision_replaces_the_month_and_says_that_it_is_one(city: SmallCity, reader: Client) -> None:
    later = month(10, class_name="Ⅲ")
    city.operational.measures.revise([later], datetime(2026, 11, 2, tzinfo=UTC), lambda _: ())
    here = next(i for i in reader.get("/api/v1/water/months").json()["items"] if i["section"] == SECTION)
    assert [(m["class_name"], m["revision"]) for m in here["months"]][-1] == ("Ⅲ", 1)
    assert [m["month"] for m in here["months"]] == ["2026-01", "2026-08", "2026-09", "2026-10"]
    assert reader.get("/api/v1/water/months?months=0").status_code == 422
