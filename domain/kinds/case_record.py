"""Record of a case file (案卷记录): where a case stands after a step, as a bureau's system or our own desk tells it.

A device is one system; each of its readings is one case after one step, `at` is when that was (no two at the same
instant). Instants are whole seconds since 1970 UTC. The later record of a case says everything anew.
"""

from datetime import timedelta
from typing import Final

from domain.kind import AttributeSpec, MetricSpec, SensorKind, ValueType

_LAST: Final = 4_102_444_800
"""2100-01-01."""


def _instant(name: str, title: str) -> MetricSpec:
    return MetricSpec(name, title, "s", type=ValueType.INT, lowest=0, highest=_LAST)


def _count(name: str, title: str, unit: str) -> MetricSpec:
    return MetricSpec(name, title, unit, type=ValueType.INT, lowest=0, highest=10_000)


KIND: Final = SensorKind(
    name="case_record",
    title="案卷记录",
    period=timedelta(days=1),
    freshness=timedelta(days=31),
    metrics=(
        MetricSpec("case", "案卷号", "", type=ValueType.TEXT),
        _instant("opened_at", "立案时间"),
        _instant("closed_at", "结案时间"),
        _instant("due_at", "在办部分最早到期时间"),
        MetricSpec("mistaken", "误报", "1", type=ValueType.BOOL),
        MetricSpec("ticket", "来自12345热线", "1", type=ValueType.BOOL),
        _count("units", "处置单位数", "{unit}"),
        _count("parts", "派单部分数", "{part}"),
        _count("late", "超期办结部分数", "{part}"),
        _count("returned", "退回次数", "{part}"),
        _count("accepted", "接单次数", "{part}"),
        MetricSpec("handover", "派单至接单时间合计", "s", type=ValueType.INT, lowest=0, highest=_LAST),
    ),
    attributes=(AttributeSpec("desk", "本系统案卷", type=ValueType.BOOL),),
    imported=True,
)
