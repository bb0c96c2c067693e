"""Air quality forecast (空气质量预报), as one issue: `at` is when it was issued, one value for each day from then on.

Day 0 is the city's calendar day of the issue. HJ 633-2026 asks for three days at least, before 20:00 each day.
"""

from datetime import timedelta
from typing import Final

from domain.kind import AttributeSpec, MetricSpec, SensorKind, ValueType

DAYS: Final = range(8)
"""The days of an issue, counted from the day it was issued on."""

KIND: Final = SensorKind(
    name="air_forecast",
    title="空气质量预报",
    period=timedelta(days=1),
    freshness=timedelta(hours=36),
    metrics=(
        *(MetricSpec(f"aqi_d{n}", f"第{n}天 AQI", "1", ValueType.INT, 0, 500, (40, 200)) for n in DAYS),
        *(MetricSpec(f"primary_d{n}", f"第{n}天首要污染物", "", type=ValueType.TEXT) for n in DAYS),
    ),
    attributes=(
        AttributeSpec("issuer", "发布单位"),
        AttributeSpec("official", "正式预报", type=ValueType.BOOL, required=True),
    ),
)
