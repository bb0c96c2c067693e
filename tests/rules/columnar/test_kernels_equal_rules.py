"""Kernels say what the scalar rules say, exactly, or nothing: rounding edges, gaps, faults, cut dates, changes."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.citytime import JINAN, Place
from domain.device import AssetState, Device, DeviceVersion
from domain.lighting import HalfNight, LightingPlan, OverrideAction, Timetable
from domain.reading import Reading
from domain.register import Register
from rules.columnar.kernels import KERNELS
from rules.indicator import World
from rules.indicators import INDICATORS
from rules.kept import Due, due
from tests.support.air import air, station
from tests.support.columns import by_columns, by_rules, figures, figures_of
from tests.support.rules import CLEAN, NO_PLAN, fixed_nights, lamp, local, override, power, section, version, water

HOUR, DAY, MINUTE = timedelta(hours=1), timedelta(days=1), timedelta(minutes=1)
MANY = settings(deadline=None, max_examples=120)
STATES = st.sampled_from([*[AssetState.IN_SERVICE] * 5, AssetState.MAINTENANCE])


def dues_of(name: str, start: str, periods: int, tz: ZoneInfo = JINAN.tz) -> list[Due]:
    """The due instants of the first periods from a local instant on."""
    indicator = INDICATORS[name]
    first = local(start) + indicator.kept.settle
    return list(due(indicator, first - MINUTE, first + 40 * DAY, tz))[:periods]


def register_of(versions: Sequence[DeviceVersion]) -> Register:
    """End each version where the next one of its device begins."""
    ordered = sorted(versions, key=lambda v: (v.device.id, v.valid_from))
    following = [*ordered[1:], None][: len(ordered)]
    ends = [f.valid_from if f and f.device.id == v.device.id else None for v, f in zip(ordered, following, strict=True)]
    return Register.of([replace(v, valid_to=end) for v, end in zip(ordered, ends, strict=True)], 1)


def check(name: str, dues: Sequence[Due], readings: Sequence[Reading], world: World, *, all_judged: bool) -> None:
    """What a kernel judges is what the rules say; `all_judged`: it judges everything."""
    found = by_columns(KERNELS[name], dues, readings, world)
    for row, said in enumerate(by_rules(INDICATORS[name], dues, readings, world)):
        assert found.judged[row] or not all_judged
        assert found.confirms(row, said) == found.judged[row]
        if found.judged[row]:
            assert figures(found, row) == {scope: figures_of(measure) for scope, measure in said.items()}


# -- air -------------------------------------------------------------------------------------------------------------

CUT = "2026-02-28T20:00"
"""Four hours before the first day of the edition of 2026."""
EDGES = [0.0, 0.4, 0.5, 34.5, 35.0, 35.5, 49.5, 50.5, 59.5, 60.0, 60.5, 75.0, 120.0, 150.5, 160.0, 160.1, 200.0, 265.1]
CONCENTRATIONS = st.one_of(
    st.sampled_from([*EDGES, 499.5, 500.0, 650.0, 799.5, 800.0, 800.5, 1200.5, 3840.0]),
    st.integers(0, 40_000).map(lambda n: n / 100),
    st.integers(0, 9_999_999).map(lambda n: n / 10_000),
)
HOURLY_VALUES = st.dictionaries(
    st.sampled_from(["pm25", "pm10", "so2", "no2", "co", "o3"]), CONCENTRATIONS, min_size=0, max_size=6
)
FULL_VALUES = st.fixed_dictionaries(dict.fromkeys(("pm25", "pm10", "so2", "no2", "co", "o3"), CONCENTRATIONS))
STATIONS = [f"a{n}" for n in range(5)]
STATION_VERSIONS = st.lists(
    st.builds(
        lambda name, hours, state, background: version(
            station(name, state=state, background=background), local(CUT) + hours * HOUR
        ),
        st.sampled_from(STATIONS),
        st.sampled_from([-2000, -2000, -2000, -3, 0, 0.2, 3, 4, 4, 28]),
        STATES,
        st.sampled_from([False, False, True]),
    ),
    min_size=0,
    max_size=9,
    unique_by=lambda v: (v.device.id, v.valid_from),
).map(register_of)
FAULTS = st.sampled_from([(), (), (), (), ("calibration",), ("instrumentFault", "maintenance")])
NEAR = st.sampled_from([*[0] * 8, -120, -1, 1, 119, 120, 121, -121, 1800])
"""Seconds that a clock is off."""
SAID = st.builds(
    lambda name, hour, off, values, faults, revision: air(
        name, local(CUT) + hour * HOUR + timedelta(seconds=off), values, faults, revision
    ),
    st.sampled_from([*STATIONS, "stranger"]),
    st.integers(-5, 12),
    NEAR,
    st.one_of(HOURLY_VALUES, FULL_VALUES),
    FAULTS,
    st.integers(0, 1),
)
SAID_OFTEN = st.lists(SAID, max_size=60, unique_by=lambda r: (r.device, r.at, r.revision))


@MANY
@given(SAID_OFTEN, STATION_VERSIONS)
def test_hourly_indices(readings: list[Reading], register: Register) -> None:
    world = World(register, NO_PLAN, JINAN)
    check("aqi", dues_of("aqi", CUT, 12), readings, world, all_judged=False)


@MANY
@given(SAID_OFTEN, STATION_VERSIONS)
def test_hours_on_the_dot_are_all_judged(readings: list[Reading], register: Register) -> None:
    on_the_dot = {(r.device, r.at): r for r in readings if not r.at.minute and not r.at.second}
    world = World(register, NO_PLAN, JINAN)
    check("aqi", dues_of("aqi", CUT, 12), list(on_the_dot.values()), world, all_judged=True)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(st.frozensets(st.integers(0, 3)), FULL_VALUES), min_size=6, max_size=6))
def test_three_quarters_of_the_stations_decide_which_hour_stands(
    hours: list[tuple[set[int], dict[str, float]]],
) -> None:
    said = [
        air(f"a{n}", local(CUT) + hour * HOUR, {**values, "pm10": 50.0 * n})
        for hour, (stations, values) in enumerate(hours)
        for n in stations
    ]
    world = World(register_of([version(station(f"a{n}")) for n in range(4)]), NO_PLAN, JINAN)
    check("aqi", dues_of("aqi", CUT, 6), said, world, all_judged=True)


def test_the_half_hours_of_another_zone_are_left_to_the_rules_or_judged_alike() -> None:
    india = Place("Asia/Kolkata", 18.5, 73.9)
    readings = [air(name, local(CUT) + n * HOUR) for name in STATIONS for n in range(-4, 10)]
    world = World(register_of([version(station(name)) for name in STATIONS]), NO_PLAN, india)
    check("aqi", dues_of("aqi", "2026-02-28T20:30", 8, india.tz), readings, world, all_judged=False)


DAY_HOURS = st.builds(
    lambda name, day, absent, values, other, faults, off: [
        air(
            name,
            local("2026-02-27T00:00") + day * DAY + hour * HOUR + timedelta(seconds=off),
            other if hour % 4 == 0 else values,
            faults if hour % 7 == 0 else (),
        )
        for hour in range(1, 25)
        if hour not in absent
    ],
    st.sampled_from(STATIONS),
    st.integers(0, 3),
    st.one_of(st.just(frozenset()), st.frozensets(st.integers(1, 24), max_size=12)),
    FULL_VALUES,
    st.one_of(HOURLY_VALUES, FULL_VALUES),
    FAULTS,
    st.sampled_from([0, 0, 0, -60, 100, 300]),
)
STATION_DAYS = st.lists(DAY_HOURS, max_size=12)


def once(days: list[list[Reading]]) -> list[Reading]:
    return list({(r.device, r.at): r for day in days for r in day}.values())


@MANY
@given(STATION_DAYS, STATION_VERSIONS, st.sampled_from(["aqi_daily", "primary_pollutant"]))
def test_daily_indices_and_primary_pollutants(days: list[list[Reading]], register: Register, name: str) -> None:
    dues = dues_of(name, "2026-02-27T00:00", 4)
    check(name, dues, once(days), World(register, NO_PLAN, JINAN), all_judged=True)


BERLIN = Place("Europe/Berlin", 52.5, 13.4)


@settings(deadline=None, max_examples=40)
@given(
    st.lists(
        st.tuples(st.sampled_from(STATIONS), FULL_VALUES, st.frozensets(st.integers(0, 70), max_size=20)), max_size=5
    ),
    st.sampled_from(["2025-03-29T07:00", "2025-10-25T06:00"]),
)
def test_days_of_23_and_25_hours(said: list[tuple[str, dict[str, float], frozenset[int]]], start: str) -> None:
    readings = once(
        [
            [air(name, local(start) + n * HOUR, {**v, "o3": 100.0 + n}) for n in range(72) if n not in gaps]
            for name, v, gaps in said
        ]
    )
    world = World(register_of([version(station(name)) for name in STATIONS]), NO_PLAN, BERLIN)
    check("aqi_daily", dues_of("aqi_daily", start, 3, BERLIN.tz), readings, world, all_judged=True)


def test_days_before_the_first_edition_have_no_index() -> None:
    readings = [air("a0", local("2011-12-30T00:00") + n * HOUR) for n in range(1, 97)]
    early = version(station("a0"), local("2011-01-01T00:00"))
    world = World(register_of([early]), NO_PLAN, JINAN)
    dues = dues_of("aqi_daily", "2011-12-30T00:00", 4)  # which close the days from the 29th on
    check("aqi_daily", dues, readings, world, all_judged=True)
    found = by_columns(KERNELS["aqi_daily"], dues, readings, world)
    assert [figures(found, row)["city"][0] is None for row in range(len(dues))] == [True, True, True, False]


# -- water -----------------------------------------------------------------------------------------------------------

NOON = "2026-11-20T00:00"
ITEMS = {
    "ph": [5.99, 6.0, 7.5, 9.0, 9.001],
    "do": [1.99, 2.0, 3.0, 4.999, 5.0, 6.0, 7.49, 7.5, 9.0],
    "codmn": [0.0, 2.0, 2.0001, 4.0, 6.0, 10.0, 15.0, 15.1],
    "nh3n": [0.15, 0.1500001, 0.5, 1.0, 1.5, 2.0, 2.01],
    "tp": [0.01, 0.02, 0.025, 0.05, 0.1, 0.2, 0.3, 0.4, 0.41],
}
REQUIRED_VALUES = st.fixed_dictionaries({name: st.sampled_from(values) for name, values in ITEMS.items()})
WATER_VALUES = st.one_of(
    st.sampled_from(ITEMS["tp"]).map(lambda tp: {**CLEAN, "tp": tp}),  # which rivers and lakes judge differently
    REQUIRED_VALUES,
    st.tuples(REQUIRED_VALUES, st.sampled_from(list(ITEMS))).map(
        lambda said: {name: v for name, v in said[0].items() if name != said[1]}
    ),
)
SECTIONS = [f"s{n}" for n in range(4)]
SECTION_VERSIONS = st.lists(
    st.builds(
        lambda name, hours, state, body, target, made_up, districts, river: version(
            section(
                name,
                state=state,
                body_type=body,
                target_class=target,
                target_synthetic=made_up,
                districts=districts,
                river=river,
                basin="黄河",
            ),
            local(NOON) + hours * HOUR,
        ),
        st.sampled_from(SECTIONS),
        st.sampled_from([-2000, -2000, 0, 26, 50]),
        STATES,
        st.sampled_from(["river", "lake"]),
        st.sampled_from([1, 2, 3, 3, 4, 5, "none"]),
        st.sampled_from([False, False, True]),
        st.sampled_from(["370102", "370102 370103", ""]),
        st.sampled_from(["小清河", "大明湖"]),
    ),
    max_size=8,
    unique_by=lambda v: (v.device.id, v.valid_from),
).map(register_of)
WATER = st.lists(
    st.builds(
        lambda name, hour, seconds, values, faults, revision: water(
            name, local(NOON) + hour * HOUR + timedelta(seconds=seconds), values, faults, revision
        ),
        st.sampled_from([*SECTIONS, "stranger"]),
        st.sampled_from([4, 12, 17, 18, 18, 20, 24, 25, 26, 26, 42, 48, 50, 51]),
        st.sampled_from([0, 0, -1, 1]),
        WATER_VALUES,
        st.sampled_from([(), (), (), ("maintenance",)]),
        st.integers(0, 1),
    ),
    max_size=25,
    unique_by=lambda r: (r.device, r.at, r.revision),
)


@MANY
@given(WATER, SECTION_VERSIONS, st.sampled_from(["section_class", "section_compliance"]))
def test_classes_of_sections_and_their_compliance(readings: list[Reading], register: Register, name: str) -> None:
    dues = dues_of(name, NOON, 3)
    check(name, dues, readings, World(register, NO_PLAN, JINAN), all_judged=True)


# -- lamps -----------------------------------------------------------------------------------------------------------

DUSK = "2026-11-23T16:00"
LAMPS = [f"l{n}" for n in range(5)]
TABLES = (Timetable("city", "全市", half_night=HalfNight(), nights=fixed_nights("2026-11-23").nights),)


def _lamp(name: str, state: AssetState, rated: object, area: str, more: dict[str, object]) -> Device:
    device = lamp(name, state=state, management_area=area)
    attributes = {**device.attributes, **more, "rated_power": rated}
    kept = {key: value for key, value in attributes.items() if value is not None}
    return replace(device, management_area=area, attributes=kept)  # type: ignore[arg-type]


LAMP_VERSIONS = st.lists(
    st.builds(
        lambda name, minute, state, rated, area, use, half, underpass, road_class: version(
            _lamp(
                name,
                state,
                rated,
                area,
                {"lighting_use": use, "half_night": half, "underpass": underpass, "road_class": road_class},
            ),
            local(DUSK) + minute * MINUTE,
        ),
        st.sampled_from(LAMPS),
        st.sampled_from([-3000, -3000, 0, 60, 95]),
        STATES,
        st.sampled_from([None, 10.0, 33.3, 100.0]),
        st.sampled_from(["370102", "gaoxin", ""]),
        st.sampled_from(["functional", "functional", "landscape"]),
        st.sampled_from(["none", "alternate"]),
        st.booleans(),
        st.sampled_from(["arterial", "alley"]),
    ),
    max_size=10,
    unique_by=lambda v: (v.device.id, v.valid_from),
).map(register_of)
OVERRIDES = st.lists(
    st.builds(
        lambda scope, action, start, length, name: override(
            scope, action, local(DUSK) + start * MINUTE, local(DUSK) + (start + length) * MINUTE, name=str(name)
        ),
        st.sampled_from(["city", "management_area:gaoxin", "device:l1"]),
        st.sampled_from(OverrideAction),
        st.integers(-60, 300),
        st.integers(1, 200),
        st.integers(0, 5),
    ),
    max_size=2,
    unique_by=lambda o: o.id,
)
LAMP_VALUES = st.fixed_dictionaries(
    {},
    optional={
        "power": st.sampled_from([0.0, 2.0, 2.0000001, 6.66, 20.0, 20.000001, 10.0, 100.0]),
        "current": st.sampled_from([0.0, 0.01, 0.0909, 0.5]),
        "voltage": st.sampled_from([0.0, 220.0, 230.5]),
        "dim": st.sampled_from([0.0, 33.3, 50.0, 100.0]),
    },
)
LIGHT = st.lists(
    st.builds(
        lambda name, minute, seconds, values, revision: replace(
            power(name, local(DUSK) + minute * MINUTE + timedelta(seconds=seconds), None, **values), revision=revision
        ),
        st.sampled_from([*LAMPS, "stranger"]),
        st.sampled_from([-10, 20, 30, 59, 60, 79, 80, 81, 119, 120, 140, 199, 200, 240, 421, 440]),
        st.sampled_from([0, 0, -1, 1]),
        LAMP_VALUES,
        st.integers(0, 1),
    ),
    max_size=30,
    unique_by=lambda r: (r.device, r.at, r.revision),
)


@MANY
@given(LIGHT, LAMP_VERSIONS, OVERRIDES)
def test_lamps_lit_dark_and_unknown(readings: list[Reading], register: Register, overrides: list[object]) -> None:
    world = World(register, LightingPlan(TABLES, tuple(overrides)), JINAN)  # type: ignore[arg-type]
    check("light_on_rate", dues_of("light_on_rate", DUSK, 8), readings, world, all_judged=True)
