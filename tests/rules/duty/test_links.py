"""Tokens: they say who made them, fit one notice, and no channel or filter takes them for something else."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from notify.texts import clean
from rules.duty.links import LENGTH, read, token

SECRET = b"s" * 64
ENDS = datetime(2026, 11, 25, 12, tzinfo=UTC)
numbers = st.integers(1, 2**47)
ends = st.integers(0, 2**32 - 1).map(lambda s: datetime.fromtimestamp(s, UTC))


@given(numbers, st.text(max_size=255), ends)
def test_a_token_says_what_it_was_made_of(number: int, key: str, end: datetime) -> None:
    text = token(SECRET, number, key, end)
    claim = read(SECRET, text)
    assert claim is not None
    assert (claim.notice, claim.ends, claim.fits(key), claim.fits(f"{key}x")) == (number, end, True, False)
    assert len(text) == LENGTH
    assert text.isalnum()


@given(numbers, st.data())
def test_no_changed_token_is_taken(number: int, data: st.DataObject) -> None:
    text = token(SECRET, number, "k", ENDS)
    at = data.draw(st.integers(0, LENGTH - 1))
    other = data.draw(st.sampled_from("abcdefghijklmnopqrstuvwxyz234567").filter(lambda c: c != text[at]))
    assert read(SECRET, f"{text[:at]}{other}{text[at + 1 :]}") is None


@given(st.text(max_size=100) | st.binary(max_size=60).map(lambda b: b.decode("latin-1")))
def test_whatever_stands_in_an_address_is_no_token_and_no_error(text: str) -> None:
    assert read(SECRET, text) is None


def test_a_token_of_another_secret_counts_for_nothing() -> None:
    assert read(b"t" * 64, token(SECRET, 1, "k", ENDS)) is None
    assert read(SECRET, token(SECRET, 1, "k", ENDS) + "aaaaaaaa") is None


@given(numbers, st.integers(0, 10**6))
def test_the_filter_of_telephone_numbers_and_plates_leaves_a_link_alone(number: int, later: int) -> None:
    link = f"https://duty.city.example/a/{token(SECRET, number, 'k', ENDS + timedelta(seconds=later))}"
    assert clean(f"查看与签收：{link}") == f"查看与签收：{link}"
