import csv
import json
import threading
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from domain.delivery import Delivery, Journaled
from domain.device import DeviceVersion
from domain.errors import ConfigError
from domain.kinds import KINDS
from domain.register import Register
from ingest.codec import DecodeLimits
from ingest.decode import Decoder
from simulators.publisher import Broker, Publisher
from simulators.recorded import FORMATS
from simulators.recording_format import ReplayOptions, id_of
from simulators.replay import Recording, read_recording, replay
from tests.simulators.listener import Listener
from tests.simulators.outlets import Shelf
from tests.support.broker import Mosquitto
from tests.support.processes import wait_until

MINUTES = "minute,power_w,voltage_v\n"
BAYS = "Lastupdated,Status_Timestamp,Zone_Number,Status_Description,KerbsideID,Location\n"
DAY_ONE = ReplayOptions(start_date=date(2026, 3, 1))
WATER = next(f for f in FORMATS if f.name == "water_sections")


def recording(tmp_path: Path, text: str, options: ReplayOptions = DAY_ONE) -> Recording:
    file = tmp_path / "r.csv"
    file.write_text(text, encoding="utf-8")
    return read_recording(file, options)


def water(tmp_path: Path, *rows: dict[str, str], options: ReplayOptions = DAY_ONE) -> Recording:
    usual = {"time": "2020-05-08T10:00+08:00", "province": "山东省", "basin": "海河流域", "section": "甲"}
    usual |= {"body_type": "river", "status": "正常", "class": "Ⅱ"}
    file = tmp_path / "w.csv"
    with file.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.DictWriter(lines, WATER.columns, restval="1.5")
        writer.writeheader()
        writer.writerows(usual | row for row in rows)
    return read_recording(file, options)


def payloads(found: Recording) -> list[dict[str, Any]]:
    return [json.loads(m.payload) for m in found.messages]


def reasons(found: Recording) -> list[str]:
    return [f"{p.line} {p.field}: {p.reason}" for p in found.unusable]


def values(found: Recording) -> list[Any]:
    return [reading["values"] for reading in payloads(found)]


SHARED = {
    "water/sections_daily_2020.csv": ("water_sections", 19_841, 0, 1_900, 5),
    "air/stations_hourly_2020_shandong.csv": ("air_by_city", 4_985, 740, 92, 0),
    "air/national_20180220T07.csv": ("air_national", 1_477, 18, 1_495, 0),
    "air/national_20190723T10.csv": ("air_national", 1_449, 50, 1_499, 0),
    "parking/melbourne_bays_2025-08-05.csv": ("parking_melbourne", 3_309, 0, 3_309, 0),
    "parking/aarhus_garages_2014.csv": ("parking_aarhus", 15_800, 0, 4, 0),
    "parking/german_lots_2023-06-01_07.csv": ("parking_german_lots", 31_086, 0, 68, 0),
    "lighting/cabinet_power_3_days.csv": ("cabinet_power", 4_261, 59, 1, 0),
}


@pytest.mark.parametrize("file", SHARED)
def test_every_row_of_a_recorded_file_is_sent_or_told(shared_data: Path, file: str) -> None:
    found = read_recording(shared_data / file, DAY_ONE)
    with (shared_data / file).open(encoding="utf-8-sig", newline="") as lines:
        rows = sum(1 for _ in csv.reader(lines)) - 1

    assert (found.format, len(found.messages), len(found.unusable), len(found.changes), found.repeated) == SHARED[file]
    assert len(found.messages) + len(found.unusable) == rows
    assert [m.due for m in found.messages] == sorted(m.due for m in found.messages)
    for change in found.changes:
        kind = KINDS[change.device.kind]
        assert {a.name for a in kind.attributes if a.required} <= set(change.device.attributes)
        assert all(kind.attribute(name) for name in change.device.attributes)


@pytest.mark.parametrize("file", SHARED)
def test_the_real_decoder_takes_every_recorded_reading(shared_data: Path, file: str) -> None:
    found = read_recording(shared_data / file, DAY_ONE)
    register = Register.of([DeviceVersion(c.device, c.valid_from, None, c.valid_from) for c in found.changes])
    decoder = Decoder(lambda: register, DecodeLimits())
    for offset, message in enumerate(found.messages):
        arrival = datetime.fromtimestamp(message.due, UTC)
        decoded = decoder.decode(Journaled(offset, Delivery(message.topic, message.payload, arrival)))
        assert decoded.undecodable is None, decoded.undecodable
        assert not decoded.rejects, decoded.rejects
        assert register.at(decoded.readings[0].device, decoded.readings[0].at) is not None


