"""How parts of the city are called, in Chinese and English, where the register has no name for them.

Districts by GB/T 2260; functional zones manage land of several districts and have no code there.
"""

from collections.abc import Mapping
from typing import Final

SCOPE_NAMES: Final[Mapping[str, tuple[str, str]]] = {
    "city": ("全市", "The city"),
    "district:370102": ("历下区", "Lixia"),
    "district:370103": ("市中区", "Shizhong"),
    "district:370104": ("槐荫区", "Huaiyin"),
    "district:370105": ("天桥区", "Tianqiao"),
    "district:370112": ("历城区", "Licheng"),
    "district:370113": ("长清区", "Changqing"),
    "district:370114": ("章丘区", "Zhangqiu"),
    "district:370115": ("济阳区", "Jiyang"),
    "district:370116": ("莱芜区", "Laiwu"),
    "district:370117": ("钢城区", "Gangcheng"),
    "district:370124": ("平阴县", "Pingyin"),
    "district:370126": ("商河县", "Shanghe"),
    "management_area:gaoxin": ("济南高新区", "Gaoxin"),
    "management_area:nanshan": ("南部山区", "Nanshan"),
    "management_area:qibu": ("起步区", "Qibu"),
    "road_class:expressway": ("快速路", "Expressways"),
    "road_class:arterial": ("主干道", "Arterial roads"),
    "road_class:secondary": ("次干道", "Secondary roads"),
    "road_class:branch": ("支路", "Branch roads"),
    "road_class:alley": ("街巷", "Alleys"),
    "section_set:assessed-2025": ("2025 年考核断面", "Sections assessed in 2025"),
    "section_set:plan-2019-10": ("方案 10 个断面", "The plan's 10 sections"),
    "section_set:plan-2019-57": ("方案 57 个断面", "The plan's 57 sections"),
}
"""By scope, as in `district:370102`: Chinese first."""


def scope_name(scope: str) -> tuple[str, str] | None:
    """Return the name of a scope in Chinese and English; None = it has none but its id, or the register's."""
    kind, _, ident = scope.partition(":")
    known = SCOPE_NAMES.get(scope)
    # land that no zone manages is managed by its district
    return SCOPE_NAMES.get(f"district:{ident}") if known is None and kind == "management_area" else known
