"""Which instant of a night a reading proves something about."""

from datetime import date, datetime, timedelta

import pytest

from domain.citytime import JINAN, Place
from rules.lighting.evidence import WINDOW
from rules.lighting.nights import LampNight, night_of

BERLIN = Place("Europe/Berlin", 52.5, 13.4)
NIGHTS = [
    pytest.param(night_of(date(2026, 11, 23), JINAN), 11, id="of 24 hours"),
    pytest.param(night_of(date(2026, 10, 24), BERLIN), 12, id="of 25 hours"),
    pytest.param(night_of(date(2026, 3, 28), BERLIN), 11, id="of 23 hours"),
]


@pytest.mark.parametrize(("night", "instants"), NIGHTS)
def test_stretches_follow_one_another_through_the_night(night: LampNight, instants: int) -> None:
    at, numbers = night.start, []
    while at < night.end:
        stretch = night.stretch_at(at)
        assert (stretch.first, stretch.night) == (at, night)
        assert night.stretch_at(stretch.last) == stretch
        numbers.append(stretch.number)
        at = stretch.last + datetime.resolution
    assert at == night.end
    assert numbers == [number for n in range(instants) for number in (None, n)] + [None]


def test_a_reading_of_an_instant_and_of_the_window_before_it_proves_something() -> None:
    night = night_of(date(2026, 11, 23), JINAN)
    ten = night.instants[4]
    assert [(night.stretch_at(at).number) for at in (ten - WINDOW, ten, ten + datetime.resolution)] == [4, 4, None]


def test_what_came_before_the_night_proves_nothing_of_it() -> None:
    night = night_of(date(2026, 11, 23), JINAN)
    stretch = night.stretch_at(night.start - timedelta(days=400))
    assert (stretch.first, stretch.number) == (night.start - timedelta(days=400), None)
