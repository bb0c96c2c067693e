from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.citytime import JINAN
from domain.device import Device
from domain.kind import ValueType
from domain.kinds import KINDS
from domain.lighting import LightingPlan
from rules.lighting.schedule import Duty, Schedule
from simulators.jinan.city import city_of
from simulators.jinan.timetable import TIMETABLE
from simulators.signals.city import CitySignals
from simulators.signals.lighting import Trouble
from simulators.signals.water import usual_class

DEVICES = [c.device for c in city_of(400, 3)]
REPORTING = [kind.name for kind in KINDS.values() if not kind.imported]
BY_KIND = {kind: [d for d in DEVICES if d.kind == kind] for kind in REPORTING}
SIGNALS = CitySignals(DEVICES, seed=3)
TYPES = {ValueType.TEXT: str, ValueType.INT: int, ValueType.FLOAT: float, ValueType.BOOL: bool}
INSTANTS = st.floats(datetime(2019, 1, 1, tzinfo=UTC).timestamp(), datetime(2029, 1, 1, tzinfo=UTC).timestamp())
TROUBLES = st.builds(
    Trouble,
    dark=st.booleans(),
    unpowered=st.booleans(),
    burning=st.booleans(),
    lost=st.just(((datetime(2026, 1, 1, tzinfo=UTC).timestamp(), float("inf")),)),
)
HALF_NIGHT = CitySignals(DEVICES, seed=3, timetable=TIMETABLE)
LAMPS = BY_KIND["streetlight"]
EVENING = datetime.fromisoformat("2026-11-23T18:00+08:00").timestamp()
NOON = datetime.fromisoformat("2026-11-23T12:00+08:00").timestamp()


def lamp(**attributes: str | bool) -> Device:
    return next(d for d in BY_KIND["streetlight"] if all(d.attributes[k] == v for k, v in attributes.items()))


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(DEVICES), INSTANTS, TROUBLES)
def test_every_value_is_of_its_metrics_type_and_inside_its_physical_range(
    device: Device, t: float, trouble: Trouble
) -> None:
    said = SIGNALS.says(device, t, trouble)
    kind = KINDS[device.kind]

    assert said.values
    for name, value in said.values.items():
        spec = kind.metric(name)
        assert spec is not None, name
        assert type(value) is TYPES[spec.type], name
        if isinstance(value, float | int) and not isinstance(value, bool):
            assert spec.lowest is None or value >= spec.lowest, (name, value)
            assert spec.highest is None or value <= spec.highest, (name, value)
    assert set(said.faults) <= set(kind.faults)
    assert said.conditions <= set(kind.events)
    assert {name for names in said.switches for name in names} <= set(kind.events)


@settings(max_examples=20, deadline=None)
@given(st.sampled_from(DEVICES), INSTANTS)
def test_a_signal_depends_on_seed_device_and_instant_only(device: Device, t: float) -> None:
    again = CitySignals(DEVICES, seed=3)
    again.says(device, t - 1000)

    assert again.says(device, t) == SIGNALS.says(device, t)


@pytest.mark.parametrize("kind", REPORTING)
def test_healthy_values_stay_typical(kind: str) -> None:
    for device in BY_KIND[kind][:40]:
        for hour in range(0, 48, 5):
            for name, value in SIGNALS.says(device, EVENING + hour * 3600).values.items():
                spec = KINDS[kind].metric(name)
                assert spec is not None
                if spec.typical and name not in {"power", "current", "dim", "power_factor"}:
                    low, high = spec.typical
                    slack = (high - low) * (1 if kind == "river_section" else 0.5)
                    assert low - slack <= float(value) <= high + slack, (device.id, name, value)


def test_another_seed_gives_another_city() -> None:
    other = CitySignals(DEVICES, seed=4)

    assert any(other.says(d, EVENING) != SIGNALS.says(d, EVENING) for d in BY_KIND["air_station"])


