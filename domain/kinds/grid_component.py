"""Component of the unified grid's database (网格化管理部件): manhole covers, boxes, signs, trees … as registered there.

Components are imported as devices of the register, hundreds of thousands of them. They do not report; an inspection may
say whether one is sound. The first two digits of the category are its main class, the next two its small class, as the
classification of city-management components numbers them (GB/T 30428.2, not read: the codes are kept as imported).
"""

from datetime import timedelta
from typing import Final

from domain.kind import AttributeSpec, MetricSpec, SensorKind, ValueType

KIND: Final = SensorKind(
    name="grid_component",
    title="网格部件",
    period=timedelta(days=365),
    freshness=timedelta(days=365),
    metrics=(MetricSpec("sound", "完好", "1", type=ValueType.BOOL),),
    attributes=(
        AttributeSpec("category", "部件分类代码", required=True),
        AttributeSpec("grid", "单元网格"),
        AttributeSpec("road", "道路"),
    ),
    faults=("damaged", "missing"),
    imported=True,
)
