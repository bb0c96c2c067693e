"""夜间亮灯率: the rate over a night's instants, against a straightforward recount, in any order and in retrospect."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import reduce
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.citytime import JINAN, Place, local_noon
from domain.device import AssetState, Device, DeviceVersion
from domain.lighting import HalfNight, LightingPlan, OverrideAction, Timetable
from domain.measure import Span
from domain.reading import Reading
from domain.register import Register
from domain.scope import CITY, Scope
from rules.indicators import INDICATORS
from rules.indicators.light_on_rate_nightly import LightOnRateNightly
from rules.lighting.lamp import Glow, counts, glow, is_landscape
from rules.lighting.night_tally import InstantCount, NightTally
from rules.lighting.nights import night_of
from rules.lighting.schedule import Duty, Schedule
from rules.live import City, recompute
from tests.support.lighting import PLAN, TABLE, city_at, explain, measure
from tests.support.rules import fixed_nights, lamp, local, override, power, register, version

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
NIGHTLY = "light_on_rate_nightly"
AFTER = "2026-11-24T12:00"
TEN, TWO = local("2026-11-23T22:00"), local("2026-11-24T02:00")
NOON = local("2026-11-23T12:00")


def test_the_closed_night_is_measured_over_its_instants_and_says_what_it_covers() -> None:
    readings = [power("l1", TEN), power("l1", TWO - MINUTE, 0.0), power("l2", TWO - 40 * MINUTE)]
    found = measure(city_at(lamp("l1"), lamp("l2"), at=AFTER, readings=readings), NIGHTLY)
    # 18:00 to 06:00, seven instants of two lamps
    assert (found.numerator, found.denominator, found.unknown) == (2, 14, 11)
    assert (found.value, found.coverage) == (100 * 2 / 14, 3 / 14)
    assert found.covers == Span(NOON, NOON + 24 * HOUR)
    assert found.detail["evening_date"] == "2026-11-23"
    assert found.detail["observed_rate"] == 100 * 2 / 3
    by_instant = {
        row["at"]: (row["expected"], row["lit"], row["dark"], row["unknown"]) for row in found.detail["instants"]
    }
    assert list(by_instant) == [(NOON + 6 * HOUR + 2 * n * HOUR).isoformat() for n in range(7)]
    assert by_instant[TEN.isoformat()] == (2, 1, 0, 1)
    assert by_instant[TWO.isoformat()] == (2, 1, 1, 0)
    assert (found.official, found.reason) == (False, "coverage 21.4% is below 95%")
    assert (found.indicator, found.scope, found.unit, found.at) == (NIGHTLY, "city", "%", local(AFTER))
    assert (found.verdict_allowed, found.register_version) == (True, 1)


def test_the_running_night_is_provisional_and_grows_with_its_instants() -> None:
    city = city_at(lamp(), at="2026-11-23T21:59", readings=[power("l1", TEN - 5 * MINUTE)])
    running = measure(city, NIGHTLY).detail["running"]
    assert (running["provisional"], running["evening_date"], running["expected"], running["lit"]) == (
        *(True, "2026-11-23", 2, 0),
    )
    city.take_dirty()
    city.advance(TEN)
    assert (NIGHTLY, CITY) in city.take_dirty()
    running = measure(city, NIGHTLY).detail["running"]
    assert (running["expected"], running["lit"], running["value"]) == (3, 1, 100 / 3)
    assert measure(city, NIGHTLY).detail["evening_date"] == "2026-11-22"
    city.take_dirty()
    city.apply(power("l1", TEN))
    assert (NIGHTLY, CITY) not in city.take_dirty()


def test_a_report_counts_up_to_40_minutes_later_and_never_for_an_earlier_instant() -> None:
    for offset, lit in ((-40 * MINUTE, 1), (-40 * MINUTE - timedelta.resolution, 0), (timedelta(0), 1), (MINUTE, 0)):
        found = measure(city_at(lamp(), at=AFTER, readings=[power("l1", TEN + offset)]), NIGHTLY)
        assert found.numerator == lit


def test_a_late_report_and_a_revision_still_move_the_closed_night_until_the_next_noon() -> None:
    city = city_at(lamp(), at=AFTER, readings=[power("l1", TEN)])
    city.apply(replace(power("l1", TEN, 0.0), revision=1))
    assert measure(city, NIGHTLY).detail["dark"] == 1
    city.apply(power("l1", TWO))
    assert measure(city, NIGHTLY).numerator == 1
    city.advance(local("2026-11-25T12:00"))
    found = measure(city, NIGHTLY)
    assert (found.detail["evening_date"], found.numerator, found.unknown) == ("2026-11-24", 0, 7)
    city.apply(power("l1", TWO))
    assert measure(city, NIGHTLY).numerator == 0


def test_lamps_that_take_no_part_and_made_up_ones() -> None:
    lamps = [lamp("l1"), lamp("x", lighting_use="landscape"), lamp("m", state=AssetState.MAINTENANCE)]
    found = measure(city_at(*lamps, at=AFTER, readings=[power(n, TEN) for n in ("l1", "x", "m")]), NIGHTLY)
    assert (found.numerator, found.denominator) == (1, 7)
    made_up = measure(city_at(replace(lamp(), synthetic=True), at=AFTER), NIGHTLY)
    assert (made_up.official, made_up.reason) == (False, "7 of the lamps are made up")


def test_underpasses_count_in_the_night_only_and_half_night_lamps_not_in_their_pause() -> None:
    half = LightingPlan((Timetable("half", "半夜", half_night=HalfNight(), nights=TABLE.nights),), ())
    assert measure(city_at(lamp(underpass=True), at=AFTER), NIGHTLY).denominator == 7
    alternate = measure(city_at(lamp(half_night="alternate"), at=AFTER, plan=half), NIGHTLY)
    assert [row["at"] for row in alternate.detail["instants"]] == [
        (NOON + 6 * HOUR).isoformat(),
        (NOON + 8 * HOUR).isoformat(),
        (NOON + 10 * HOUR).isoformat(),
    ]


def test_a_night_of_no_duty_has_no_figure() -> None:
    off = override("city", OverrideAction.OFF, NOON, NOON + 24 * HOUR)
    found = measure(city_at(lamp(), at=AFTER, plan=LightingPlan((TABLE,), (off,))), NIGHTLY)
    assert (found.value, found.coverage, found.official, found.verdict_allowed) == (None, None, False, False)
    assert found.reason == "no lamp had to be on at an instant of the night"
    assert (
        explain(city_at(lamp(), at=AFTER, plan=LightingPlan((TABLE,), (off,))), NIGHTLY).steps[-1].result == "no lamp"
    )


def test_a_full_night_of_reports_is_official() -> None:
    readings = [power("l1", NOON + 2 * n * HOUR) for n in range(3, 10)]
    found = measure(city_at(lamp(), at=AFTER, readings=readings), NIGHTLY)
    assert (found.value, found.official, found.reason) == (100.0, True, "")


def test_every_lamp_is_explained_by_what_it_showed() -> None:
    off = override("device:l3", OverrideAction.OFF, NOON, NOON + 24 * HOUR)
    city = city_at(
        *(lamp("l2"), lamp("l1"), lamp("l3")),
        at=AFTER,
        readings=[power("l1", TEN), power("l1", TWO, 0.0)],
        plan=LightingPlan((TABLE,), (off,)),
    )
    found = explain(city, NIGHTLY)
    assert [(i.device, i.used, i.why) for i in found.inputs] == [
        ("l1", True, ""),
        ("l2", False, "no_report_at_any_instant"),
        ("l3", False, "never_scheduled_on"),
    ]
    assert (found.inputs[0].says[TEN.isoformat()], found.inputs[0].says[TWO.isoformat()]) == ("lit", "dark")
    assert [s.result for s in found.steps][2:5] == ["1 of 2", "0 of 2", "0 of 2"]
    assert found.steps[-1].result == "7.14 %"


@pytest.mark.parametrize(
    ("evening", "hours", "instants"), [("2026-10-24", 25, 12), ("2026-03-28", 23, 11), ("2026-06-21", 24, 11)]
)
def test_where_clocks_change_a_night_has_25_or_23_hours(evening: str, hours: int, instants: int) -> None:
    berlin = Place("Europe/Berlin", 52.52, 13.40)
    night = night_of(datetime.fromisoformat(evening).date(), berlin)
    assert (night.end - night.start, len(night.instants)) == (hours * HOUR, instants)
    assert {b - a for a, b in zip(night.instants, night.instants[1:], strict=False)} == {2 * HOUR}
    assert night.end - night.instants[-1] <= 2 * HOUR


def test_a_25_hour_night_is_measured_whole() -> None:
    berlin = Place("Europe/Berlin", 52.52, 13.40)
    table = fixed_nights("2026-10-23", "2026-10-24", on="18:00", off="07:00")
    start = local_noon(datetime(2026, 10, 24, tzinfo=UTC).date(), berlin.tz)
    city = City(register(lamp()), LightingPlan((table,), ()), berlin)
    city.advance(start + 25 * HOUR)
    city.apply(power("l1", start + 18 * HOUR))
    found = city.measure(NIGHTLY, CITY, start + 25 * HOUR)
    # on 18:00 summer time, off 07:00 winter time: 14 hours, instants 8, 10, … 18 hours after noon
    assert (found.numerator, found.denominator, found.covers) == (1, 6, Span(start, start + 25 * HOUR))


LAMPS = [f"l{n}" for n in range(4)]
VERSIONS = st.lists(
    st.builds(
        lambda name, start, road, state, use, half, bridge, rated: version(
            lamp(name, road=road, state=state, lighting_use=use, half_night=half, underpass=bridge, rated_power=rated),
            NOON + start * HOUR,
        ),
        st.sampled_from(LAMPS),
        st.sampled_from([-200, -20, 0, 9, 10, 14, 30]),
        st.sampled_from(["经十路", "历山路"]),
        st.sampled_from([AssetState.IN_SERVICE, AssetState.IN_SERVICE, AssetState.SCRAPPED]),
        st.sampled_from(["functional", "functional", "landscape"]),
        st.sampled_from(["none", "alternate"]),
        st.booleans(),
        st.sampled_from([100.0, 499.9, 500.0, 500.1]),
    ),
    min_size=1,
    max_size=8,
    unique_by=lambda v: (v.device.id, v.valid_from),
)


def _ended(versions: list[DeviceVersion]) -> Register:
    ordered = sorted(versions, key=lambda v: (v.device.id, v.valid_from))
    following = [*ordered[1:], None]
    return Register.of(
        [
            replace(v, valid_to=f.valid_from if f is not None and f.device.id == v.device.id else None)
            for v, f in zip(ordered, following, strict=True)
        ],
        1,
    )


PLANS = st.lists(
    st.builds(
        lambda scope, action, start, length, name: override(
            scope, action, NOON + start * HOUR, NOON + (start + length) * HOUR, name=str(name)
        ),
        st.sampled_from(["city", "road:历山路", "device:l1", "device:l2"]),
        st.sampled_from(OverrideAction),
        st.integers(-24, 24),
        st.integers(1, 12),
        st.integers(0, 5),
    ),
    max_size=2,
    unique_by=lambda o: o.id,
)
TABLES = st.sampled_from(
    [
        Timetable("city", "全市", half_night=HalfNight(), nights=TABLE.nights),
        fixed_nights("2026-11-22", "2026-11-23", "2026-11-24", on="19:00", off="05:00"),
    ]
)
WORLDS = st.tuples(
    VERSIONS.map(_ended), st.builds(lambda table, found: LightingPlan((table,), tuple(found)), TABLES, PLANS)
)
READINGS = st.lists(
    st.builds(
        lambda name, hours, minute, values, revision: Reading(
            name, "streetlight", NOON + hours * HOUR + minute * MINUTE, NOON, values, revision=revision
        ),
        st.sampled_from(LAMPS),
        st.integers(-24, 48).map(lambda n: 2 * (n // 2)),
        st.sampled_from([0, -1, -7, -40, -41, 13]),
        st.sampled_from([{}, {"power": 0.0}, {"power": 100.0}, {"power": 50.0, "dim": 50.0}, {"current": 0.4}]),
        st.integers(0, 2),
    ),
    max_size=25,
    unique_by=lambda r: (r.device, r.at, r.revision),
)


def _recount(night: Any, readings: Sequence[Reading], world: tuple[Register, LightingPlan], scope: Scope) -> NightTally:
    """Count lamp by lamp, instant by instant, from the readings themselves."""
    of, plan = world
    schedule = Schedule(plan, JINAN)
    tally = NightTally()
    for at in night.instants:
        for device in of.devices(at, "streetlight"):
            rota = schedule.rota(device)
            phase = rota.phase(at)
            full = rota.nights.of(night.evening).full
            out = not counts(device) or is_landscape(device) or phase.duty is not Duty.ON or not phase.settled
            if out or not _inside(device, scope) or (device.flag("underpass") and not full.covers(at)):
                continue
            fresh = [r for r in readings if r.device == device.id and at - 40 * MINUTE <= r.at <= at]
            last = max(fresh, key=lambda r: (r.at, r.revision), default=None)
            shows = None if last is None else glow(device, last)
            one = InstantCount(1, int(shows is Glow.LIT), int(shows is Glow.DARK))
            tally = tally.merged(NightTally({at: one}))
    return tally


def _inside(device: Device, scope: Scope) -> bool:
    return scope == CITY or device.text(scope.kind.value) == scope.id or scope.id == device.district


@given(READINGS, WORLDS, WORLDS, st.randoms(use_true_random=False))
def test_it_ends_as_a_recount_in_any_order_with_restarts_and_worlds_changed_in_retrospect(
    readings: list[Reading],
    first: tuple[Register, LightingPlan],
    second: tuple[Register, LightingPlan],
    random: Random,
) -> None:
    world, coming = first, second
    arriving = readings + random.sample(readings, len(readings) // 2)
    random.shuffle(arriving)
    city, now = City(*world, JINAN), NOON - 20 * HOUR
    city.advance(now)
    for _ in range(random.randint(1, 6)):
        for _ in range(random.randint(0, len(arriving))):
            city.apply(arriving.pop())
        now += random.choice([MINUTE, 2 * HOUR, 11 * HOUR, 30 * HOUR])
        city.advance(now)
        if random.random() < 0.3:
            city = City.load(json.loads(json.dumps(city.dump())), *world, JINAN)
        if random.random() < 0.4:
            world, coming = coming, world
            city.set_world(*world, now)
    for reading in arriving:
        city.apply(reading)
    heard = [r for r in readings if r.at <= now]
    state = city._states[NIGHTLY]
    assert isinstance(state, LightOnRateNightly)
    for scope in city.scopes(NIGHTLY):
        if scope.kind.value in {"city", "road"}:
            assert state.tally(scope, state.closed) == _recount(state.closed, heard, world, scope)
        assert city.measure(NIGHTLY, scope, now) == recompute(NIGHTLY, scope, now, readings, *world, JINAN)


@given(READINGS, WORLDS, st.randoms(use_true_random=False))
def test_nights_of_disjoint_lamps_merge_to_that_of_the_whole(
    readings: list[Reading], world: tuple[Register, LightingPlan], random: Random
) -> None:
    whole, plan = world
    parts: list[list[DeviceVersion]] = [[], [], []]
    for timeline in whole.timelines():
        parts[random.randrange(3)].extend(timeline)

    def tally(of: Register) -> NightTally:
        city = City(of, plan, JINAN, {NIGHTLY: INDICATORS[NIGHTLY]})
        city.advance(NOON + 25 * HOUR)
        for reading in readings:
            city.apply(reading)
        state = city._states[NIGHTLY]
        assert isinstance(state, LightOnRateNightly)
        return state.tally(CITY, state.closed)

    tallies = [tally(Register.of(part)) for part in parts]
    together = tally(whole)
    assert reduce(NightTally.merged, tallies) == reduce(NightTally.merged, tallies[::-1]) == together
    assert NightTally.load(json.loads(json.dumps(together.dump()))) == together


def test_a_snapshot_from_before_the_indicator_has_no_nights_and_packs_only_what_changed() -> None:
    city = city_at(lamp(), at=AFTER, readings=[power("l1", TEN)], plan=PLAN)
    dump = city.dump()
    assert dump["states"][NIGHTLY] == city.dump()["states"][NIGHTLY]
    assert len(json.dumps(dump["states"][NIGHTLY])) < 1500
    dump["states"].pop(NIGHTLY)
    again = City.load(dump, register(lamp()), PLAN, JINAN)
    assert again.measure(NIGHTLY, CITY, local(AFTER)).numerator == 1
