"""Feed that a bureau has agreed to deliver (数据接入): what of, and how often. The inventory of plan item 26.

A feed of devices names their kind in `delivers`: it is fresh while any device of that kind of that bureau is. Other
feeds (hospitals, communities, energy …) report themselves: one reading for each delivery, with the number of records.
"""

from datetime import timedelta
from typing import Final

from domain.kind import AttributeSpec, MetricSpec, SensorKind, ValueType

LONGEST_MINUTES: Final = 7 * 24 * 60
"""No feed may be agreed more seldom than weekly: an interface of static data reports then that nothing changed."""

KIND: Final = SensorKind(
    name="data_feed",
    title="数据接入",
    period=timedelta(days=1),
    freshness=timedelta(minutes=LONGEST_MINUTES),
    metrics=(MetricSpec("records", "记录数", "{record}", type=ValueType.INT, lowest=0, highest=10**12),),
    attributes=(
        AttributeSpec("delivers", "接入内容", required=True),
        AttributeSpec("system", "业务系统"),
        AttributeSpec(
            "agreed_minutes", "约定周期 min", type=ValueType.INT, required=True, lowest=1, highest=LONGEST_MINUTES
        ),
    ),
    faults=("interfaceFault",),
    imported=True,
)
