"""How many of a group are enough: a share of many, a number of any."""

import pytest

from rules.alerts.condition import Part


@pytest.mark.parametrize(
    ("part", "number", "expected", "enough"),
    [
        (Part(share=0.3), 3, 10, True),
        (Part(share=0.3), 2, 10, False),
        (Part(count=10), 10, 1000, True),
        (Part(count=10), 9, 9, False),
        (Part(share=0.3, count=10), 10, 1000, True),
        (Part(share=0.3, share_of=5), 4, 4, False),
        (Part(share=0.3, share_of=5), 2, 5, True),
        (Part(share=0.3, count=2, share_of=5), 2, 3, True),
        (Part(share=0.3), 1, 0, False),
    ],
)
def test_a_share_of_a_small_group_says_nothing_and_a_number_always_does(
    part: Part, number: float, expected: float, *, enough: bool
) -> None:
    assert part.reached(number, expected) is enough
