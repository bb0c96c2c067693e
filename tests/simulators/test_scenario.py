from datetime import datetime
from math import inf
from pathlib import Path

import pytest

from domain.device import AssetState, Device
from domain.errors import ConfigError
from simulators.faults import FaultKind
from simulators.jinan.city import city_of
from simulators.scenario import NOTHING_WRONG, Scenario, load
from simulators.signals.city import CitySignals

CONFIG = Path(__file__).resolve().parents[2] / "config" / "scenarios"
DEVICES = [c.device for c in city_of(2_000) if c.valid_to is None and c.device.state is AssetState.IN_SERVICE]
NIGHTS = CitySignals((), seed=1).nights
START = datetime.fromisoformat("2026-11-23T16:50+08:00").timestamp()


def written(tmp_path: Path, text: str) -> Scenario:
    file = tmp_path / "s.toml"
    file.write_text(text, encoding="utf-8")
    return load(file)


def problems(tmp_path: Path, text: str, devices: list[Device] | None = None) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        written(tmp_path, text).resolve(devices or DEVICES, START, NIGHTS, 1)
    return [str(p).removeprefix(f"{tmp_path}/") for p in caught.value.problems]


def fault(lines: str) -> str:
    return f'title = "t"\n\n[[fault]]\n{lines}\n'


@pytest.mark.parametrize("file", sorted(CONFIG.glob("*.toml")), ids=lambda p: p.stem)
def test_every_scenario_that_ships_fits_the_demo_city(file: Path) -> None:
    assert load(file).resolve(DEVICES, START, NIGHTS, 1)


def test_one_scenario_shows_every_kind_of_fault() -> None:
    faults = load(CONFIG / "everything.toml").resolve(DEVICES, START, NIGHTS, 1)

    assert {f.kind for each in faults.values() for f in each} == set(FaultKind)


def test_nothing_is_wrong_without_a_scenario() -> None:
    assert NOTHING_WRONG.resolve(DEVICES, START, NIGHTS, 1) == {}


def test_a_tripped_cabinet_hits_the_cabinet_and_all_lamps_of_one_supply_point(tmp_path: Path) -> None:
    text = fault('kind = "tripped_cabinet"\nselect = { road_class = "arterial", count = 1 }')
    hit = written(tmp_path, text).resolve(DEVICES, START, NIGHTS, 1)
    devices = [d for d in DEVICES if d.id in hit]
    points = {d.text("supply_point") for d in devices}

    assert len(points) == 1
    assert {d.id for d in DEVICES if d.text("supply_point") in points} == set(hit)
    assert {d.text("road_class") for d in devices if d.kind == "streetlight"} == {"arterial"}
    assert [d.kind for d in devices].count("lighting_cabinet") == 1


def test_a_silent_gateway_takes_its_cabinet_along(tmp_path: Path) -> None:
    cabinet = next(d for d in DEVICES if d.kind == "lighting_cabinet")
    gateway = cabinet.text("gateway")
    hit = written(tmp_path, fault(f'kind = "silent_gateway"\nselect = {{ gateway = "{gateway}" }}'))

    assert set(hit.resolve(DEVICES, START, NIGHTS, 1)) == {gateway, cabinet.id}


def test_a_fault_on_the_way_of_a_lamp_is_its_gateways(tmp_path: Path) -> None:
    lamp = next(d for d in DEVICES if d.kind == "streetlight")
    hit = written(tmp_path, fault(f'kind = "duplicates"\nselect = {{ device = "{lamp.id}" }}'))

    assert set(hit.resolve(DEVICES, START, NIGHTS, 1)) == {lamp.text("gateway")}


def test_a_share_is_rounded_but_one_at_least(tmp_path: Path) -> None:
    lamps = sum(d.kind == "streetlight" for d in DEVICES)
    tenth = written(tmp_path, fault('kind = "dark_lamp"\nselect = { share = 0.1 }'))
    tiny = written(tmp_path, fault('kind = "dark_lamp"\nselect = { share = 0.0001 }'))

    assert len(tenth.resolve(DEVICES, START, NIGHTS, 1)) == round(lamps / 10)
    assert len(tiny.resolve(DEVICES, START, NIGHTS, 1)) == 1


def test_another_seed_draws_others(tmp_path: Path) -> None:
    one, two = (
        set(
            written(tmp_path, fault(f'kind = "dark_lamp"\nselect = {{ share = 0.1, seed = {n} }}')).resolve(
                DEVICES, START, NIGHTS, 1
            )
        )
        for n in (1, 2)
    )

    assert one != two


