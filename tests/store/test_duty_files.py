"""A roster from files: whole or not at all, each mistake with file, line, field, reason; and out as iCalendar."""

from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pytest
from icalendar import Calendar
from openpyxl import Workbook

from domain.duty import Assignment, ContactKind, DutyRole, Roster, Slot
from domain.errors import ConfigError
from rules.duty.plan import DutyPlan
from store.duty_files import load_roster, parse_roster, parse_slot, to_icalendar
from tests.support.duty import roster, utc

PEOPLE = "id,name,unit,unit_contact,phone,dingtalk\nann,安,指挥中心,false,13800000000,\nben,本,指挥中心,,,ben-id\n"
SHIFTS = "id,title,start,end\nday,白班,08:30,20:30\nnight,夜班,20:30,08:30\n"
ROTATIONS = "id,shift,role,teams,first_day,days,weekdays\nr1,day,officer,ann;ben+ann,2026-01-01,2,1;2;3;4;5\n"
TABLE = "day,shift,role,people\n2026-01-01,day,带班领导,ann\n2026-01-02,night,officer,ann;ben\n2026-01-03,day,leader,\n"


def written(folder: Path, **files: str) -> list[Path]:
    paths = []
    for name, text in files.items():
        path = folder / f"{name}.csv"
        path.write_text(text, encoding="utf-8")
        paths.append(path)
    return paths


def problems(paths: list[Path], known: Roster | None = None) -> list[tuple[str, int, str, str]]:
    with pytest.raises(ConfigError) as caught:
        load_roster(paths, known or Roster())
    return [(Path(p.file).name, p.line, p.field, p.reason) for p in caught.value.problems]


def test_four_csv_files_make_a_roster(tmp_path: Path) -> None:
    found = load_roster(written(tmp_path, people=PEOPLE, shifts=SHIFTS, rotations=ROTATIONS, table=TABLE), Roster())
    assert [(p.id, p.name, dict(p.contacts)) for p in found.people] == [
        ("ann", "安", {ContactKind.PHONE: "13800000000"}),
        ("ben", "本", {ContactKind.DINGTALK: "ben-id"}),
    ]
    assert [(s.id, s.start, s.end) for s in found.shifts] == [
        ("day", time(8, 30), time(20, 30)),
        ("night", time(20, 30), time(8, 30)),
    ]
    assert found.rotations[0].teams == (("ann",), ("ben", "ann"))
    assert (found.rotations[0].weekdays, found.rotations[0].days) == ((0, 1, 2, 3, 4), 2)
    assert found.table[2] == Assignment(Slot(date(2026, 1, 3), "day", DutyRole.LEADER), ())


def test_an_xlsx_file_says_the_same_with_real_dates_and_times(tmp_path: Path) -> None:
    book = Workbook()
    sheets: dict[str, list[list[Any]]] = {
        "人员": [["id", "name", "unit_contact"], ["ann", "安", True], ["ben", "本", None]],
        "班次": [["id", "title", "start", "end"], ["day", "白班", time(8, 30), time(20, 30)]],
        "轮班": [
            ["id", "shift", "role", "teams", "first_day", "days"],
            ["r1", "day", "officer", "ann;ben", date(2026, 1, 1), 2],
        ],
        "值班表": [["day", "shift", "role", "people"], [datetime(2026, 1, 1), "day", "leader", "ann"], [None] * 4],  # noqa: DTZ001
        "说明": [["nothing that is read"]],
    }
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    path = tmp_path / "roster.xlsx"
    book.save(path)
    found = load_roster([path], Roster())
    assert found.people[0].unit_contact
    assert found.shifts[0].start == time(8, 30)
    assert found.rotations[0].first_day == date(2026, 1, 1)
    assert found.table == (Assignment(Slot(date(2026, 1, 1), "day", DutyRole.LEADER), ("ann",)),)


def test_every_mistake_is_named_with_its_place(tmp_path: Path) -> None:
    people = "id,name,phone,language\nann,安,,fr\n,本,,\nann,again,,\n"
    shifts = "id,title,start,end\nday,白班,8:30,20:30\n"
    assert problems(written(tmp_path, people=people, shifts=shifts)) == [
        ("people.csv", 2, "language", "'fr' is none of zh, en"),
        ("people.csv", 3, "id", "is blank"),
        ("shifts.csv", 2, "start", "'8:30' is not a local time, such as 08:30"),
    ]


def test_the_same_twice_is_a_mistake(tmp_path: Path) -> None:
    doubled = TABLE + "2026-01-01,day,leader,ann\n"
    known = load_roster(written(tmp_path, people=PEOPLE, shifts=SHIFTS), Roster())
    assert problems(written(tmp_path, table=doubled), known) == [("table.csv", 5, "", "says the same again as line 2")]


