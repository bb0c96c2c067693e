"""The limits of GB 3095 by edition and class."""

from datetime import date

import pytest

from rules.standards.gb3095_limits import Limits, Over, limit, limits_of_day
from rules.standards.hj633 import Pollutant

# a second copy, in the layout of the source: class 1 and 2 in 2012, transitional, final
ROWS = """
SO2,year,20,60,20,60,20,20
SO2,day,50,150,50,150,50,50
SO2,hour,150,500,150,500,150,150
NO2,year,40,40,40,40,30,30
NO2,day,80,80,80,80,50,50
NO2,hour,200,200,200,200,200,200
CO,day,4,4,4,4,4,4
CO,hour,10,10,10,10,10,10
O3,day,100,160,100,160,100,160
O3,hour,160,200,160,200,160,200
PM10,year,40,70,40,60,20,50
PM10,day,50,150,50,120,50,100
PM2.5,year,15,35,15,30,10,25
PM2.5,day,35,75,35,60,25,50
"""
BY_LABEL = {p.label: p for p in Pollutant}


def test_every_limit_is_that_of_the_table() -> None:
    seen = 0
    for row in ROWS.split():
        label, over, *cells = row.split(",")
        columns = [(limits, c) for limits in (Limits.Y2012, Limits.TRANSITIONAL, Limits.FINAL) for c in (1, 2)]
        for (limits, area_class), cell in zip(columns, cells, strict=True):
            assert limit(limits, BY_LABEL[label], Over(over), area_class) == int(cell)
            seen += 1
    assert seen == 84
    for limits in Limits:
        assert limit(limits, Pollutant.CO, Over.YEAR) is None
        assert limit(limits, Pollutant.O3, Over.YEAR) is None
        assert limit(limits, Pollutant.PM25, Over.HOUR) is None


def test_towns_are_class_2() -> None:
    assert limit(Limits.Y2012, Pollutant.PM25, Over.YEAR) == 35


@pytest.mark.parametrize(
    ("day", "limits"),
    [
        (date(2012, 1, 1), Limits.Y2012),
        (date(2026, 2, 28), Limits.Y2012),
        (date(2026, 3, 1), Limits.TRANSITIONAL),
        (date(2030, 12, 31), Limits.TRANSITIONAL),
        (date(2031, 1, 1), Limits.FINAL),
    ],
)
def test_the_day_decides_the_limits(day: date, limits: Limits) -> None:
    assert limits_of_day(day) is limits


def test_before_2012_there_are_none() -> None:
    with pytest.raises(ValueError, match="no edition of GB 3095 covers 2011-12-31"):
        limits_of_day(date(2011, 12, 31))


def test_limits_are_cited_by_their_edition() -> None:
    assert [limits.value for limits in Limits] == ["GB 3095-2012", "GB 3095-2026, transitional", "GB 3095-2026"]
