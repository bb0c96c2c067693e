"""`quanyan assess` as anyone may run it: on the published files, on bad rows, on wrong options."""

import csv
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.support.air import FILES, NAMES

QUANYAN = Path(sys.executable).with_name("quanyan")


def _assess(*arguments: str, given: bytes) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([QUANYAN, "assess", *arguments], input=given, capture_output=True, check=False, timeout=120)


def _rows(done: subprocess.CompletedProcess[bytes]) -> list[dict[str, str]]:
    return list(csv.DictReader(done.stdout.decode("utf-8").splitlines()))


@pytest.mark.shared
@pytest.mark.parametrize(("name", "published"), FILES.items())
def test_air_agrees_with_every_published_row(shared_data: Path, name: str, published: int) -> None:
    given = (shared_data / "air" / name).read_bytes()
    done = _assess("air", given=given)
    assert (done.returncode, done.stderr) == (0, b"")
    rows = _rows(done)
    assert len(rows) == len(list(csv.DictReader(given.decode("utf-8-sig").splitlines())))
    judged = [row for row in rows if row["aqi"]]
    assert len(judged) == published
    assert [row for row in judged if not _as_published(row)] == []


def _as_published(row: dict[str, str]) -> bool:
    primary = {NAMES[name.strip()] for name in row["primary"].split(";") if name.strip()}
    computed = {name for name in row["computed_primary"].split(";") if name}
    return (row["computed_aqi"], row["computed_level"], computed) == (row["aqi"], row["level"], primary)


@pytest.mark.shared
@pytest.mark.parametrize(("without", "least"), [("", 0.9997), ("_raw", 0.996)])
def test_water_agrees_with_the_published_classes_from_raw_and_from_displayed_values(
    shared_data: Path, without: str, least: float
) -> None:
    text = (shared_data / "water" / "sections_daily_2020.csv").read_text(encoding="utf-8-sig")
    done = _assess("water", given=_without(text.splitlines(), without))
    assert (done.returncode, done.stderr) == (0, b"")
    rows = _rows(done)
    classed = [row for row in rows if row["class"]]
    other = [
        f"{row['time']} {row['section']}: {row['computed_class']}, published {row['class']}"
        for row in classed
        if row["computed_class"] != row["class"]
    ]
    assert (len(rows), len(classed)) == (19841, 17459)
    assert 1 - len(other) / len(classed) >= least, "\n".join(other)


def _without(lines: Sequence[str], ending: str) -> bytes:
    """Leave out the columns with such a name, and turn the rest round: order is free."""
    table = list(csv.reader(lines))
    kept = [n for n, name in enumerate(table[0]) if not ending or not name.endswith(ending)][::-1]
    return "\n".join(",".join(row[n] for n in kept) for row in table).encode()


@pytest.mark.shared
def test_wrong_limits_are_rejected_by_the_published_classes(shared_data: Path) -> None:
    given = (shared_data / "water" / "sections_daily_2020.csv").read_bytes()
    agreeing = {}
    for body in ("lake", "river"):
        classed = [row for row in _rows(_assess("water", "--body", body, given=given)) if row["class"]]
        agreeing[body] = sum(row["computed_class"] == row["class"] for row in classed) / len(classed)
    assert agreeing["lake"] < 0.6
    assert agreeing["river"] < 0.95


@pytest.mark.shared
def test_parking_flags_what_counters_say_beyond_their_capacity_and_no_rate_exceeds_100(shared_data: Path) -> None:
    flags = {}
    for name in ("aarhus_garages_2014", "german_lots_2023-06-01_07"):
        done = _assess("parking", given=(shared_data / "parking" / f"{name}.csv").read_bytes())
        assert (done.returncode, done.stderr) == (0, b"")
        rows = _rows(done)
        assert all(0 <= float(row["computed_occupancy"]) <= 100 for row in rows)
        assert all(int(row["computed_occupied"]) + int(row["computed_free"]) == int(row["capacity"]) for row in rows)
        flags[name] = (len(rows), Counter(row["note"].partition(":")[0] for row in rows if row["note"]))
    assert flags == {
        "aarhus_garages_2014": (15800, {"above capacity": 2505}),
        "german_lots_2023-06-01_07": (31086, {"below zero": 514}),
    }


