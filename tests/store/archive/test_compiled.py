"""The compiled part makes the columns that Python makes, of plain readings, and leaves the others to Python."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.reading import DeviceEvent, Reading
from rules.retention import Marks
from store.archive import ParquetArchive
from store.archive.compiled import Compiled
from store.archive.schema import Row, reading_of, table_of
from store.archive.unique import unique
from store.telemetry.columns import Fitter, Misfit
from tests.store.telemetry.builders import ALL_KINDS, T0, probe, reading
from tests.store.telemetry.strategies import READINGS

pytestmark = pytest.mark.native

FITTER = Fitter(ALL_KINDS)
TYPES = FITTER.types
LAMPS = st.builds(
    lambda n, hours, power, seq: reading(f"L-{n}", reading().at + timedelta(hours=hours), values=power, seq=seq),
    st.integers(0, 5),
    st.integers(0, 60),
    st.dictionaries(st.sampled_from(["power", "voltage", "energy"]), st.floats(0, 500), min_size=1),
    st.none() | st.integers(0, 2**63 - 1),
)
ROWS = st.lists(st.tuples(st.integers(0, 2**63 - 1), st.integers(0, 5000), LAMPS | READINGS), max_size=30)


def by_python(rows: Sequence[Row]) -> dict[tuple[str, date], pa.Table]:
    days: dict[tuple[str, date], list[Row]] = defaultdict(list)
    for row in rows:
        assert FITTER.fit(row[2]) is row[2]
        days[row[2].kind, row[2].at.astimezone(UTC).date()].append(row)
    return {place: table_of(part, TYPES[place[0]]) for place, part in days.items()}


@given(ROWS)
def test_columns_are_those_of_python(rows: list[Row]) -> None:
    parts, rest = Compiled(TYPES).parts(rows)
    found = {(part.kind, part.day): part for part in parts}
    wanted = by_python([row for row in rows if row not in rest])

    assert {place: part.table for place, part in found.items()} == wanted
    for place, part in found.items():
        part.table.validate(full=True)
        said = [row[2].at for row in rows if row not in rest and (row[2].kind, row[2].at.date()) == place]
        assert part.hours == {at.hour for at in said}


@given(st.lists(LAMPS, min_size=1, max_size=20))
def test_lamps_in_good_order_are_taken(lamps: list[Reading]) -> None:
    parts, rest = Compiled(TYPES).parts([(n, 0, lamp) for n, lamp in enumerate(lamps)])

    assert rest == []
    assert sum(part.table.num_rows for part in parts) == len(lamps)


@pytest.mark.parametrize(
    "odd",
    [
        reading(faults=("lampFailure",)),
        reading(revision=1),
        reading(backfill=True),
        reading(values={"power": -0.0}),
        reading(values={"power": float("nan")}),
        reading(values={"power": 60}),
        reading(values={}),
        reading(seq=2**63),
        reading("灯"),
        probe(note="n"),
        probe(count=2**63, level=1.0),
    ],
)
def test_what_is_not_plain_is_left(odd: Reading) -> None:
    rows = [(1, 0, reading()), (2, 0, odd)]
    parts, rest = Compiled(TYPES).parts(rows)

    assert rest == [rows[1]]
    assert [part.table.num_rows for part in parts] == [1]


NEAR = st.integers(0, 40).map(lambda hours: T0 + timedelta(hours=hours))
"""Two days, so that readings meet."""
MISFITS = st.sampled_from(
    [
        reading(values={"power": "much"}),
        reading(values={"power": float("inf")}),
        reading(kind="none"),
        probe(count=2**63),
    ]
)


def with_codes(offered: Reading, at: datetime) -> Reading:
    """Return a reading with codes such as kinds have: the archive joins them by commas."""
    faults = tuple(f"fault{n}" for n in range(len(offered.faults)))
    events = tuple(DeviceEvent(f"event{n}", event.phase) for n, event in enumerate(offered.events))
    return replace(offered, at=at, faults=faults, events=events)


MIXED = st.lists(LAMPS | st.builds(with_codes, READINGS, NEAR) | MISFITS, max_size=25)


@settings(max_examples=40)
@given(MIXED, st.integers(1, 3))
def test_an_archive_of_all_sorts_holds_what_python_would_hold(readings: list[Reading], times: int) -> None:
    rows = [(n, n % 3, r) for n, r in enumerate(readings * times)]
    wanted, misfits = fitted(rows)
    with TemporaryDirectory() as folder:
        archive = ParquetArchive(Path(folder), ALL_KINDS)
        assert sum(archive.gather(rows[n : n + 10]) for n in range(0, len(rows), 10)) == misfits
        archive.write()

        assert {(kind, day) for kind in ALL_KINDS for day in archive.days(kind)} == wanted.keys()
        for (kind, day), part in wanted.items():
            start = T0.replace(year=day.year, month=day.month, day=day.day, hour=0, minute=0, microsecond=0)
            found = list(archive.window(kind, start, start + timedelta(days=1)))
            assert found == [
                reading_of(kind, row, TYPES[kind]) for row in unique(table_of(part, TYPES[kind])).to_pylist()
            ]
        hours = {place: Marks(frozenset(r.at.hour for _, _, r in part)) for place, part in wanted.items()}
        assert archive.due.waiting() == hours


def fitted(rows: Sequence[Row]) -> tuple[dict[tuple[str, date], list[Row]], int]:
    """Return what an archive has to hold, by kind and day, and how many rows fit none."""
    days: dict[tuple[str, date], list[Row]] = defaultdict(list)
    misfits = 0
    for offset, position, offered in rows:
        try:
            fit = FITTER.fit(offered)
        except Misfit:
            misfits += 1
        else:
            days[fit.kind, fit.at.date()].append((offset, position, fit))
    return days, misfits
