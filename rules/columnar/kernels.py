"""Which indicators have a columnar kernel. The others are recomputed by the scalar rules."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from rules.columnar import air_months, daily_aqi, hourly_aqi, lamps, sections, water_periods
from rules.columnar.kernel import InFull, Kernel

KERNELS: Final[Mapping[str, Kernel]] = MappingProxyType(
    {
        "air_composite_index": air_months.INDEX,
        "air_period_mean": air_months.MEAN,
        "aqi": hourly_aqi.KERNEL,
        "aqi_daily": daily_aqi.AQI,
        "good_air_days": air_months.GOOD_DAYS,
        "light_on_rate": lamps.KERNEL,
        "primary_pollutant": daily_aqi.PRIMARY,
        "section_class": sections.CLASS,
        "section_compliance": sections.COMPLIANCE,
    }
)

IN_FULL: Final[Mapping[str, InFull]] = MappingProxyType(
    dict.fromkeys(
        (
            "river_status",
            "section_period_class",
            "section_period_compliance",
            "section_stable_compliance",
            "water_source_compliance",
        ),
        water_periods.KERNEL,
    )
)