@pytest.mark.shared
def test_bays_over_a_day_old_are_unknown_by_the_newest_instant_of_the_file_or_the_one_named(shared_data: Path) -> None:
    given = (shared_data / "parking" / "melbourne_bays_2025-08-05.csv").read_bytes()
    rows = _rows(_assess("parking", given=given))
    assert Counter(row["Status_Description"] for row in rows) == {"Present": 1751, "Unoccupied": 1558}
    assert Counter(row["computed_state"] for row in rows) == {"unknown": 1250, "occupied": 1183, "vacant": 876}
    later = _rows(_assess("parking", "--at", "2025-08-07T00:00:00+10:00", given=given))
    assert {row["computed_state"] for row in later} == {"unknown"}


def test_bad_rows_of_car_parks_and_bays_are_told() -> None:
    done = _assess("parking", given=b"occupied,Capacity\n5,10\n5,-1\n1.5,3\n,3\n5,0\n5,\n")
    assert done.returncode == 1
    assert done.stderr.decode().splitlines() == [
        "quanyan: stdin:3: capacity: -1 is negative",
        "quanyan: stdin:4: occupied: 1.5 is no whole number",
    ]
    rows = _rows(done)
    assert [row["computed_state"] for row in rows] == ["counted", "", "", "unknown", "unknown", "unknown"]
    assert [row["note"] for row in rows[3:]] == ["no count", "no capacity", "no capacity"]
    head = "Status_Description,Status_Timestamp\n"
    given = f"{head}Present,2025-08-05T00:00:00+10:00\nAway,2025-08-05T00:00:00+10:00\nPresent,2025-08-05T00:00:00\n"
    done = _assess("parking", given=given.encode())
    assert done.stderr.decode().splitlines() == [
        "quanyan: stdin:3: Status_Description: 'Away' is none of occupied, present, unoccupied, vacant",
        "quanyan: stdin:4: Status_Timestamp: '2025-08-05T00:00:00' has no offset",
    ]


@pytest.mark.shared
def test_a_cabinets_switching_minutes_are_exact_and_an_outage_is_none(shared_data: Path) -> None:
    done = _assess("lighting", given=(shared_data / "lighting" / "cabinet_power_3_days.csv").read_bytes())
    assert (done.returncode, done.stderr) == (0, b"")
    rows = _rows(done)
    assert list(rows[0])[:3] == ["minute", "power_w", "voltage_v"]
    found = {(row["computed_day"], row["computed_on_minute"], row["computed_off_minute"]) for row in rows}
    assert found == {("1", "583", "1343"), ("2", "581", "1344"), ("3", "579", "1345")}
    states = Counter(row["computed_state"] for row in rows)
    assert (len(rows), states["unknown"]) == (4320, 59)
    outage = [int(row["minute"]) for row in rows if row["computed_state"] == "outage"]
    assert outage == [2 * 1440 + 1227]


def test_bad_rows_of_a_cabinet_are_told_and_spoil_no_other() -> None:
    done = _assess("lighting", given=b"power_w,minute\n0,1\n500,2\nx,3\n500,4.5\n-1,4\n600,5\n,6\n0,7\n")
    assert done.returncode == 1
    assert done.stderr.decode().splitlines() == [
        "quanyan: stdin:4: power_w: 'x' is no number",
        "quanyan: stdin:5: minute: '4.5' is no whole number from 0 on",
        "quanyan: stdin:6: power_w: -1 is negative",
    ]
    rows = _rows(done)
    assert [row["computed_on_minute"] for row in rows] == ["2", "2", "", "", "", "2", "2", "2"]
    assert rows[6]["note"] == "no value; off after 5 at the earliest: dark first seen at 7"


