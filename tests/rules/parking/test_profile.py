"""Profiles by quarter: many masks added at once equal a count bit by bit, and disjoint profiles add up."""

from hypothesis import given
from hypothesis import strategies as st

from rules.parking.profile import NOTHING, QUARTER_US, Mask, Profile, bits, first_quarter, profile_of

MASKS = st.lists(st.builds(Mask, st.integers(0, 255), st.integers(0, 255)), max_size=40)


@given(MASKS)
def test_masks_are_counted_bit_by_bit(masks: list[Mask]) -> None:
    found = profile_of(masks, 8)
    assert found.occupied == tuple(sum(m.occupied >> bit & 1 for m in masks) for bit in range(8))
    assert found.known == tuple(sum(m.known >> bit & 1 for m in masks) for bit in range(8))


@given(MASKS, MASKS)
def test_profiles_of_disjoint_spaces_add_up(one: list[Mask], other: list[Mask]) -> None:
    both = profile_of(one, 8) + profile_of(other, 8)
    assert both == profile_of(one + other, 8) == profile_of(other, 8) + profile_of(one, 8)
    assert both + NOTHING == NOTHING + both == both
    assert Profile.load(both.dump()) == both


def test_the_peak_is_the_first_of_the_fullest_quarters_and_none_without_a_known_one() -> None:
    assert Profile((1, 3, 2, 3), (3, 3, 3, 3)).peak() == 1
    assert Profile((0, 0), (0, 1)).peak() == 0
    assert Profile((0, 0), (0, 0)).peak() is None
    assert NOTHING.peak() is None


def test_spans_are_cut_to_the_day() -> None:
    assert bits(1, 3, 4) == 0b0110
    assert bits(-2, 9, 4) == 0b1111
    assert bits(3, 3, 4) == bits(4, 9, 4) == bits(-5, 0, 4) == 0


def test_a_quarter_begins_at_its_first_instant() -> None:
    assert [first_quarter(at, 0) for at in (-1, 0, 1, QUARTER_US, QUARTER_US + 1)] == [0, 0, 1, 1, 2]
