import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.cursors import decode, decode_number, encode
from api.problems import Refused


@given(st.text().filter(lambda t: t.isprintable()))
def test_a_cursor_is_read_back_to_the_position_it_was_made_of(position: str) -> None:
    assert decode(encode(position)) == position


@given(st.text(alphabet="ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", min_size=1, max_size=60))
def test_any_text_is_a_cursor_of_ours_or_refused(text: str) -> None:
    try:
        position = decode(text)
    except Refused:
        return
    assert encode(position) == text


@pytest.mark.parametrize("position", ["-1", "1.0", "٣", "99999999999", "", "x"])
def test_a_number_must_be_one_of_the_listing(position: str) -> None:
    with pytest.raises(Refused):
        decode_number(encode(position), 10**6)
