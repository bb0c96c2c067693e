"""Live ≡ recompute: a city taken through any order of arrival, restarts and changed worlds equals a fresh one."""

import json
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from random import Random

from domain.citytime import JINAN
from domain.lighting import LightingPlan
from domain.reading import Reading
from domain.register import Register
from rules.live import City, recompute

Worlds = Sequence[tuple[Register, LightingPlan]]


def assert_live_equals_recompute(
    readings: Sequence[Reading],
    worlds: Worlds,
    random: Random,
    names: Collection[str],
    *,
    start: datetime,
    strides: Sequence[timedelta],
    last: Sequence[timedelta] = (timedelta(0),),
) -> City:
    """Every measure of `names` of a city that lived through it all equals that of sorted readings in the last world.

    Half of the readings come twice, all in any order; time passes in `strides` between them, and by one of `last` in
    the end; the city is dumped and loaded as JSON, and taken through `worlds`, whenever `random` says so.
    """
    arriving = [*readings, *random.sample(list(readings), len(readings) // 2)]
    random.shuffle(arriving)
    world, now = worlds[0], start
    city = City(*world, JINAN)
    if random.random() < 0.8:  # else what comes first waits for time to begin
        city.advance(now)
    while arriving:
        for _ in range(random.randint(1, len(arriving))):
            city.apply(arriving.pop())
        if random.random() < 0.7:
            now += random.choice(strides)
            city.advance(now)
            for name in names:
                city.prepare(name)
        if random.random() < 0.3:
            city = City.load(json.loads(json.dumps(city.dump())), *world, JINAN)
        if random.random() < 0.3:
            world = random.choice(worlds)
            city.set_world(*world, now)
    city.advance(now + random.choice(last))
    assert_recomputed(city, readings, world, names)
    return city


def assert_recomputed(
    city: City, readings: Iterable[Reading], world: tuple[Register, LightingPlan], names: Collection[str]
) -> None:
    """Every measure of `names` equals that of a fresh city that is fed with the readings in order."""
    now = city.now
    assert now is not None
    ordered = sorted(readings, key=lambda r: (r.at, r.device, r.revision))
    for name in names:
        for scope in city.scopes(name):
            assert city.measure(name, scope, now) == recompute(name, scope, now, ordered, *world, JINAN)