def test_the_published_answers_of_melbourne_and_the_cabinet_come_out(shared_data: Path) -> None:
    bays = read_recording(shared_data / "parking/melbourne_bays_2025-08-05.csv")
    newest = datetime.fromisoformat("2025-08-05T15:19:39+10:00").timestamp()
    cabinet = read_recording(shared_data / "lighting/cabinet_power_3_days.csv", DAY_ONE)
    lit = [datetime.fromisoformat(r["at"]) for r in payloads(cabinet) if r["values"].get("power", 0) > 100]
    days = [[t.hour * 60 + t.minute for t in lit if t.day == day] for day in (1, 2, 3)]

    assert sum(v["occupied"] for v in values(bays)) == 1_751
    assert sum(newest - m.due > 86_400 for m in bays.messages) == 1_250
    assert [(day[0], day[-1]) for day in days] == [(583, 1343), (581, 1344), (579, 1345)]


def test_water_keeps_what_was_measured_and_leaves_out_what_was_not(tmp_path: Path) -> None:
    found = water(tmp_path, {"tn_raw": "*", "tp_raw": "--", "ph_raw": "7.8465", "ph_shown": "7.85"})

    assert values(found) == [{"water_temp": 1.5, "ph": 7.8465, "do": 1.5, "codmn": 1.5, "nh3n": 1.5}]


def test_water_can_be_replayed_as_it_was_shown(tmp_path: Path) -> None:
    options = ReplayOptions(values="shown")

    assert values(water(tmp_path, {"ph_raw": "7.8465", "ph_shown": "7.85"}, options=options))[0]["ph"] == 7.85


def test_a_station_at_rest_says_why_even_without_values(tmp_path: Path) -> None:
    nothing = {f"{name}_raw": "--" for name in ("water_temp", "ph", "do", "codmn", "nh3n", "tp", "tn")}
    found = water(
        tmp_path, {"status": "维护"}, {"section": "乙", "status": "停站", **nothing}, {"section": "丙", **nothing}
    )

    assert [r.get("faults") for r in payloads(found)] == [["maintenance"], ["stopped"]]
    assert reasons(found) == ["4 : no valid value in the whole row"]
    assert len(found.changes) == 3


def test_a_section_is_told_apart_by_province_and_basin(tmp_path: Path) -> None:
    found = water(tmp_path, {}, {"province": "河北省"}, {"basin": "淮河流域"})

    assert len({c.device.id for c in found.changes}) == 3
    assert {c.device.district for c in found.changes} == {"370000", "130000"}


def test_the_target_of_a_section_is_left_out_unless_given(tmp_path: Path) -> None:
    given = ReplayOptions(target_class=3, section_set="trial")

    assert "target_class" not in water(tmp_path, {}).changes[0].device.attributes
    assert water(tmp_path, {}, options=given).changes[0].device.attributes["target_class"] == 3
    assert water(tmp_path, {}, options=given).changes[0].device.text("section_set") == "trial"


def test_a_repeated_instant_is_sent_and_counted(tmp_path: Path) -> None:
    found = water(tmp_path, {}, {"ph_raw": "8"}, {"section": "乙"})

    assert (len(found.messages), found.repeated) == (3, 1)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"status": "好"}, "2 status: '好' is none of 正常, 维护, 停站"),
        ({"body_type": "sea"}, "2 body_type: 'sea' is none of river, lake"),
        ({"ph_raw": "acid"}, "2 ph_raw: 'acid' is no number"),
        ({"ph_raw": "nan"}, "2 ph_raw: 'nan' is not finite"),
        ({"time": "yesterday"}, "2 time: 'yesterday' is no time"),
        ({"section": ""}, "2 section: is empty"),
    ],
)
def test_a_row_that_cannot_be_used_is_told_with_line_column_and_reason(
    tmp_path: Path, row: dict[str, str], reason: str
) -> None:
    found = water(tmp_path, row, {})

    assert reasons(found) == [reason]
    assert len(found.messages) == 1


def test_minutes_count_from_midnight_of_the_day_that_is_given(tmp_path: Path) -> None:
    found = recording(tmp_path, MINUTES + "1441,80.5,222.5\n35,,\n")

    assert [r["at"] for r in payloads(found)] == ["2026-03-02T00:01:00+08:00"]
    assert reasons(found) == ["3 : no valid value in the whole row"]


@pytest.mark.parametrize(
    ("row", "place"),
    [
        ('2025-08-05T10:00:00+10:00,2025-08-05T09:00:00+10:00,7303,Present,1,"-37.8, 144.9"', (144.9, -37.8)),
        ("2025-08-05T10:00:00+10:00,2025-08-05T09:00:00+10:00,,Present,1,", (None, None)),
    ],
)
def test_a_bay_without_place_is_still_a_bay(tmp_path: Path, row: str, place: tuple[float, float]) -> None:
    found = recording(tmp_path, f"{BAYS}{row}\n")
    device = found.changes[0].device

    assert (device.lon, device.lat) == place
    assert payloads(found)[0]["at"] == "2025-08-05T09:00:00+10:00"


