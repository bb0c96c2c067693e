"""Dust of sites and roads: hours above the mark, what makes an hour, ranking, and any order of arrival."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.citytime import JINAN
from domain.device import AssetState, Device
from domain.kind import Value
from domain.reading import Reading
from domain.register import Register
from domain.scope import CITY, Scope
from rules.dust.samples import Sample, Samples, samples_of
from rules.dust.tally import MonitorDay, monitor_day
from rules.indicators.site_dust_exceedance import INDICATOR
from rules.live import City
from tests.support.recompute import assert_live_equals_recompute
from tests.support.rules import NO_PLAN, local, register, version
from tests.support.watch import device, says

SITE, ROAD = "site_dust_exceedance", "road_dust_exceedance"
DAY = local("2026-10-20T00:00")
AFTER = local("2026-10-21T01:00")
STEP, HOUR = timedelta(minutes=5), timedelta(hours=1)


def monitor(device_id: str = "d1", *, state: AssetState = AssetState.IN_SERVICE, **changes: Value) -> Device:
    usual: dict[str, Value] = {"site_type": "construction", "site": f"工地{device_id}"}
    return device("dust_monitor", device_id, {**usual, **changes}, state)


def on_road(device_id: str, road: str = "经十路", **changes: Value) -> Device:
    return device("dust_monitor", device_id, {"site_type": "road", "road": road, "road_class": "arterial", **changes})


def dust(device_id: str, at: datetime, pm10: float | None, faults: Iterable[str] = (), **more: Value) -> Reading:
    return says("dust_monitor", device_id, at, more if pm10 is None else {"pm10": pm10, **more}, faults)


def hour(
    device_id: str, number: int, pm10: float, steps: int = 12, day: datetime = DAY, **more: Value
) -> list[Reading]:
    """The first so many five minutes of an hour of the day, 0 … 23."""
    return [dust(device_id, day + number * HOUR + n * STEP, pm10, (), **more) for n in range(1, steps + 1)]


def city_of(devices: list[Device], readings: Iterable[Reading], at: datetime = AFTER) -> City:
    city = City(register(*devices), NO_PLAN, JINAN)
    city.advance(at)
    for reading in readings:
        city.apply(reading)
    return city


@pytest.mark.parametrize(
    ("day", "mark", "limits"),
    [
        ("2026-02-28", 150, "GB 3095-2012"),
        ("2026-03-01", 120, "GB 3095-2026, transitional"),
        ("2031-01-01", 100, "GB 3095-2026"),
    ],
)
def test_the_mark_is_the_limit_of_a_day_by_the_edition_that_covers_it(day: str, mark: int, limits: str) -> None:
    start = local(f"{day}T00:00")
    readings = [*hour("d1", 0, mark, day=start), *hour("d1", 1, mark + 0.001, day=start)]
    found = city_of([monitor()], readings, start + 25 * HOUR).measure(SITE, CITY, start + 25 * HOUR)
    assert (found.value, found.numerator, found.denominator, found.unknown) == (1.0, 1, 24, 22)
    assert (found.detail["day"], found.detail["mark_pm10"], found.detail["limits"]) == (day, mark, limits)
    assert (found.unit, found.verdict_allowed, found.official, found.coverage) == ("{hour}", False, True, 2 / 24)
    assert found.covers is not None
    assert (found.covers.first, found.covers.last) == (start, start + 24 * HOUR)


def test_before_the_first_edition_no_hour_is_judged() -> None:
    start = local("2011-05-05T00:00")
    city = City(Register.of([version(monitor(), start)], 1), NO_PLAN, JINAN)
    city.advance(start + 25 * HOUR)
    for reading in hour("d1", 1, 900.0, day=start):
        city.apply(reading)
    found = city.measure(SITE, CITY, start + 25 * HOUR)
    assert (found.value, found.numerator, found.unknown, found.denominator) == (None, 0, 24, 24)
    assert found.reason == "no edition of GB 3095 covers 2011-05-05"


@pytest.mark.parametrize(("steps", "known"), [(8, 0), (9, 1), (12, 1)])
def test_nine_of_twelve_five_minutes_make_an_hour(steps: int, known: int) -> None:
    found = city_of([monitor()], hour("d1", 5, 500.0, steps)).measure(SITE, CITY, AFTER)
    assert (found.numerator, found.unknown) == (known, 24 - known)
    assert found.value == (1.0 if known else None)


def test_an_hour_is_the_five_minutes_that_end_in_it() -> None:
    last = [dust("d1", DAY + 24 * HOUR - n * STEP, 500.0) for n in range(12)]
    before = [dust("d1", DAY - n * STEP, 500.0) for n in range(12)]
    assert city_of([monitor()], [*last, *before]).measure(SITE, CITY, AFTER).numerator == 1


@pytest.mark.parametrize("fault", ["sensorFault", "calibration", "maintenance"])
def test_what_a_faulty_monitor_says_makes_no_hour(fault: str) -> None:
    readings = [dust("d1", DAY + n * STEP, 500.0, [fault] if n < 4 else []) for n in range(1, 13)]
    found = city_of([monitor()], readings)
    assert found.measure(SITE, CITY, AFTER).unknown == 23
    found.apply(dust("d1", DAY + 5 * STEP + timedelta(seconds=1), 500.0, [fault]))
    assert found.measure(SITE, CITY, AFTER).unknown == 24


def test_places_are_ranked_by_hours_above_the_mark_and_then_by_their_mean() -> None:
    devices = [monitor("d1"), monitor("d2"), monitor("d3"), monitor("d4", site="工地d3"), monitor("d5")]
    readings = [r for n in range(20) for r in hour("d1", n, 100.0 if n else 130.0, tsp=200.0, noise=60.0)]
    readings += [r for n in range(24) for r in hour("d2", n, 110.0)]
    readings += [r for n in range(20) for name in ("d3", "d4") for r in hour(name, n, 115.0 if n else 121.0)]
    readings += [r for n in range(19) for r in hour("d5", n, 900.0)]
    city = city_of(devices, readings)
    detail = city.measure(SITE, CITY, AFTER).detail
    assert [(row["rank"], row["place"], row["over"], row["monitors"]) for row in detail["ranking"]] == [
        *((1, "工地d3", 2, 2), (2, "工地d1", 1, 1), (3, "工地d2", 0, 1)),
    ]
    first, second, third = detail["ranking"]
    assert (first["pm10"], first["pm10_max"], first["valid"], first["owed"]) == (115.3, 121.0, 40, 48)
    assert (second["pm10"], second["tsp"], second["noise"]) == (101.5, 200.0, 60.0)
    assert (third["tsp"], third["noise"]) == (None, None)
    assert [row["place"] for row in detail["not_ranked"]] == ["工地d5"]
    assert city.measure(SITE, Scope.parse("site:工地d3"), AFTER).numerator == 2


def test_noise_is_averaged_by_its_energy() -> None:
    quiet_and_loud = Samples()
    for n, level in enumerate((500, 900)):
        assert quiet_and_loud.put(Sample((n + 1) * 300, 0, None, None, level))
    tally = monitor_day(quiet_and_loud, 0, 24, 120)
    assert tally.noise_steps == 2
    assert tally.noise == pytest.approx(1e5 + 1e9)


def test_roads_and_sites_are_apart() -> None:
    devices = [monitor("d1"), on_road("d2"), on_road("d3", "历山路", site_type="road")]
    city = city_of(devices, [*hour("d1", 1, 200.0), *hour("d2", 1, 300.0), *hour("d2", 2, 300.0)])
    assert (city.measure(SITE, CITY, AFTER).numerator, city.measure(ROAD, CITY, AFTER).numerator) == (1, 2)
    assert [str(s) for s in city.scopes(SITE)] == [
        *("city", "district:370102", "management_area:370102", "site:工地d1", "station:d1"),
    ]
    assert Scope.parse("road:历山路") in city.scopes(ROAD)
    city.take_dirty()
    city.apply(dust("d3", DAY + STEP, 10.0))
    dirty = {(name, str(scope)) for name, scope in city.take_dirty()}
    assert (ROAD, "road:历山路") in dirty


def test_explain_shows_every_monitor_and_the_arithmetic() -> None:
    devices = [monitor("d1"), monitor("d2"), monitor("d3", state=AssetState.MAINTENANCE), on_road("d4")]
    found = city_of(devices, hour("d1", 3, 200.0)).explain(SITE, CITY, AFTER)
    assert [(i.device, i.used, i.why) for i in found.inputs] == [
        *(("d1", True, ""), ("d2", False, "no_hour_known"), ("d3", False, "maintenance")),
    ]
    assert found.inputs[0].says == {"place": "工地d1", "hours_known": 1, "hours_above": 1, "hours_owed": 24}
    assert [s.result for s in found.steps] == ["48", "47", "120 µg/m³", "1", "0"]
    assert found.source == INDICATOR.source


def test_made_up_monitors_are_not_official() -> None:
    made_up = Device(*("d1", "dust_monitor", "d1", "370102", "370102", "市城管局"), synthetic=True,
                     attributes={"site_type": "construction"})  # fmt: skip
    found = city_of([made_up], hour("d1", 3, 200.0)).measure(SITE, CITY, AFTER)
    assert (found.official, found.reason) == (False, "1 of the monitors are made up")
    assert found.detail["not_ranked"][0]["place"] == "d1"


@given(
    st.lists(
        st.tuples(st.integers(0, 10**6), st.integers(0, 3), *(st.none() | st.integers(0, 10**8),) * 3).map(
            lambda row: Sample(*row)
        ),
        max_size=20,
    )
)
def test_samples_survive_the_way_there_and_back(said: list[Sample]) -> None:
    kept, again = Samples(), Samples()
    for each in said:
        kept.put(each)
    for each in samples_of(kept.dump()):
        assert again.put(each)
    assert again.dump() == kept.dump()


def test_a_day_survives_the_way_there_and_back() -> None:
    day = MonitorDay("工地", True, 24, 3, 1, Fraction(1, 3), Fraction(7, 2), 2, Fraction(5), 4, 1.5)  # noqa: FBT003
    assert MonitorDay.load(day.dump()) == day


READINGS = st.lists(
    st.builds(
        lambda name, first, steps, pm10, revision: [
            says("dust_monitor", name, DAY + (first + n) * STEP, {"pm10": pm10, "noise": 60.0}, revision=revision)
            for n in range(steps)
        ],
        st.sampled_from(["d1", "d2", "d3"]),
        st.sampled_from([-300, -12, 0, 12, 270, 288, 300, 560]),
        st.integers(1, 14),
        st.sampled_from([100.0, 120.0, 300.5]),
        st.integers(0, 2),
    ),
    max_size=6,
).map(lambda runs: list({(r.device, r.at, r.revision): r for run in runs for r in run}.values()))


@settings(deadline=None)
@given(READINGS, st.randoms(use_true_random=False))
def test_dust_ends_equal_in_any_order_with_restarts_and_changed_worlds(readings: list[Reading], random: Random) -> None:
    worlds = [
        (register(monitor("d1"), on_road("d2"), monitor("d3")), NO_PLAN),
        (register(monitor("d1", site="别处"), on_road("d2", "历山路"), number=2), NO_PLAN),
    ]
    strides = [STEP, 3 * HOUR, 15 * HOUR]
    assert_live_equals_recompute(readings, worlds, random, (SITE, ROAD), start=DAY - 20 * HOUR, strides=strides)
