"""Cells of published tables: numbers exactly as written, signs in their place, instants."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from rules.assess.cells import amount, first_present, instant, number


@pytest.mark.parametrize(
    ("text", "found"),
    [("7", "7"), (" 0.10 ", "0.10"), ("2E-05", "0.00002"), ("-0.5", "-0.5"), ("5.", "5"), (".5", "0.5")],
)
def test_a_number_is_read_exactly_as_written(text: str, found: str) -> None:
    assert number("ph", text) == Decimal(found)


@pytest.mark.parametrize("text", ["", " ", "-", "--", "—", "/", "*", "NA", "n/a", "null"])
def test_signs_of_what_is_missing_or_not_monitored_are_no_number(text: str) -> None:
    assert number("ph", text) is None


@pytest.mark.parametrize("text", ["x", "7,1", "1_000", "NaN", "inf", "1e9999", "7 8", "٣"])
def test_anything_else_is_an_error_that_names_the_column(text: str) -> None:
    with pytest.raises(ValueError, match=r"ph: .* is no number"):
        number("ph", text)


def test_an_amount_is_not_below_zero() -> None:
    assert (amount("ph", "0"), amount("ph", "*")) == (Decimal(0), None)
    with pytest.raises(ValueError, match=r"^ph: -0.1 is negative$"):
        amount("ph", "-0.1")


@pytest.mark.parametrize(
    "text", ["2026-02-28T24:00+08:00", "2026-02-28 24:00:00", "2026-02-28T24:00", "2026-02-28T16:00Z"]
)
def test_an_hour_may_be_the_24th_of_its_day(text: str) -> None:
    assert instant("hour_ending", text) == datetime(2026, 2, 28, 16, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("yesterday", "is no instant"),
        ("2026-02-28T24:30", "is no instant"),
        ("1/3/2026 1:00", "is no instant"),
        ("9999-12-31T24:00", "is no instant"),
        ("0001-01-01T00:00", "is no instant"),
        ("2026-03-01", "is a day, the hour is missing"),
        ("20260301", "is a day, the hour is missing"),
    ],
)
def test_what_is_no_instant_is_an_error_that_names_the_column(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=f"^hour_ending: '{text}' {message}$"):
        instant("hour_ending", text)


def test_an_instant_without_offset_is_beijing_time() -> None:
    expected = datetime(2026, 2, 28, 17, tzinfo=UTC)
    same = (
        "2026-03-01T01:00+08:00",
        "2026-03-01 01:00:00",
        "2026-02-28T17:00Z",
        "2026/3/1 1:00",
        "2026/03/01 01:00:00",
    )
    for text in (" 2026-03-01T01:00", *same):
        assert instant("hour_ending", text) == expected


def test_the_first_column_with_a_number_counts_and_a_sign_only_where_none_has_one() -> None:
    columns = ("raw", "shown")
    assert first_present({"raw": "1", "shown": "2"}, columns) == ("raw", "1")
    assert first_present({"shown": " 2 "}, columns) == ("shown", "2")
    assert first_present({"raw": "--", "shown": "2"}, columns) == ("shown", "2")
    assert first_present({"raw": "*", "shown": "*"}, columns) == ("raw", "*")
    assert first_present({"other": "1"}, columns) is None
