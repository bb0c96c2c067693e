"""GB 3838-2002, table 2: the supplementary items of drinking-water sources, their limits included."""

from decimal import Decimal
from pathlib import Path

import pytest

from domain.kinds import KINDS
from rules.standards.gb3838_sources import (
    ASKED_CLASS,
    SUPPLEMENTARY,
    SUPPLEMENTARY_NAMES,
    missing_supplementary,
    over_supplementary,
)

LIMITS = {"sulfate": "250", "chloride": "250", "nitrate_n": "10", "iron": "0.3", "manganese": "0.1"}


@pytest.mark.parametrize(("item", "limit"), LIMITS.items())
def test_a_value_at_the_limit_is_within_it_and_one_step_above_is_over(item: str, limit: str) -> None:
    assert over_supplementary({item: Decimal(limit)}) == ()
    assert over_supplementary({item: Decimal(limit) + Decimal("1e-9")}) == (item,)


def test_what_is_over_or_missing_is_named_in_the_standards_order() -> None:
    assert over_supplementary({"manganese": Decimal(1), "sulfate": Decimal(999), "cod": Decimal(999)}) == (
        "sulfate",
        "manganese",
    )
    assert missing_supplementary({"iron": Decimal(0)}) == ("sulfate", "chloride", "nitrate_n", "manganese")


def test_every_item_has_a_name_and_is_measured_by_the_laboratory() -> None:
    assert list(SUPPLEMENTARY) == list(SUPPLEMENTARY_NAMES) == list(LIMITS)
    for item, name in SUPPLEMENTARY_NAMES.items():
        metric = KINDS["section_sample"].metric(item)
        assert metric is not None
        assert (metric.title, metric.unit) == (name, "mg/L")


def test_zones_ask_for_class_ii_and_iii() -> None:
    assert dict(ASKED_CLASS) == {"first": 2, "second": 3}


def test_table_2_is_that_of_the_source_at_hand(shared_data: Path) -> None:
    text = (shared_data.parent / "domain" / "environment_standards.md").read_text(encoding="utf-8")
    line = next(line for line in text.splitlines() if "Table 2 of the standard" in line)
    assert "sulfate 250, chloride 250, nitrate-N 10, iron 0.3, manganese 0.1 mg/L" in line
