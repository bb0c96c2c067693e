"""Daily table of the citizens' hotline (12345热线日报): counts of calls and of items, imported once a day.

A reading stands for the local day that its instant lies in. What is left out was not counted that day.
"""

from datetime import timedelta
from typing import Final

from domain.kind import MetricSpec, SensorKind, ValueType


def _count(name: str, title: str, unit: str) -> MetricSpec:
    return MetricSpec(name, title, unit, type=ValueType.INT, lowest=0, highest=10_000_000)


KIND: Final = SensorKind(
    name="hotline_daily",
    title="热线日报",
    period=timedelta(days=1),
    freshness=timedelta(days=2),
    metrics=(
        _count("calls", "呼入量", "{call}"),
        _count("connected", "接通量", "{call}"),
        _count("reply_due", "应回复件数", "{item}"),
        _count("replied", "按期回复件数", "{item}"),
        _count("closure_due", "应办结件数", "{item}"),
        _count("closed", "按期办结件数", "{item}"),
        _count("surveyed", "回访评价件数", "{item}"),
        _count("satisfied", "满意件数", "{item}"),
    ),
    imported=True,
)
