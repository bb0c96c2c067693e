"""Cells of published tables: numbers exactly as written, signs in their place, instants."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from rules.assess.cells import first_present, instant, number


@pytest.mark.parametrize(
    ("text", "found"),
    [("7", "7"), (" 0.10 ", "0.10"), ("2E-05", "0.00002"), ("-0.5", "-0.5"), ("5.", "5"), (".5", "0.5")],
)
def test_a_number_is_read_exactly_as_written(text: str, found: str) -> None:
    assert number("ph", text) == Decimal(found)


@pytest.mark.parametrize("text", ["", " ", "-", "--", "—", "/", "*"])
def test_signs_of_what_is_missing_or_not_monitored_are_no_number(text: str) -> None:
    assert number("ph", text) is None


@pytest.mark.parametrize("text", ["x", "7,1", "1_000", "NaN", "inf", "1e9999", "7 8", "٣"])
def test_anything_else_is_an_error_that_names_the_column(text: str) -> None:
    with pytest.raises(ValueError, match=r"ph: .* is no number"):
        number("ph", text)


def test_an_instant_without_offset_is_beijing_time() -> None:
    expected = datetime(2026, 2, 28, 17, tzinfo=UTC)
    for text in ("2026-03-01T01:00+08:00", " 2026-03-01T01:00", "2026-03-01 01:00:00", "2026-02-28T17:00Z"):
        assert instant("hour_ending", text) == expected
    with pytest.raises(ValueError, match="hour_ending: 'yesterday' is no instant"):
        instant("hour_ending", "yesterday")


def test_the_first_column_with_a_number_counts_and_a_sign_only_where_none_has_one() -> None:
    columns = ("raw", "shown")
    assert first_present({"raw": "1", "shown": "2"}, columns) == ("raw", "1")
    assert first_present({"shown": " 2 "}, columns) == ("shown", "2")
    assert first_present({"raw": "--", "shown": "2"}, columns) == ("shown", "2")
    assert first_present({"raw": "*", "shown": "*"}, columns) == ("raw", "*")
    assert first_present({"other": "1"}, columns) is None
