"""Heavy-pollution weather warning as it was issued (重污染天气预警发布): the level in force from `at` on.

A warning is issued, changed and lifted by a person after consultation; this only says what was decided.
"""

from datetime import timedelta
from typing import Final

from domain.kind import AttributeSpec, MetricSpec, SensorKind, ValueType

KIND: Final = SensorKind(
    name="warning_notice",
    title="重污染天气预警发布",
    period=timedelta(days=365),
    freshness=timedelta(days=366),
    metrics=(
        MetricSpec(
            "level", "预警级别(0 无, 1 黄, 2 橙, 3 红)", "1", ValueType.INT, lowest=0, highest=3, typical=(0, 0)
        ),
        MetricSpec("document", "文号", "", type=ValueType.TEXT),
    ),
    attributes=(AttributeSpec("issuer", "发布单位"),),
)
