from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.delivery import Delivery, Journaled
from domain.device import AssetState, DeviceVersion
from domain.kinds import KINDS
from domain.register import Register
from ingest.decode import Decoder
from simulators.fleet import Fleet
from simulators.jinan.city import city_of
from simulators.jinan.timetable import TIMETABLE
from simulators.reporters import FIRST_REPORTS_S
from simulators.scenario import load
from simulators.wire import Channel, Message
from tests.simulators.fleets import CONFIG, DEMO, SMALL, SPEAKING, START, by_device, readings, run


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
        assert gaps or kind.period > timedelta(hours=26), device
        assert max(gaps, default=kind.period) <= allowed, device
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


@pytest.mark.parametrize("size", [80, 700])
def test_a_fleet_of_any_size_runs(size: int) -> None:
    devices = [c.device for c in city_of(size, 9) if c.valid_to is None]

    assert {r["device"] for r in readings(run(devices, hours=0.1))} == {d.id for d in devices}