@pytest.mark.parametrize(
    ("times", "start", "end"),
    [
        ("", START, inf),
        ('start = "36m"\nduration = "75m"', START + 36 * 60, START + 111 * 60),
        ('after = "switch_on"\nstart = "-5m"', NIGHTS.of(START).on - 300, inf),
        ('after = "switch_off"\nduration = "1.5h"', NIGHTS.of(START).off, NIGHTS.of(START).off + 5400),
        ("at = 2026-11-23T20:00:00+08:00", START + 190 * 60, inf),
    ],
)
def test_a_fault_begins_after_its_anchor_or_at_an_instant(tmp_path: Path, times: str, start: float, end: float) -> None:
    hit = written(tmp_path, fault(f'kind = "dark_lamp"\nselect = {{ count = 1 }}\n{times}'))
    (active,) = next(iter(hit.resolve(DEVICES, START, NIGHTS, 1).values()))

    assert (active.start, active.end) == (start, end)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ('kind = "dark"\nselect = { count = 1 }', "s.toml:4: kind: Input should be 'dark_lamp', 'tripped_cabinet'"),
        ('kind = "dark_lamp"', "s.toml:3: select: Field required"),
        ('kind = "dark_lamp"\nselect = {}', "s.toml:5: select: give exactly one of device, supply_point"),
        ('kind = "dark_lamp"\nselect = { count = 1, share = 0.1 }', "s.toml:5: select: give exactly one of"),
        ('kind = "dark_lamp"\nselect = { share = 2.0 }', "s.toml:5: select.share: Input should be less than or equal"),
        ('kind = "dark_lamp"\nselect = { count = 0 }', "s.toml:5: select.count: Input should be greater"),
        ('kind = "dark_lamp"\nselect = { count = 1, colour = "red" }', "s.toml:5: select.colour: no such field"),
        ('kind = "dark_lamp"\nselect = { count = 1, kind = "noise" }', "s.toml:5: select: kind 'noise' is none of"),
        ('kind = "dark_lamp"\nselect = { count = 1, road_class = "x" }', "s.toml:5: select: road_class 'x' is none"),
        ('kind = "dark_lamp"\nselect = { count = 1 }\nstart = "soon"', "s.toml:6: start: write a duration as a number"),
        ('kind = "dark_lamp"\nselect = { count = 1 }\nduration = "-1m"', "s.toml:3: the duration must be longer"),
        ('kind = "dark_lamp"\nselect = { count = 1 }\nafter = "dawn"', "s.toml:6: after: Input should be 'start'"),
        ('kind = "dark_lamp"\nselect = { count = 1 }\nat = 2026-11-23T20:00:00', "s.toml:6: at: Input should have"),
        (
            'kind = "dark_lamp"\nselect = { count = 1 }\nat = 2026-11-23T20:00:00Z\nstart = "1m"',
            "s.toml:3: `at` stands instead of `after` and `start`",
        ),
        ('kind = "dark_lamp"\nselect = { count = 1 }\nwhen = 3', "s.toml:6: when: no such field"),
        ('kind = "drift"\nselect = { count = 1 }\nmetric = "power"', "s.toml:3: a drift needs `per_hour`"),
        ('kind = "wrong_clock"\nselect = { count = 1 }', "s.toml:3: a wrong_clock needs `offset`"),
        ('kind = "reordering"\nselect = { count = 1 }\ndelay = "0s"', "s.toml:3: the delay must be longer"),
        ('kind = "dark_lamp"\nselect = { count = 1 }\nrate = 0.5', "s.toml:3: a dark_lamp takes no `rate`"),
        ('kind = "drift"\nselect = { count = 1 }\nmetric = "x"\nper_hour = nan', "s.toml:7: per_hour: Input should be"),
        ('kind = "dark_lamp"\nselect = { device = "x" }', "s.toml:3: select: there is no device 'x' that a dark_lamp"),
        (
            'kind = "dark_lamp"\nselect = { count = 1, kind = "air_station" }',
            "s.toml:3: select: there is no device like this that a dark_lamp could happen to",
        ),
        (
            'kind = "stuck_value"\nselect = { count = 1, kind = "air_station" }\nmetric = "power"',
            "s.toml:3: metric: a air_station measures no 'power'",
        ),
    ],
)
def test_every_mistake_is_told_with_line_field_and_reason(tmp_path: Path, lines: str, expected: str) -> None:
    assert [p[: len(expected)] for p in problems(tmp_path, fault(lines))] == [expected]


def test_all_mistakes_of_a_file_are_told_at_once(tmp_path: Path) -> None:
    text = fault('kind = "dark_lamp"\nselect = { count = 1 }\nx = 1') + '\n[[fault]]\nkind = "drift"\ny = 2\n'

    assert [p.rsplit(":", 1)[0] for p in problems(tmp_path, text)] == [
        "s.toml:6: x",
        "s.toml:8: select",
        "s.toml:10: y",
    ]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"title = \n", "s.toml:1: is no TOML: Invalid value (at line 1, column 9)"),
        (b'title = "\xff"', "s.toml: is not UTF-8: invalid start byte"),
        (b"[[fault]]\nkind = 3", "s.toml:1: title: Field required"),
        (b'title = "t"\ncolour = "red"', "s.toml:2: colour: no such field"),
    ],
)
def test_a_file_that_is_no_scenario_is_told_as_one(tmp_path: Path, content: bytes, expected: str) -> None:
    (tmp_path / "s.toml").write_bytes(content)
    with pytest.raises(ConfigError) as caught:
        load(tmp_path / "s.toml")

    assert str(caught.value.problems[0]).removeprefix(f"{tmp_path}/") == expected


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"s\.toml: No such file"):
        load(tmp_path / "s.toml")
