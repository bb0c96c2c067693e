"""Readings as rows of a snapshot: there and back without loss."""

import json
from datetime import datetime

from hypothesis import given
from hypothesis import strategies as st

from domain.reading import DeviceEvent, Phase, Reading
from rules.snapshot import from_row, to_row
from tests.support.rules import BEGINNING, power

INSTANTS = st.datetimes(datetime(2000, 1, 1), datetime(2090, 1, 1)).map(lambda d: d.replace(tzinfo=BEGINNING.tzinfo))  # noqa: DTZ001
READINGS = st.builds(
    Reading,
    device=st.text(min_size=1),
    kind=st.sampled_from(["streetlight", "river_section"]),
    at=INSTANTS,
    received=INSTANTS,
    values=st.dictionaries(st.text(), st.floats(allow_nan=False) | st.integers() | st.booleans() | st.text()),
    faults=st.lists(st.text(), max_size=2).map(tuple),
    events=st.lists(st.builds(DeviceEvent, st.text(), st.sampled_from(Phase)), max_size=2).map(tuple),
    seq=st.none() | st.integers(),
    revision=st.integers(0, 5),
    backfill=st.booleans(),
)


@given(READINGS)
def test_a_reading_survives_its_row_as_json(reading: Reading) -> None:
    assert from_row(json.loads(json.dumps(to_row(reading)))) == reading


def test_what_is_usual_is_left_out() -> None:
    assert len(to_row(power("l1", BEGINNING))) == 5
