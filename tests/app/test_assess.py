"""CSV in, CSV out: columns and rows are kept, and a bad row never spoils another one."""

import csv
from collections.abc import Mapping, Sequence
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.assess import Judgement, Record, UnixLines, assess_rows, in_one_encoding, records
from domain.errors import ConfigError, Problem


def _double(row: Mapping[str, str]) -> dict[str, str]:
    if not row["a"].isdigit():
        raise ValueError(f"a: {row['a']!r} is no number")
    return {"twice": str(2 * int(row["a"])), "note": ""}


def _any_head(head: Sequence[str]) -> None:
    if "a" not in head:
        raise ConfigError([Problem("stdin", 1, "a", "the column is missing")])


def _run(text: str) -> tuple[list[str], list[str]]:
    out = StringIO()
    lines = iter(StringIO(text, newline=""))
    judgement = Judgement(("a",), ("twice", "note"), _any_head, _double)
    problems = list(assess_rows(lines, csv.writer(UnixLines(out)), judgement))
    return out.getvalue().splitlines(), [str(p) for p in problems]


def test_every_column_is_kept_in_order_and_the_computed_ones_follow() -> None:
    assert _run("x, a ,y\n1,2,3\r\n4,5,6\n") == (["x,a,y,twice,note", "1,2,3,4,", "4,5,6,10,"], [])


def test_computed_columns_that_are_there_already_are_computed_anew() -> None:
    assert _run("note,a,twice\nold,2,9\n")[0] == ["a,twice,note", "2,4,"]


def test_a_column_in_use_is_known_in_capitals_and_keeps_its_name() -> None:
    assert _run(" A ,x\n1,2\n") == (["A,x,twice,note", "1,2,2,"], [])


def test_columns_not_in_use_may_have_no_name_or_the_same_one() -> None:
    assert _run("a,,x,,x\n1,2,3,4,5\n") == (["a,,x,,x,twice,note", "1,2,3,4,5,2,"], [])


@pytest.mark.parametrize("cell", ["x\ry", "x\ny", "x\r\n", "\r"])
def test_a_cell_with_a_line_break_stays_one_cell(cell: str) -> None:
    out = StringIO(newline="")
    csv.writer(UnixLines(out)).writerow(["a", cell])
    assert out.getvalue() == f'a,"{cell}"\n'


def test_a_long_cell_is_no_error() -> None:
    long = "x" * 200_000
    assert _run(f"a,b\n1,{long}\n2,x\n") == (["a,b,twice,note", f"1,{long},2,", "2,x,4,"], [])


def test_a_line_that_is_no_utf_8_is_read_as_gb18030_and_bytes_of_neither_are_kept() -> None:
    lines = ["a,市监测站\n".encode(), "a,市监测站\n".encode("gb18030"), b"a,\xff\n", b"a,b\n"]
    found = list(in_one_encoding(line.decode("utf-8", "surrogateescape") for line in lines))
    assert found == ["a,市监测站\n", "a,市监测站\n", "a,\udcff\n", "a,b\n"]


def test_malformed_rows_are_told_with_their_line_and_noted_and_the_others_assessed() -> None:
    rows, problems = _run("a,b\n1,2\nx,2\n3\n\n4,5,6\n7,8\n")
    assert rows == [
        "a,b,twice,note",
        "1,2,2,",
        "x,2,,error: a: 'x' is no number",
        '3,,,"error: the row has 1 cells, the head 2"',
        '4,5,,"error: the row has 3 cells, the head 2"',
        "7,8,14,",
    ]
    assert problems == [
        "stdin:3: a: 'x' is no number",
        "stdin:4: the row has 1 cells, the head 2",
        "stdin:6: the row has 3 cells, the head 2",
    ]


def test_empty_cells_beyond_the_head_are_left_out() -> None:
    assert _run("a,b\n1,2,,\n") == (["a,b,twice,note", "1,2,2,"], [])


def test_a_stray_quote_spoils_its_own_line_only() -> None:
    rows, problems = _run('a,b\n1,"2\n3,4\n5,"6"7\n8,9\n')
    assert [row.split(",")[0] for row in rows] == ["a", "1", "3", "5", "8"]
    assert [p.split(":")[1] for p in problems] == ["2", "4"]
    assert rows[2] == "3,4,6,"


def test_a_quoted_cell_may_hold_line_breaks_and_later_lines_are_counted_on() -> None:
    rows, problems = _run('a,b\n1,"x\ny"\nz,2\n')
    assert rows[1:3] == ['1,"x', 'y",2,']
    assert problems == ["stdin:4: a: 'z' is no number"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "stdin:1: is empty"),
        ("b\n1\n", "a: the column is missing"),
        ("a,b,a\n1,2,3\n", "a: the column is there twice"),
    ],
)
def test_a_head_that_says_nothing_is_an_error(text: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        _run(text)


CELLS = st.lists(
    st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=5), min_size=1),
    max_size=6,
)


@given(CELLS)
def test_what_a_writer_wrote_is_read_again(rows: list[list[str]]) -> None:
    text = StringIO(newline="")
    csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows(rows)
    text.seek(0)
    found = [record.cells for record in records(iter(text)) if not record.problem]
    assert found == rows


def test_a_record_begins_at_its_first_line() -> None:
    assert list(records(iter(["a\n", "\n", '"b\n', 'c"\n', "d"]))) == [
        Record(1, ["a"]),
        Record(3, ["b\nc"]),
        Record(5, ["d"]),
    ]
