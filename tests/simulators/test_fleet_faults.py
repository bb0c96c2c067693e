from datetime import datetime, timedelta
from pathlib import Path

from simulators.fleet import LAST_WILL_S, Fleet
from simulators.scenario import load
from simulators.wire import Channel, Nature
from tests.simulators.fleets import CONFIG, DEMO, SMALL, START, by_device, fault, readings, run


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
