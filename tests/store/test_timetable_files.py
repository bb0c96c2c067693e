from datetime import date, time
from pathlib import Path

import pytest

from domain.errors import ConfigError
from domain.lighting import NightTimes
from store.timetable_files import load_nights


def _problems(tmp_path: Path, content: str) -> list[tuple[int, str, str]]:
    path = tmp_path / "nights.csv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_nights(path)
    assert {problem.file for problem in caught.value.problems} == {str(path)}
    return [(problem.line, problem.field, problem.reason) for problem in caught.value.problems]


def test_nights_are_read_in_the_order_of_their_evenings(tmp_path: Path) -> None:
    path = tmp_path / "nights.csv"
    path.write_bytes("\ufeffon,off,evening\r\n18:06,06:01:30,2026-03-02\r\n18:05,06:03,2026-03-01\r\n".encode())
    assert load_nights(path) == (
        NightTimes(date(2026, 3, 1), time(18, 5), time(6, 3)),
        NightTimes(date(2026, 3, 2), time(18, 6), time(6, 1, 30)),
    )


@pytest.mark.parametrize(
    ("row", "field", "reason"),
    [
        ("2026-02-30,18:00,06:00", "evening", "2026-02-30 is not in the calendar"),
        ("30.01.2026,18:00,06:00", "evening", "'30.01.2026' is not a date, such as 2026-01-31"),
        (",18:00,06:00", "evening", "'' is not a date, such as 2026-01-31"),
        ("2026-01-30,24:00,06:00", "on", "24:00 is no time of the day"),
        ("2026-01-30,18:00,6:00", "off", "'6:00' is not a time, such as 18:05"),
        ("2026-01-30,06:00,06:00", "on", "06:00 is before noon; a night begins in the afternoon or evening"),
        ("2026-01-30,18:00,18:00", "off", "18:00 is not before noon; a night ends in the next morning"),
        ("2026-01-01,18:00,06:00", "evening", "2026-01-01 stands in line 2 already"),
    ],
)
def test_a_mistake_is_named_with_line_and_field(tmp_path: Path, row: str, field: str, reason: str) -> None:
    content = f"evening,on,off\n2026-01-01,17:00,07:00\n{row}\n2026-01-02,17:01,07:00\n"
    assert _problems(tmp_path, content) == [(3, field, reason)]


def test_every_mistake_is_told_at_once(tmp_path: Path) -> None:
    content = "evening,on,off\nx,y,z\n2026-01-02,17:01\n"
    assert [(line, field) for line, field, _ in _problems(tmp_path, content)] == [
        (2, "evening"),
        (2, "on"),
        (2, "off"),
        (3, ""),
    ]


def test_the_header_must_have_its_three_columns_and_no_other(tmp_path: Path) -> None:
    found = _problems(tmp_path, "evening,on,dawn\n2026-01-02,17:01,07:00\n")
    assert [(line, field, reason.split(";")[0]) for line, field, reason in found] == [
        (1, "dawn", "is an unknown column"),
        (1, "off", "is a required column and is missing"),
    ]


def test_an_empty_or_absent_file_is_told(tmp_path: Path) -> None:
    assert _problems(tmp_path, "") == [(0, "", "is empty")]
    assert _problems(tmp_path, "evening,on,off\n") == [(0, "", "has no row below its header")]
    with pytest.raises(ConfigError, match="cannot be read"):
        load_nights(tmp_path / "none.csv")
