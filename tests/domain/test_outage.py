"""What is away is told at once, then ever more seldom, and once more when it is back."""

from domain.outage import LONGEST_S, Line, Outage, ToldOutage


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


def test_an_outage_is_told_with_its_reason_and_its_end_with_how_long_it_was() -> None:
    outage = ToldOutage("database_away")
    assert outage.back(0) is None
    assert outage.away(1, OSError("refused")) == Line("database_away", {"reason": "refused"})
    assert outage.away(2, OSError("refused")) is None
    assert outage.back(4.25) == Line("no_longer_away", {"was": "database_away", "after_s": 3.2})
    assert outage.back(5) is None
