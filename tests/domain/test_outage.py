"""What is away is told at once, then ever more seldom, and once more when it is back."""

from domain.outage import LONGEST_S, Outage


def test_it_is_said_at_once_then_at_growing_intervals_and_when_it_is_back() -> None:
    outage = Outage()
    assert outage.back(0) is None
    said = [second for second in range(200) if outage.away(second)]
    assert said == [0, 10, 30, 70, 150]
    assert outage.back(200) == 200
    assert outage.back(201) is None
    assert outage.away(300), "the next outage is told at once"


def test_a_long_one_is_said_again_every_ten_minutes() -> None:
    outage = Outage()
    said = [second for second in range(10 * 3600) if outage.away(second)]
    assert said[-1] - said[-2] == LONGEST_S
    assert len(said) < 70
