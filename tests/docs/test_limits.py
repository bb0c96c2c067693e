"""What grows has an end, and the page of limits says which."""

import re

from store.operational.schema import metadata
from tests.support.servers import ROOT

PAGE = (ROOT / "docs" / "limits.md").read_text(encoding="utf-8")


def test_the_page_says_of_every_table_what_ends_it() -> None:
    _, _, told = PAGE.partition("Every table of the operational database")
    rows = re.findall(r"^\| (`.*?) \| .+ \|$", told, re.MULTILINE)
    named = [name for row in rows for name in re.findall(r"`(\w+)`", row)]
    assert sorted(named) == sorted({*metadata.tables, "alembic_version"})
