"""One published section record judged by GB 3838-2002 as the national publication of automatic stations does it.

That has five items. A table with more of the 21 that make the class, as laboratories report them, is judged by all.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from rules.assess.cells import amount, first_present, undetected
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

    What was not detected counts as half of the detection limit, as in means of laboratory values (HJ 91.2-2022); for
    the class of one record our choice.

    Raises:
        ValueError: a cell is malformed, a value negative, or the body of water unknown.
    """
    applied = body or _body(row)
    values: dict[str, Decimal] = {}
    below: list[str] = []
    for item, columns in COLUMNS.items():
        present = first_present(row, columns)
        if present is None:
            continue
        column, cell = present
        limit = undetected(cell)
        value = amount(column, cell if limit is None else limit)
        if value is None:
            continue
        values[item] = value if limit is None else value / 2
        if limit is not None:
            below.append(item)
    found = section_class(values, applied)
    if found is None:
        missing = [item for item in REQUIRED if item not in values]
        return dict(zip(COMPUTED, ("", "", f"no class: {', '.join(missing)} missing"), strict=True))
    main = ";".join(m.text for m in main_indicators(values, applied, found))
    return dict(zip(COMPUTED, (found.grade.name, main, _note(values, below)), strict=True))


def _note(values: Mapping[str, Decimal], below: Sequence[str]) -> str:
    notes = [] if "tp" in values else ["without tp"]
    if below:
        notes.append(f"not detected, half of the limit counts: {', '.join(below)}")
    return "; ".join(notes)


def _body(row: Mapping[str, str]) -> Body:
    text = row.get(BODY, "").strip()
    try:
        return Body(text.lower())
    except ValueError:
        raise ValueError(f"{BODY}: {text!r} is neither river nor lake") from None
