"""GB 3838-2002 for drinking-water sources (水源地): the supplementary items of table 2, and the class that is asked.

Water of class Ⅱ serves first-grade protection zones, of class Ⅲ second-grade ones (clause 3).
"""

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Final

SUPPLEMENTARY: Final[Mapping[str, Decimal]] = MappingProxyType(
    {
        "sulfate": Decimal(250),
        "chloride": Decimal(250),
        "nitrate_n": Decimal(10),
        "iron": Decimal("0.3"),
        "manganese": Decimal("0.1"),
    }
)
"""Table 2 by metric name, mg/L; a value equal to the limit is within it."""

SUPPLEMENTARY_NAMES: Final[Mapping[str, str]] = MappingProxyType(
    {"sulfate": "硫酸盐", "chloride": "氯化物", "nitrate_n": "硝酸盐氮", "iron": "铁", "manganese": "锰"}
)

ASKED_CLASS: Final[Mapping[str, int]] = MappingProxyType({"first": 2, "second": 3})
"""By grade of the protection zone."""


def over_supplementary(values: Mapping[str, Decimal]) -> tuple[str, ...]:
    """Return the supplementary items whose value (mg/L) is above the limit, in the standard's order."""
    return tuple(item for item, limit in SUPPLEMENTARY.items() if item in values and values[item] > limit)


def missing_supplementary(values: Mapping[str, Decimal]) -> tuple[str, ...]:
    """Return the supplementary items without a value, in the standard's order."""
    return tuple(item for item in SUPPLEMENTARY if item not in values)