def test_people_and_shifts_that_nobody_knows_are_named_where_they_stand(tmp_path: Path) -> None:
    rotations = "id,shift,role,teams,first_day\nr1,late,officer,zoe,2026-01-01\n"
    table = "day,shift,role,people\n2026-01-01,day,officer,zoe\n"
    assert problems(written(tmp_path, people=PEOPLE, shifts=SHIFTS, rotations=rotations, table=table)) == [
        ("rotations.csv", 2, "shift", "there is no shift 'late'"),
        ("rotations.csv", 2, "teams", "there is no person 'zoe'"),
        ("table.csv", 2, "people", "there is no person 'zoe'"),
    ]


def test_somebody_who_is_still_on_the_table_cannot_be_left_out(tmp_path: Path) -> None:
    known = load_roster(written(tmp_path, people=PEOPLE, shifts=SHIFTS, table=TABLE), Roster())
    found = problems(written(tmp_path, people="id,name\nann,安\n"), known)
    assert found == [("roster", 0, "table 2026-01-02 night officer, people", "there is no person 'ben'")]


def test_a_new_table_replaces_its_own_days_and_leaves_the_others(tmp_path: Path) -> None:
    known = load_roster(written(tmp_path, people=PEOPLE, shifts=SHIFTS, table=TABLE), Roster())
    fresh = "day,shift,role,people\n2026-01-02,day,leader,ben\n2026-01-04,day,leader,ben\n"
    found = load_roster(written(tmp_path, table=fresh), known)
    assert [(row.slot.day.day, row.slot.role.value, row.people) for row in found.table] == [
        (1, "leader", ("ann",)),
        (2, "leader", ("ben",)),
        (4, "leader", ("ben",)),
    ]


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.xls", b"", "must end in .csv or .xlsx"),
        ("a.xlsx", b"PK\x03\x04 no zip", "is no XLSX file"),
        ("a.csv", b"", "is empty"),
        ("a.csv", b"id,name\n\xb0\xb2,x\n", "is not UTF-8"),
        ("a.csv", b"id,name,age\nann,x,3\n", "is an unknown column"),
        ("a.csv", b"id,unit\nann,x\n", "is a required column and is missing"),
    ],
)
def test_a_file_of_another_form_is_refused(tmp_path: Path, name: str, content: bytes, reason: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    assert reason in problems([path])[0][3]


def test_a_workbook_without_our_sheets_and_a_table_that_comes_twice_are_refused(tmp_path: Path) -> None:
    book = Workbook()
    book.save(tmp_path / "a.xlsx")
    assert "has no sheet named" in problems([tmp_path / "a.xlsx"])[0][3]
    twice = written(tmp_path, one=PEOPLE, two=PEOPLE)
    assert "came with" in problems(twice)[0][3]


def test_json_tables_read_alike_and_name_their_row() -> None:
    found = parse_roster(
        {
            "people": [{"id": "ann", "name": "安", "unit_contact": True}, {"id": "ben", "name": "本"}],
            "shifts": [{"id": "day", "title": "白班", "start": "08:30", "end": "20:30"}],
            "rotations": [
                {
                    "id": "r",
                    "shift": "day",
                    "role": "officer",
                    "teams": [["ann", "ben"], ["ann"]],
                    "first_day": "2026-01-01",
                }
            ],
            "table": [{"day": "2026-01-01", "shift": "day", "role": "leader", "people": ["ann", "ben"]}],
        },
        Roster(),
    )
    assert found.rotations[0].teams == (("ann", "ben"), ("ann",))
    assert found.table[0].people == ("ann", "ben")
    with pytest.raises(ConfigError) as caught:
        parse_roster({"people": [{"id": "a b", "nom": "x"}], "tables": []}, Roster())
    fields = {p.field: p.reason for p in caught.value.problems}
    assert fields.keys() == {"people[0].nom", "people[0].name", "people[0].id", "tables"}


def test_the_calendar_holds_every_duty_and_no_address() -> None:
    plan = DutyPlan(roster())
    start, end = utc("2026-01-01T08:30:00+08:00"), utc("2026-01-03T08:30:00+08:00")
    data = to_icalendar(plan.duties(DutyRole.OFFICER, start, end), plan.roster, start)
    events: list[Any] = list(Calendar.from_ical(data).walk("VEVENT"))
    assert [(e["dtstart"].dt, e["dtend"].dt) for e in events][:2] == [
        (start, utc("2026-01-01T20:30:00+08:00")),
        (utc("2026-01-01T20:30:00+08:00"), utc("2026-01-02T08:30:00+08:00")),
    ]
    assert str(events[0]["summary"]) == "值班员 ann 姓名 白班"
    assert len({str(e["uid"]) for e in events}) == len(events) == 4
    assert b"city.example" not in data


def test_a_slot_is_read_from_text() -> None:
    assert parse_slot("2026-01-31/day/值班员") == Slot(date(2026, 1, 31), "day", DutyRole.OFFICER)
    for wrong in ("2026-01-31/day", "2026-02-31/day/officer", "2026-01-31/day/boss"):
        with pytest.raises(ValueError, match=r"is|none"):
            parse_slot(wrong)