def test_a_lamp_burns_near_its_rated_power_by_night_and_not_by_day() -> None:
    device = lamp(light_source="led", underpass=False, lighting_use="functional")
    rated = float(device.attributes["rated_power"])
    night, day = SIGNALS.says(device, EVENING).values, SIGNALS.says(device, NOON).values

    assert night["on"] is True
    assert 0.95 * rated < float(night["power"]) < 1.05 * rated
    assert day["on"] is False
    assert float(day["power"]) < 2


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(LAMPS), INSTANTS)
def test_lamps_burn_when_the_rules_say_that_they_must(device: Device, t: float) -> None:
    plan = LightingPlan((TIMETABLE,), ())
    rota = Schedule(plan, JINAN).rota(device)
    instant = datetime.fromtimestamp(t, UTC)
    duties = {rota.duty(instant + timedelta(minutes=shift)) for shift in (-2, 0, 2)}  # gateways differ by 90 s
    signals = HALF_NIGHT.says(device, t)

    if len(duties) == 1:
        assert (signals.values["on"] is True) is (duties == {Duty.ON})


def test_an_underpass_is_lit_at_noon() -> None:
    assert SIGNALS.says(lamp(underpass=True), NOON).values["on"] is True


def test_a_sodium_lamp_warms_up() -> None:
    device = next((d for d in BY_KIND["streetlight"] if d.text("light_source") == "sodium"), None)
    assert device is not None
    on = SIGNALS.nights.of(EVENING).on + SIGNALS.lamp(device).delay
    powers = [float(SIGNALS.says(device, on + s).values["power"]) for s in (1, 60, 120, 300)]

    assert powers == sorted(powers)
    assert powers[0] < 0.55 * powers[-1]


def test_a_dark_lamp_draws_nothing_and_says_so_but_only_while_it_should_burn() -> None:
    device = lamp(underpass=False)
    night = SIGNALS.says(device, EVENING, Trouble(dark=True))
    day = SIGNALS.says(device, NOON, Trouble(dark=True))

    assert float(night.values["power"]) < 2
    assert night.faults == ("lampFailure",)
    assert night.conditions == frozenset({"lampFailure"})
    assert not day.faults
    assert not day.conditions


def test_a_lamp_without_power_is_off_at_zero_volts() -> None:
    said = SIGNALS.says(lamp(underpass=False), EVENING, Trouble(unpowered=True))

    assert (said.values["on"], said.values["power"], said.values["voltage"]) == (False, 0.0, 0.0)
    assert said.faults == ("lampFailure",)


def test_a_burning_lamp_is_on_at_noon_and_says_that_it_should_not() -> None:
    said = SIGNALS.says(lamp(underpass=False), NOON, Trouble(burning=True))

    assert said.values["on"] is True
    assert float(said.values["power"]) > 30
    assert said.faults == ("lampUnexpectedOn",)


def test_a_cabinet_carries_its_lamps_and_a_tripped_one_nothing() -> None:
    device = BY_KIND["lighting_cabinet"][0]
    lamps = [d for d in BY_KIND["streetlight"] if d.text("supply_point") == device.text("supply_point")]
    sound = SIGNALS.says(device, EVENING)
    tripped = SIGNALS.says(device, EVENING, Trouble(unpowered=True))
    load = sum(float(SIGNALS.says(d, EVENING).values["power"]) for d in lamps)

    assert 0.9 * load < float(sound.values["power"]) < 1.1 * load
    assert (tripped.values["power"], tripped.values["breaker_closed"]) == (0.0, False)
    assert tripped.faults == ("circuitBreakerTripped",)


def test_energy_grows_by_night_rests_by_day_and_through_darkness() -> None:
    device = lamp(underpass=False, light_source="led", lighting_use="functional", half_night="none")
    counter = [float(SIGNALS.says(device, t).values["energy"]) for t in (NOON, NOON + 3600, EVENING, EVENING + 3600)]
    dark = Trouble(dark=True, lost=((EVENING, float("inf")),))
    rated = float(device.attributes["rated_power"])

    assert counter[0] == counter[1] < counter[2]
    assert counter[3] - counter[2] == pytest.approx(rated / 1000, rel=0.01)
    assert float(SIGNALS.says(device, EVENING + 3600, dark).values["energy"]) == counter[2]


