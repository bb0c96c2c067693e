"""The names in api/said are what `make docs` writes."""

from docs.names import files


def test_the_names_that_the_page_takes_are_up_to_date() -> None:
    assert {file: file.read_text(encoding="utf-8") for file in files()} == files(), "run `make docs`"
