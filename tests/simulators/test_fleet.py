import json
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.delivery import Delivery, Journaled
from domain.device import AssetState, Device, DeviceVersion
from domain.kinds import KINDS
from domain.register import Register
from ingest.decode import Decoder
from simulators.fleet import LAST_WILL_S, Fleet
from simulators.jinan.city import city_of
from simulators.jinan.timetable import TIMETABLE
from simulators.reporters import FIRST_REPORTS_S
from simulators.scenario import NOTHING_WRONG, Scenario, load
from simulators.wire import Channel, Message, Nature

CONFIG = Path(__file__).resolve().parents[2] / "config" / "scenarios"
START = datetime.fromisoformat("2026-11-23T16:45+08:00")
SMALL = [c.device for c in city_of(120, 5) if c.valid_to is None]
DEMO = [c.device for c in city_of(2_000) if c.valid_to is None]
SPEAKING = {d.id for d in DEMO if d.state in {AssetState.IN_SERVICE, AssetState.MAINTENANCE}}


def run(
    devices: Iterable[Device] = SMALL, hours: float = 3, scenario: Scenario = NOTHING_WRONG, seed: int = 1
) -> list[Message]:
    return Fleet(devices, START, seed=seed, scenario=scenario).plan(START + timedelta(hours=hours))


def readings(messages: Iterable[Message], natures: tuple[Nature, ...] = (Nature.FRESH,)) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for message in messages:
        if message.nature in natures and message.channel is not Channel.STATUS:
            payload = json.loads(message.payload)
            found += payload["readings"] if message.channel is Channel.BATCH else [payload]
    return found