@pytest.mark.parametrize("hour", range(0, 24, 6))
def test_ozone_peaks_in_the_afternoon_and_the_mountain_stays_cleaner(hour: int) -> None:
    days = [NOON + day * 86400 for day in range(20)]
    stations = {d.flag("background"): d for d in BY_KIND["air_station"]}

    def mean(metric: str, device: Device, shift: int) -> float:
        return sum(float(SIGNALS.says(device, t + shift * 3600).values[metric]) for t in days) / len(days)

    assert mean("o3", stations[False], 4) >= mean("o3", stations[False], hour - 12)
    assert mean("pm25", stations[True], hour) < 0.7 * mean("pm25", stations[False], hour)


def test_particles_have_episodes() -> None:
    station = BY_KIND["air_station"][0]
    days = [float(SIGNALS.says(station, NOON + day * 86400).values["pm25_24h"]) for day in range(-180, 180)]

    assert max(days) > 115
    assert sorted(days)[len(days) // 2] < 75


def test_ammonia_comes_with_rain_and_oxygen_with_the_afternoon() -> None:
    section = next(d for d in BY_KIND["river_section"] if d.name == "辛丰庄")
    nightly = [SIGNALS.says(section, NOON + day * 86400 - 8 * 3600).values for day in range(200)]
    daily = [SIGNALS.says(section, NOON + day * 86400 + 4 * 3600).values for day in range(200)]

    assert sum(float(v["do"]) for v in daily) > sum(float(v["do"]) for v in nightly) + 100
    wettest = sorted(nightly, key=lambda v: float(v["turbidity"]))
    dry, wet = wettest[:40], wettest[-40:]
    assert sum(float(v["nh3n"]) for v in wet) > 1.1 * sum(float(v["nh3n"]) for v in dry)


def test_most_sections_keep_their_target_and_some_do_not() -> None:
    sections = [d for d in BY_KIND["river_section"] if d.text("section_set") == "assessed-2025"]
    kept = sum(usual_class(3, d) <= int(d.attributes["target_class"]) for d in sections)

    assert len(sections) * 0.6 < kept < len(sections)


def test_the_centre_fills_by_day_and_homes_by_night() -> None:
    bays = [c.device for c in city_of(3000, 3) if c.device.kind == "parking_bay"]
    signals = CitySignals(bays, seed=3)
    groups = {home: [d for d in bays if (d.text("road_class") == "alley") is home] for home in (True, False)}

    def share(hour: int, *, home: bool) -> float:
        t = NOON + (hour - 12) * 3600
        return sum(signals.says(d, t).values["occupied"] is True for d in groups[home]) / len(groups[home])

    assert share(14, home=False) > 0.75
    assert share(26, home=False) < 0.35
    assert share(26, home=True) > share(14, home=True) + 0.1


@settings(max_examples=50, deadline=None)
@given(st.sampled_from(BY_KIND["parking_bay"]), INSTANTS)
def test_a_bay_changes_at_the_instant_foretold_and_not_before(device: Device, t: float) -> None:
    change = SIGNALS.next_change(device, t)
    before = SIGNALS.says(device, t).values["occupied"]
    until = change if change is not None else t + 2 * 3600
    steps = [t + (until - t) * n / 7 for n in range(7)]

    assert all(SIGNALS.says(device, s).values["occupied"] == before for s in steps)
    if change is not None:
        assert SIGNALS.says(device, change).values["occupied"] != before


def test_a_car_park_never_holds_more_than_fits() -> None:
    for device in BY_KIND["parking_lot"]:
        for hour in range(48):
            values = SIGNALS.says(device, NOON + hour * 3600).values
            assert values["capacity"] == device.attributes["capacity"]
            assert int(values["occupied"]) + int(values["free"]) == values["capacity"]
            assert 0 <= int(values["occupied"]) <= int(values["capacity"])


def series(kind: str, metric: str, start: float, step: float, count: int, n: int = 0) -> list[float]:
    return [float(SIGNALS.says(BY_KIND[kind][n], start + i * step).values[metric]) for i in range(count)]


def test_rain_raises_the_water_in_an_underpass_and_it_runs_off_again() -> None:
    july = datetime.fromisoformat("2026-07-01T00:00+08:00").timestamp()
    rain = series("rain_gauge", "rain_5min", july, 300, 288 * 31)
    depth = series("water_level", "depth", july, 300, 288 * 31)
    deepest = depth.index(max(depth))

    assert 50 < sum(rain) < 500
    assert max(depth) > 27
    assert sum(rain[deepest - 24 : deepest]) > 10
    assert depth.count(0.0) > 0.8 * len(depth)
    assert min(depth[deepest : deepest + 288]) == 0


def test_surfaces_freeze_on_wet_winter_nights_only() -> None:
    winter = datetime.fromisoformat("2026-12-15T02:00+08:00").timestamp()
    icy = [SIGNALS.says(BY_KIND["road_weather"][0], winter + h * 3600) for h in range(24 * 60)]

    assert any(said.values["ice"] is True for said in icy)
    assert all(float(said.values["surface_temp"]) < 0 for said in icy if said.values["ice"] is True)
    summer = [SIGNALS.says(BY_KIND["road_weather"][0], winter + (180 * 24 + h) * 3600) for h in range(24 * 20)]
    assert not any(said.values["ice"] is True for said in summer)


def test_springs_sink_from_october_to_june_and_cross_a_line() -> None:
    october = datetime.fromisoformat("2025-10-01T07:00+08:00").timestamp()
    level = series("spring_gauge", "level", october, 86400, 365)
    device = BY_KIND["spring_gauge"][0]

    assert level[0] > level[100] > level[250]
    assert level[360] > level[260]
    assert min(level) < float(device.attributes["line_yellow"]) < max(level)
    assert min(level) > float(device.attributes["sill"])


def test_a_body_relapses_as_a_whole_and_only_for_a_time() -> None:
    points = [c.device for c in city_of(2_000, 3) if c.device.kind == "black_odorous_point"]
    signals = CitySignals(points, seed=3)
    foul: dict[str, set[int]] = {}
    for device in points:
        for day in range(0, 360, 4):
            if float(signals.says(device, NOON + day * 86400).values["nh3n"]) > 8:
                foul.setdefault(device.text("body"), set()).add(day)

    assert 3 < len(foul) < 31
    assert all(len(days) < 30 for days in foul.values())


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(BY_KIND["illegal_stop"]), INSTANTS)
def test_a_stop_is_told_at_the_instant_it_ends_with_the_time_it_took(device: Device, t: float) -> None:
    change: float | None = float(int(t))
    begun: list[float] = []
    for _ in range(12):
        change = SIGNALS.next_change(device, change) if change is not None else None
        if change is None:
            break
        before = SIGNALS.says(device, change - 1).values
        now = SIGNALS.says(device, change).values
        begun += [change] * max(0, int(now["vehicles"]) - int(before["vehicles"]) + ("stay" in now))
        if "stay" in now:
            assert int(before["vehicles"]) >= 1
            assert float(before["longest_stay"]) + 1 / 60 >= float(now["stay"]) - 0.01
            started = change - 60 * float(now["stay"])
            assert started < t or any(abs(started - b) < 1 for b in begun)


def test_building_sites_are_dustier_by_day_than_by_night() -> None:
    site = next(d for d in BY_KIND["dust_monitor"] if d.text("site_type") == "construction")
    days = [NOON + day * 86400 for day in range(20)]
    by_day = sum(float(SIGNALS.says(site, t).values["tsp"]) for t in days)
    by_night = sum(float(SIGNALS.says(site, t + 12 * 3600).values["tsp"]) for t in days)

    assert by_day > 1.5 * by_night


def test_counters_never_fall() -> None:
    for device in [*BY_KIND["streetlight"][:5], *BY_KIND["lighting_cabinet"]]:
        readings = [SIGNALS.says(device, NOON + hour * 3600).values for hour in range(0, 96, 3)]
        assert all(float(a["energy"]) <= float(b["energy"]) for a, b in pairwise(readings))


def test_a_kind_without_signal_is_refused() -> None:
    with pytest.raises(ValueError, match="no signal is known for the kind 'noise'"):
        SIGNALS.says(Device("n-1", "noise", "", "370102", "370102", ""), NOON)