def test_a_bay_row_that_cannot_be_used_is_told(tmp_path: Path) -> None:
    time = "2025-08-05T10:00:00+10:00"
    found = recording(tmp_path, f"{BAYS}{time},{time},,Present,,\n{time},{time},,Present,1,here\n{time},{time},,?,1,\n")

    assert reasons(found) == [
        "2 KerbsideID: is empty",
        "3 Location: 'here' is no `latitude, longitude`",
        "4 Status_Description: '?' is none of Present, Unoccupied",
    ]


def test_counts_must_be_whole_and_local_times_get_the_zone_of_their_source(tmp_path: Path) -> None:
    head = "updatetime,garage,occupied,capacity\n"
    found = recording(tmp_path, f"{head}2014-05-22 09:09:04.145,A,-3,65\n2014-05-22 09:10:00,A,many,65\n")

    assert payloads(found)[0]["at"] == "2014-05-22T09:09:04.145000+02:00"
    assert values(found) == [{"occupied": -3, "capacity": 65}]
    assert reasons(found) == ["3 occupied: 'many' is no whole number"]


def test_a_short_row_is_told(tmp_path: Path) -> None:
    assert reasons(recording(tmp_path, MINUTES + "1,2\n")) == ["2 : 2 columns instead of 3"]


def test_without_the_day_minutes_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="start_date: the file counts from a day that it does not name"):
        recording(tmp_path, MINUTES + "0,1,2\n", ReplayOptions())


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "r.csv:1: the header '' is that of no known format"),
        (b"a,b\n1,2\n", "r.csv:1: the header 'a,b' is that of no known format (air_by_city, air_national,"),
        (b"\xff\xfe", "r.csv: is no CSV in UTF-8: 'utf-8' codec"),
    ],
)
def test_a_file_that_is_no_recording_is_told(tmp_path: Path, content: bytes, expected: str) -> None:
    (tmp_path / "r.csv").write_bytes(content)
    with pytest.raises(ConfigError) as caught:
        read_recording(tmp_path / "r.csv")

    assert str(caught.value).removeprefix(f"{tmp_path}/").startswith(expected)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="No such file"):
        read_recording(tmp_path / "r.csv")


def test_old_readings_are_marked_as_backfill_unless_told_otherwise(tmp_path: Path) -> None:
    live = ReplayOptions(backfill=False)

    assert payloads(water(tmp_path, {}))[0]["backfill"] is True
    assert "backfill" not in payloads(water(tmp_path, {}, options=live))[0]


def test_ids_are_legal_stable_and_never_run_together() -> None:
    assert id_of("rs", "山东省", "海河流域", "甲") == "rs-山东省-海河流域-甲"
    assert id_of("x", "a b") == id_of("x", "a b") != id_of("x", "a_b")
    assert id_of("x", "a-b", "c") != id_of("x", "a", "b-c")
    assert len(id_of("x", "长" * 100)) == 64


def test_replay_accounts_for_every_row(tmp_path: Path) -> None:
    shelf = Shelf()
    found = recording(tmp_path, MINUTES + "0,1,220\n1,x,220\n2,3,220\n")
    report = json.loads(json.dumps(replay(found, shelf)))

    assert (report["rows"], len(report["unusable"]), report["devices"]) == (3, 1, 1)
    assert report["sent"] == report["acknowledged"]
    assert report["sent"]["readings"] == {"lighting_cabinet": {"fresh": 2}}
    assert shelf.stopped


def test_replay_at_a_speed_keeps_the_distances_and_can_be_stopped(tmp_path: Path) -> None:
    found = recording(tmp_path, MINUTES + "0,1,220\n1,2,220\n1000,3,220\n")
    halt, shelf = threading.Event(), Shelf()
    report: list[dict[str, Any]] = []
    thread = threading.Thread(target=lambda: report.append(replay(found, shelf, speed=600, stop=halt)))
    thread.start()
    wait_until(lambda: len(shelf.taken) == 2, "the first two were sent")
    assert thread.is_alive()
    halt.set()
    thread.join(10)

    assert report[0]["sent"]["messages"] == {"telemetry": {"fresh": 2}}
    assert report[0]["abandoned"]["messages"] == {"telemetry": {"fresh": 1}}


def test_a_replay_through_mosquitto_arrives_whole_and_in_order(shared_data: Path, mosquitto: Mosquitto) -> None:
    found = read_recording(shared_data / "air/stations_hourly_2020_shandong.csv")
    with Listener(mosquitto.host, mosquitto.port) as listener:
        report = replay(found, Publisher(Broker(mosquitto.host, mosquitto.port)))
        wait_until(lambda: len(listener.heard) >= len(found.messages), "everything heard")

    assert report["acknowledged"]["readings"] == {"air_station": {"fresh": 4_985}}
    for sender in {m.sender for m in found.messages}:
        sent = [m.payload for m in found.messages if m.sender == sender]
        assert [m.payload for m in listener.heard if f"/{sender}/" in m.topic] == sent