def by_device(messages: Iterable[Message]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for reading in readings(messages):
        found[reading["device"]].append(reading)
    return found


def fault(tmp_path: Path, lines: str) -> Scenario:
    file = tmp_path / "s.toml"
    file.write_text(f'title = "t"\n\n[[fault]]\n{lines}\n', encoding="utf-8")
    return load(file)


@pytest.fixture(scope="module")
def evening() -> list[Message]:
    return run(DEMO, hours=3)


def test_equal_arguments_give_equal_messages_and_another_seed_others() -> None:
    assert run() == run()
    assert run() != run(seed=2)


@settings(max_examples=6, deadline=None)
@given(st.lists(st.integers(1, 1800), max_size=8), st.sampled_from(["demo", "everything"]))
def test_it_does_not_matter_how_time_is_cut_into_steps(steps: list[int], name: str) -> None:
    scenario = load(CONFIG / f"{name}.toml")
    fleet = Fleet(SMALL, START, scenario=scenario)
    whole = run(hours=1, scenario=scenario)
    parts: list[Message] = []
    now = START
    for step in [*steps, 3600]:
        now = min(now + timedelta(seconds=step), START + timedelta(hours=1))
        parts += fleet.plan(now)

    assert parts == whole


def test_messages_leave_in_order(evening: list[Message]) -> None:
    assert [m.due for m in evening] == sorted(m.due for m in evening)


def test_the_real_decoder_takes_every_message_without_a_single_reject(evening: list[Message]) -> None:
    since = datetime(2020, 1, 1, tzinfo=UTC)
    register = Register.of([DeviceVersion(d, since, None, since) for d in DEMO])
    decoder = Decoder(lambda: register)
    taken = 0
    for offset, message in enumerate(evening):
        arrival = datetime.fromtimestamp(message.due, UTC)
        decoded = decoder.decode(Journaled(offset, Delivery(message.topic, message.payload, arrival)))
        assert decoded.undecodable is None, decoded.undecodable
        assert not decoded.rejects, decoded.rejects
        assert len(decoded.readings) == message.readings
        assert bool(decoded.statuses) is (message.channel is Channel.STATUS)
        taken += message.readings
    assert taken > 10_000


def test_everybody_who_may_speak_reports_within_seconds_of_the_start() -> None:
    first = run(DEMO, hours=(FIRST_REPORTS_S + 1) / 3600)

    assert {r["device"] for r in readings(first)} == SPEAKING
    assert len(readings(first)) < 1.1 * len(SPEAKING)


def test_who_is_not_handed_over_never_speaks(evening: list[Message]) -> None:
    silent = {d.id for d in DEMO if d.state is AssetState.BUILT_NOT_HANDED_OVER}

    assert silent
    assert not silent & {r["device"] for r in readings(evening)}
    assert {d.id for d in DEMO if d.state is AssetState.MAINTENANCE} <= {r["device"] for r in readings(evening)}


def test_every_device_keeps_to_the_period_of_its_kind() -> None:
    kinds = {d.id: d.kind for d in SMALL}
    for device, told in by_device(run(hours=26)).items():
        kind = KINDS[kinds[device]]
        times = sorted(datetime.fromisoformat(r["at"]) for r in told)
        gaps = [b - a for a, b in pairwise(times)]
        powered = kind.name != "streetlight"
        allowed = kind.period if powered else timedelta(hours=4)
        assert max(gaps) <= allowed, device
        assert len(times) == len(set(times)), device


def test_lamps_report_every_quarter_of_an_hour_while_they_burn(evening: list[Message]) -> None:
    lamps = {d.id for d in DEMO if d.kind == "streetlight"}
    for device, told in by_device(evening).items():
        if device in lamps:
            lit = [datetime.fromisoformat(r["at"]) for r in told if r["values"]["on"]]
            assert max((b - a for a, b in pairwise(lit)), default=timedelta()) <= timedelta(minutes=15)


def test_dusk_is_told_at_once_by_every_lamp_with_an_event(evening: list[Message]) -> None:
    switched = [r for r in readings(evening) if {"type": "switchedOn", "phase": "once"} in r.get("events", [])]
    lamps = {d.id for d in DEMO if d.kind == "streetlight" and d.id in SPEAKING and not d.flag("underpass")}
    times = [datetime.fromisoformat(r["at"]) for r in switched]

    assert Counter(r["device"] for r in switched) == Counter(lamps)
    assert max(times) - min(times) < timedelta(minutes=4)
    assert min(times) > START


def test_half_night_lamps_go_out_late_if_the_controllers_hold_such_a_timetable() -> None:
    lamps = [d for d in DEMO if d.text("half_night") == "alternate"][:10]
    late = datetime.fromisoformat("2026-11-23T22:20+08:00")
    told = readings(Fleet(lamps, late, timetable=TIMETABLE).plan(late + timedelta(minutes=20)))
    out = [r for r in told if {"type": "switchedOff", "phase": "once"} in r.get("events", [])]

    assert {r["device"] for r in out} == {d.id for d in lamps}
    assert not any("switchedOff" in str(r) for r in readings(Fleet(lamps, late).plan(late + timedelta(minutes=20))))


def test_a_gateway_sends_its_lamps_as_one_batch_of_some_ninety(evening: list[Message]) -> None:
    batches = [m for m in evening if m.channel is Channel.BATCH]

    assert max(m.readings for m in batches) > 80
    assert all(m.topic.endswith(f"/{m.sender}/batch") for m in batches)
    assert max(len(m.payload) for m in batches) < 100_000


def test_load_is_spread_over_the_period() -> None:
    busiest = Counter(int(m.due) // 60 for m in run(DEMO, hours=2) if m.due > START.timestamp() + 3600)

    assert max(busiest.values()) < 3 * sum(busiest.values()) / len(busiest)


def test_gateways_say_online_retained_at_first_and_offline_as_farewell() -> None:
    fleet = Fleet(SMALL, START)
    online = [m for m in fleet.plan(START) if m.channel is Channel.STATUS]
    offline = fleet.farewell(START)

    assert {m.payload for m in online} == {b"online"}
    assert {m.payload for m in offline} == {b"offline"}
    assert [m.topic for m in online] == [m.topic for m in offline] == list(fleet.wills().values())
    assert all(m.retain for m in online + offline)


def test_sequence_numbers_count_from_one_without_gaps() -> None:
    fleet = Fleet(SMALL, START)
    told = by_device(fleet.plan(START + timedelta(hours=5)))

    assert all([r["seq"] for r in each] == list(range(1, len(each) + 1)) for each in told.values())
    assert fleet.sequence() == {device: len(each) for device, each in told.items()}


def test_stations_report_full_hours_and_four_hour_samples_once_each() -> None:
    told = by_device(run(hours=9))
    for device in SMALL:
        if device.kind in {"air_station", "river_section"}:
            times = [datetime.fromisoformat(r["at"]).timestamp() for r in told[device.id]]
            period = KINDS[device.kind].period.total_seconds()
            assert all(t % period == 0 for t in times)
            assert times == [times[0] + n * period for n in range(len(times))]
            assert times[0] <= START.timestamp()


def test_nothing_is_told_before_it_happened(evening: list[Message]) -> None:
    for message in evening:
        for reading in readings([message]):
            assert datetime.fromisoformat(reading["at"]).timestamp() <= message.due


def test_the_demo_first_meets_and_then_misses_the_target_of_arterial_roads() -> None:
    fleet = Fleet(DEMO, START, scenario=load(CONFIG / "demo.toml"))
    owed = {
        d.id: d.text("road_class")
        for d in DEMO
        if d.kind == "streetlight" and d.state is AssetState.IN_SERVICE and d.text("lighting_use") == "functional"
    }
    lit: dict[str, bool] = {}

    def rate(minutes: int) -> dict[str, float]:
        for reading in readings(fleet.plan(START + timedelta(minutes=minutes))):
            lit[reading["device"]] = reading["values"].get("power", 0) > 15
        total = Counter(owed.values())
        burning = Counter(road_class for device, road_class in owed.items() if lit.get(device))
        return {road_class: burning[road_class] / total[road_class] for road_class in total}

    met, missed, repaired = rate(55), rate(62), rate(140)

    for rates in (met, repaired):
        assert all(rates[c] >= 0.98 for c in ("expressway", "arterial", "secondary"))
        assert all(rates[c] >= 0.96 for c in ("branch", "alley"))
    assert missed["arterial"] < 0.9
    assert {c: r for c, r in missed.items() if c != "arterial"} == {c: r for c, r in met.items() if c != "arterial"}


def test_a_trip_is_told_at_once_with_beginning_and_end(tmp_path: Path) -> None:
    text = 'kind = "tripped_cabinet"\nselect = { count = 1 }\nafter = "switch_on"\nstart = "20m"\nduration = "30m"'
    messages = run(scenario=fault(tmp_path, text), hours=2)
    cabinet = [r for r in readings(messages) if "circuitBreakerTripped" in str(r.get("events"))]
    lamps = [r for r in readings(messages) if "lampFailure" in str(r.get("events"))]

    assert [(r["events"][0]["phase"], r["values"]["breaker_closed"]) for r in cabinet] == [
        ("begin", False),
        ("end", True),
    ]
    assert {r["device"] for r in lamps if r["events"][0]["phase"] == "begin"} == {
        r["device"] for r in lamps if {"type": "lampFailure", "phase": "end"} in r["events"]
    }
    assert {r["at"] for r in lamps} == {r["at"] for r in cabinet}
    assert cabinet[0]["faults"] == ["circuitBreakerTripped"]


def test_a_dark_lamp_fails_at_switch_on_and_keeps_saying_so(tmp_path: Path) -> None:
    lamp = next(d for d in SMALL if d.kind == "streetlight" and not d.flag("underpass"))
    told = by_device(run(scenario=fault(tmp_path, f'kind = "dark_lamp"\nselect = {{ device = "{lamp.id}" }}')))[lamp.id]
    by_night = [r for r in told if r["values"]["on"]]

    assert {"type": "lampFailure", "phase": "begin"} in by_night[0]["events"]
    assert all(r["faults"] == ["lampFailure"] and r["values"]["power"] < 2 for r in by_night)
    assert all("faults" not in r for r in told if not r["values"]["on"])


def test_a_lamp_that_burns_by_day_reports_by_day(tmp_path: Path) -> None:
    lamp = next(d for d in SMALL if d.kind == "streetlight" and not d.flag("underpass"))
    scenario = fault(tmp_path, f'kind = "day_burning"\nselect = {{ device = "{lamp.id}" }}')
    noon = datetime.fromisoformat("2026-11-23T10:00+08:00")
    told = by_device(Fleet(SMALL, noon, scenario=scenario).plan(noon + timedelta(hours=2)))

    assert all(r["faults"] == ["lampUnexpectedOn"] and r["values"]["power"] > 20 for r in told[lamp.id])
    assert len(told[lamp.id]) >= 8


def test_a_silent_gateway_leaves_gaps_and_its_last_will(tmp_path: Path) -> None:
    gateway = next(d.text("gateway") for d in SMALL if d.kind == "lighting_cabinet")
    text = f'kind = "silent_gateway"\nselect = {{ gateway = "{gateway}" }}\nstart = "40m"\nduration = "1h"'
    fleet = Fleet(SMALL, START, scenario=fault(tmp_path, text))
    messages = fleet.plan(START + timedelta(hours=3))
    quiet = (START + timedelta(minutes=40)).timestamp(), (START + timedelta(minutes=100)).timestamp()
    behind = {d.id for d in SMALL if d.text("gateway") == gateway}
    statuses = [(m.due, m.payload) for m in messages if m.channel is Channel.STATUS and m.sender == gateway]
    lost = 0
    for device, told in by_device(messages).items():
        missing = told[-1]["seq"] - len(told)
        assert (missing > 0) is (device in behind)
        lost += missing
        if device in behind:
            assert not any(quiet[0] <= datetime.fromisoformat(r["at"]).timestamp() < quiet[1] for r in told)
            assert any(datetime.fromisoformat(r["at"]).timestamp() == quiet[1] for r in told)

    assert statuses[1:] == [(quiet[0] + LAST_WILL_S, b"offline"), (quiet[1], b"online")]
    assert sum(fleet.lost()["withheld"].values()) == lost


def test_a_wrong_clock_shifts_the_instant_and_nothing_else(tmp_path: Path) -> None:
    lamp = next(d for d in SMALL if d.kind == "streetlight")
    scenario = fault(tmp_path, f'kind = "wrong_clock"\nselect = {{ device = "{lamp.id}" }}\noffset = "-3h"')
    wrong, right = by_device(run(scenario=scenario)), by_device(run())

    assert [datetime.fromisoformat(r["at"]) + timedelta(hours=3) for r in wrong.pop(lamp.id)] == [
        datetime.fromisoformat(r["at"]) for r in right.pop(lamp.id)
    ]
    assert wrong == right


def test_a_drifting_metric_moves_away_but_stays_possible(tmp_path: Path) -> None:
    cabinet = next(d for d in SMALL if d.kind == "lighting_cabinet")
    select = f'kind = "drift"\nselect = {{ device = "{cabinet.id}" }}\nmetric = "leakage"\nper_hour'
    up = by_device(run(scenario=fault(tmp_path, f"{select} = 40.0")))[cabinet.id]
    down = by_device(run(scenario=fault(tmp_path, f"{select} = -40.0")))[cabinet.id]

    assert up[-1]["values"]["leakage"] > up[0]["values"]["leakage"] + 100
    assert down[-1]["values"]["leakage"] == 0


def test_a_stuck_metric_stays_while_the_others_move(tmp_path: Path) -> None:
    station = next(d for d in SMALL if d.kind == "air_station")
    text = f'kind = "stuck_value"\nselect = {{ device = "{station.id}" }}\nmetric = "pm10"'
    told = by_device(run(scenario=fault(tmp_path, text), hours=12))[station.id]

    assert len({r["values"]["pm10"] for r in told[1:]}) == 1
    assert len({r["values"]["pm25"] for r in told}) > 1


def test_everything_at_once_still_adds_up() -> None:
    fleet = Fleet(DEMO, START, scenario=load(CONFIG / "everything.toml"))
    messages = fleet.plan(START + timedelta(hours=2))
    later = fleet.plan(START + timedelta(hours=3))
    planned = sum(fleet.sequence().values())
    lost = fleet.lost()
    sent = sum(m.readings for m in messages + later if m.nature is Nature.FRESH)
    held_back = planned - sent - sum(lost["withheld"].values()) - sum(lost["spoilt"].values())

    assert lost["withheld"]
    assert lost["spoilt"]
    assert 0 <= held_back < 0.02 * planned
    assert {m.nature for m in messages} == set(Nature)


@pytest.mark.parametrize("size", [60, 700])
def test_a_fleet_of_any_size_runs(size: int) -> None:
    devices = [c.device for c in city_of(size, 9) if c.valid_to is None]

    assert {r["device"] for r in readings(run(devices, hours=0.1))} == {d.id for d in devices}
