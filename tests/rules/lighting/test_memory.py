"""What is remembered of full hours and corrected by late readings is what a sorted stream would have measured then."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from domain.citytime import JINAN
from domain.device import Device
from domain.history import differs
from domain.measure import Measure
from domain.reading import Reading
from domain.register import Register
from domain.scope import CITY, Scope
from rules.indicators import INDICATORS
from rules.lighting.memory import KEPT
from rules.live import City, recompute
from tests.rules.lighting.test_board_live import LAMPS, NAMES
from tests.support.lighting import NIGHT, PLAN
from tests.support.rules import lamp, power, register

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def _said(lamp_id: str, seconds: int, watts: float | None, revision: int = 0) -> Reading:
    return replace(power(lamp_id, NIGHT + timedelta(seconds=seconds), watts), revision=revision)


REMEMBERED = [name for name, indicator in INDICATORS.items() if indicator.kept.remembered]
READINGS = st.lists(
    st.builds(
        _said,
        st.sampled_from(NAMES),
        st.integers(-3600, 4 * 3600) | st.sampled_from([0, 3600, 1200, 1199]),
        st.sampled_from([None, 0.0, 0.0, 100.0, 100.0]),
        st.sampled_from([0, 0, 0, 1, 2]),
    ),
    max_size=40,
    unique_by=lambda r: (r.device, r.at, r.revision),
)


class Historian:
    """A city and what was published of it at each full hour, corrected as the engine's keeper does."""

    def __init__(self, of: Register) -> None:
        self.city = City(of, PLAN, JINAN, {name: INDICATORS[name] for name in REMEMBERED})
        self.city.advance(NIGHT - MINUTE)
        self.published: dict[tuple[str, Scope, datetime], Measure] = {}
        self.asked: set[datetime] = set()
        """Instants that only the stores can correct."""

    def advance(self, until: datetime) -> None:
        assert self.city.now is not None
        for hour in range(-1, 6):
            at = NIGHT + hour * HOUR
            if self.city.now < at <= until:
                self.city.advance(at)
                while self.city.remembering["streetlight"].remember():
                    pass
                for name in REMEMBERED:
                    self.published |= {(name, s, at): self.city.measure(name, s, at) for s in self.city.scopes(name)}
        self.city.advance(until)

    def apply(self, reading: Reading) -> None:
        self.city.apply(reading)
        if not self.city.remembering["streetlight"].remembers(reading):
            self.asked |= {at for at in self.instants() if reading.at <= at <= reading.at + 40 * MINUTE}

    def instants(self) -> set[datetime]:
        return {at for _, _, at in self.published}

    def correct(self) -> None:
        for found in self.city.remembering["streetlight"].take_corrections():
            if found.scopes is None:
                self.asked.add(found.at)
                continue
            for name, scope in [(name, scope) for name in REMEMBERED for scope in found.scopes]:
                measure = self.city.measure_at(name, scope, found.at)
                assert measure is not None
                self.published[name, scope, found.at] = measure

    def wrong(self, readings: Sequence[Reading], world: Register) -> Iterator[tuple[str, Scope, datetime]]:
        for (name, scope, at), measure in self.published.items():
            if at not in self.asked:
                known = [r for r in readings if r.at <= at]
                if differs(measure, recompute(name, scope, at, known, world, PLAN, JINAN)):
                    yield name, scope, at


@given(READINGS, LAMPS, st.randoms(use_true_random=False))
def test_in_any_order_of_arrival_every_hour_ends_as_the_sorted_stream_has_it(
    readings: list[Reading], lamps: list[Device], random: Random
) -> None:
    world, ordered = register(*lamps), sorted(readings, key=lambda r: (r.at, r.device, r.revision))
    historian, arriving, now = Historian(world), [*readings, *readings[::3]], NIGHT - MINUTE
    random.shuffle(arriving)
    while arriving:
        for _ in range(random.randint(1, len(arriving))):
            historian.apply(arriving.pop())
        now += random.choice([MINUTE, 35 * MINUTE, HOUR])
        historian.advance(now)
        if random.random() < 0.5:
            historian.correct()
    historian.advance(NIGHT + 5 * HOUR)
    historian.correct()
    assert list(historian.wrong(ordered, world)) == []
    late = {r.at for r in readings if r.at <= NIGHT - MINUTE}
    assert all(any(at <= asked <= at + 40 * MINUTE for at in late) for asked in historian.asked)


@given(READINGS, LAMPS, LAMPS, st.randoms(use_true_random=False))
def test_what_another_register_may_have_changed_is_left_to_the_stores(
    readings: list[Reading], before: list[Device], after: list[Device], random: Random
) -> None:
    historian, cut = Historian(register(*before)), random.randint(0, len(readings))
    for reading in readings[:cut]:
        historian.apply(reading)
    historian.advance(NIGHT + 2 * HOUR)
    world = register(*after)
    historian.city.set_world(world, PLAN, NIGHT + 2 * HOUR)
    changed = before != after
    if changed:
        historian.asked |= historian.instants()
    for reading in readings[cut:]:
        historian.apply(reading)
    historian.advance(NIGHT + 5 * HOUR)
    historian.correct()
    ordered = sorted(readings, key=lambda r: (r.at, r.device, r.revision))
    assert list(historian.wrong(ordered, world)) == []


def _lit(*, hours: int) -> City:
    city = City(register(lamp()), PLAN, JINAN, {name: INDICATORS[name] for name in REMEMBERED})
    city.advance(NIGHT - MINUTE)
    for hour in range(hours):
        city.advance(NIGHT + hour * HOUR)
        assert city.remembering["streetlight"].remember() is False
    return city


def test_a_correction_says_which_instant_why_and_whose_measures() -> None:
    city = _lit(hours=3)
    for minutes, revision in ((50, 0), (40, 0), (50, 1)):
        city.apply(_said("l1", 60 * minutes, 100.0, revision))
    (found,) = city.remembering["streetlight"].take_corrections()
    assert (found.at, found.why) == (NIGHT + HOUR, "late reading of l1 and 1 more")
    assert found.scopes is not None
    assert CITY in found.scopes
    assert city.remembering["streetlight"].take_corrections() == []
    measure = city.measure_at("light_on_rate", CITY, NIGHT + HOUR)
    assert measure is not None
    assert (measure.at, measure.numerator, measure.unknown) == (NIGHT + HOUR, 1, 0)


def test_a_day_of_hours_is_remembered_and_what_is_older_is_not() -> None:
    city = _lit(hours=KEPT + 1)
    board = city.remembering["streetlight"]
    assert board.remembers(power("l1", NIGHT + MINUTE))
    assert not board.remembers(power("l1", NIGHT))
    assert city.measure_at("light_on_rate", CITY, NIGHT) is None
    assert city.measure_at("light_on_rate", CITY, NIGHT + HOUR) is not None


def test_an_hour_that_waits_for_its_correction_is_not_forgotten_before() -> None:
    city = _lit(hours=KEPT)
    city.apply(power("l1", NIGHT - MINUTE / 2, 100.0))
    city.advance(NIGHT + KEPT * HOUR)
    city.remembering["streetlight"].remember()
    (found,) = city.remembering["streetlight"].take_corrections()
    assert (found.at, found.scopes is not None) == (NIGHT, True)
