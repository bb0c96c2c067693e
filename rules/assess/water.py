"""One published section record judged by GB 3838-2002 as the national publication of automatic stations does it.

That has five items. A table with more of the 21 that make the class, as laboratories report them, is judged by all.
"""

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from rules.assess.cells import amount, first_present
from rules.standards.gb3838 import CLASS_ITEMS, REQUIRED, Body, section_class
from rules.standards.water_evaluation import main_indicators

BODY: Final = "body_type"
COMPUTED: Final = ("computed_class", "computed_main_pollutants", "note")


COLUMNS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {item: (f"{item}_raw", item, f"{item}_shown") for item in CLASS_ITEMS}
)
"""Where the items stand: the raw value before the displayed one, because classes are of unrounded values."""
USED: Final = (BODY, *(name for names in COLUMNS.values() for name in names))


def assess_water(row: Mapping[str, str], body: Body | None) -> dict[str, str]:
    """Return the computed cells of a row. `body` None: as the row's column `body_type` says.

    Raises:
        ValueError: a cell is malformed, a value negative, or the body of water unknown.
    """
    applied = body or _body(row)
    values: dict[str, Decimal] = {}
    for item, columns in COLUMNS.items():
        present = first_present(row, columns)
        value = amount(*present) if present else None
        if value is not None:
            values[item] = value
    found = section_class(values, applied)
    if found is None:
        missing = [item for item in REQUIRED if item not in values]
        return dict(zip(COMPUTED, ("", "", f"no class: {', '.join(missing)} missing"), strict=True))
    main = ";".join(m.text for m in main_indicators(values, applied, found))
    note = "" if "tp" in values else "without tp"
    return dict(zip(COMPUTED, (found.grade.name, main, note), strict=True))


def _body(row: Mapping[str, str]) -> Body:
    text = row.get(BODY, "").strip()
    try:
        return Body(text.lower())
    except ValueError:
        raise ValueError(f"{BODY}: {text!r} is neither river nor lake") from None
