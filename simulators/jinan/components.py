"""The component database of the unified grid (部件数据库), made up: manhole covers, boxes, signs, bins, trees."""

from collections.abc import Iterator
from itertools import accumulate
from typing import Final

from domain.device import Device
from domain.kind import Value
from simulators.jinan.districts import DISTRICTS, LIT
from simulators.noise import key_of, spread, unit

CITY_COMPONENTS: Final = 300_000
"""How many the made-up database holds; the real number was not found."""
PLACED: Final = 0.86
"""The share with a position, above what the plan asks."""
_CLASSES: Final = (
    ("0101", "上水井盖", 12),
    ("0102", "污水井盖", 16),
    ("0103", "雨水井盖", 14),
    ("0104", "雨水箅子", 16),
    ("0105", "电力井盖", 8),
    ("0106", "路灯井盖", 6),
    ("0107", "通讯井盖", 9),
    ("0201", "停车场", 1),
    ("0204", "交通标志牌", 7),
    ("0304", "垃圾箱", 5),
    ("0401", "古树名木", 1),
    ("0403", "行道树", 5),
)
"""Category, name and weight. The numbering is that of common lists of components, not checked with the standard."""
_BUREAU: Final = "济南市城市管理局"


def components(count: int = CITY_COMPONENTS, seed: int = 1, *, placed: float = PLACED) -> Iterator[Device]:
    """Yield so many components over the lit districts; the share `placed` of them has a position (WGS-84)."""
    bounds = list(accumulate(weight for _, _, weight in _CLASSES))
    districts = [DISTRICTS[code] for code in LIT]
    base = key_of(seed, "component")
    for n in range(count):
        key = base + n
        drawn = unit(key, 0) * bounds[-1]
        category, name, _ = next(c for c, bound in zip(_CLASSES, bounds, strict=True) if drawn < bound)
        district = districts[int(unit(key, 1) * len(districts))]
        lon = round(district.lon + spread(key, 2, -0.04, 0.04), 6)
        lat = round(district.lat + spread(key, 3, -0.03, 0.03), 6)
        there = unit(key, 4) < placed
        attributes: dict[str, Value] = {"category": category, "grid": f"{district.code}{int(unit(key, 5) * 400):04}"}
        yield Device(
            id=f"gc-{n + 1:07}",
            kind="grid_component",
            name=f"{name} {n + 1}",
            district=district.code,
            management_area=district.code,
            responsible_unit=_BUREAU,
            lon=lon if there else None,
            lat=lat if there else None,
            synthetic=True,
            attributes=attributes,
        )
