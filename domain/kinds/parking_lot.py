"""Car park with a counter (停车场): barrier or guidance system.

Counters drift: negative and above-capacity counts are real input, flagged by the indicators, so the range lets them in.
`entered` and `left` count vehicles at the gates since the counter's last re-zero, which is best done each night.
`shared_from` and `shared_until` (local time, HH:MM) are the hours in which a car park of an office is open to all.
"""

from datetime import timedelta
from typing import Final

from domain.kind import AttributeSpec, MetricSpec, SensorKind, ValueType

KIND: Final = SensorKind(
    name="parking_lot",
    title="停车场",
    period=timedelta(minutes=15),
    freshness=timedelta(hours=1),
    metrics=(
        MetricSpec("occupied", "占用车位", "{bay}", type=ValueType.INT, lowest=-100000, highest=100000),
        MetricSpec("free", "空闲车位", "{bay}", type=ValueType.INT, lowest=-100000, highest=100000),
        MetricSpec("capacity", "总车位", "{bay}", type=ValueType.INT, lowest=0, highest=100000),
        MetricSpec("entered", "归零后驶入", "{vehicle}", type=ValueType.INT, lowest=0, highest=1000000),
        MetricSpec("left", "归零后驶出", "{vehicle}", type=ValueType.INT, lowest=0, highest=1000000),
    ),
    attributes=(
        AttributeSpec("road", "道路"),
        AttributeSpec("capacity", "总车位", type=ValueType.INT, lowest=0, highest=100000),
        AttributeSpec("shared_from", "错时共享开始"),
        AttributeSpec("shared_until", "错时共享结束"),
    ),
    faults=("counterFault",),
)