def test_bad_rows_are_told_and_noted_and_the_others_assessed() -> None:
    given = "\ufeffhour_ending,station,pm25\r\n2020-01-01T01:00,甲,36\r\n2020-01-01T01:00,乙,many\r\nx,丙,36\r\n"
    done = _assess("air", given=given.encode())
    assert done.returncode == 1
    assert done.stderr.decode().splitlines() == [
        "quanyan: stdin:3: pm25: 'many' is no number",
        "quanyan: stdin:4: hour_ending: 'x' is no instant",
    ]
    rows = _rows(done)
    assert [(row["station"], row["computed_aqi"]) for row in rows] == [("甲", "52"), ("乙", ""), ("丙", "")]
    assert [row["note"].partition(":")[0] for row in rows] == ["HJ 633-2012", "error", "error"]


def test_an_edition_decides_where_no_hour_is_given() -> None:
    given = b"so2,no2,co,o3,pm10,pm25\n1,1,0.1,1,1,75\n"
    found = {edition: _rows(_assess("air", "--edition", edition, given=given)) for edition in ("2012", "2026")}
    assert {edition: row["computed_aqi"] for edition, (row,) in found.items()} == {"2012": "100", "2026": "114"}


def test_an_edition_that_does_not_cover_the_hour_is_an_error_of_the_row() -> None:
    done = _assess("air", "--edition", "2026", given=b"hour_ending,pm25\n2020-01-01T01:00,75\n")
    assert done.returncode == 1
    assert b"stdin:2: hour_ending: HJ 633-2026 does not cover 2020-01-01T01:00" in done.stderr


def test_what_a_spreadsheet_saved_as_gb18030_comes_out_as_utf_8_like_what_is_added() -> None:
    done = _assess("air", given="hour_ending,station,PM2.5\n2020-01-01T01:00,市监测站,36\n".encode("gb18030"))
    assert done.returncode == 0
    assert "2020-01-01T01:00,市监测站,36,52,良,PM2.5," in done.stdout.decode("utf-8")


def test_a_table_that_cannot_be_written_is_one_message() -> None:
    given = b"minute,power_w\n" + b"1,2\n" * 100
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [QUANYAN, "assess", "lighting"], input=given, stdout=full, stderr=subprocess.PIPE, check=False
        )
    assert (done.returncode, done.stderr) == (2, b"quanyan: stdout: No space left on device\n")


@pytest.mark.parametrize(
    ("arguments", "given", "message"),
    [
        (["air"], b"", "stdin:1: is empty"),
        (["air"], b"hour_ending;pm25\n", "pm10, pm25, pm2.5; the first line is 'hour_ending;pm25'"),
        (["air"], b"pm25\n36\n", "hour_ending: the column is missing; name the --edition"),
        (["water"], b"ph_raw,do_raw,codmn_raw,body_type\n", "nh3n_raw: the column is missing"),
        (["water"], b"ph,do,codmn,nh3n\n", "body_type: the column is missing; name the --body"),
        (["water", "--edition", "2012"], b"", "--edition: is for air only"),
        (["air", "--body", "lake"], b"", "--body: is for water only"),
        (["air", "--at", "2025-08-05T00:00:00Z"], b"", "--at: is for parking only"),
        (["parking"], b"time,lot\n", "there is none of the columns capacity with occupied or free"),
        (["lighting"], b"minute,voltage_v\n", "power_w: the column is missing"),
        (["noise"], b"", "noise"),
    ],
)
def test_what_cannot_be_assessed_at_all_is_one_clear_message(arguments: list[str], given: bytes, message: str) -> None:
    done = _assess(*arguments, given=given)
    assert (done.returncode, done.stdout) == (2, b"")
    assert message in done.stderr.decode()


def test_a_minute_with_empty_cells_beyond_the_head_belongs_to_its_day() -> None:
    done = _assess("lighting", given=b"minute,power_w\n0,500\n1,500,\n")
    assert (done.returncode, [row["computed_off_minute"] for row in _rows(done)]) == (0, ["1", "1"])
