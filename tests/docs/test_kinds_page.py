"""docs/kinds.md is what `make docs` writes."""

from docs.kinds import PAGE, render


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == render(), "run `make docs`"
