"""Laboratory sample of a surface-water section (断面采测分离样品): manual monthly sampling, beside the station.

A reading is one sample; its instant is that of the sampling, not of the analysis. Items and units of GB 3838-2002
tables 1 and 2. A result below the detection limit is given as the bureau evaluates it. A corrected result comes as a
higher `revision` of the same instant.
"""

from datetime import timedelta
from typing import Final

from domain.kind import AttributeSpec, MetricSpec, SensorKind
from domain.kinds.river_section import KIND as SECTION

_OWN: Final = {"conductivity", "turbidity"}
"""What only the automatic station measures."""

KIND: Final = SensorKind(
    name="section_sample",
    title="断面实验室样品",
    period=timedelta(days=30),
    freshness=timedelta(days=62),
    metrics=(
        *(metric for metric in SECTION.metrics if metric.name not in _OWN),
        MetricSpec("sulfate", "硫酸盐", "mg/L", lowest=0, highest=50000),
        MetricSpec("chloride", "氯化物", "mg/L", lowest=0, highest=50000),
        MetricSpec("nitrate_n", "硝酸盐氮", "mg/L", lowest=0, highest=5000),
        MetricSpec("iron", "铁", "mg/L", lowest=0, highest=1000),
        MetricSpec("manganese", "锰", "mg/L", lowest=0, highest=1000),
    ),
    attributes=(AttributeSpec("section", "断面编号", required=True),),
    faults=("invalid",),
)
