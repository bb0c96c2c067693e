"""The compiled way of a payload gives exactly what Python gives, or nothing."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pydantic_core import ValidationError

from domain.kinds import KINDS
from domain.reading import Reading
from ingest.codec import DecodeLimits
from ingest.grade import Grade
from ingest.wire import SHAPES
from tests.support.ingest import register

pytestmark = pytest.mark.native

NOW = datetime(2026, 3, 1, 0, 30, tzinfo=UTC)
REGISTER = register("L-1", "L-2", others={"A-1": "air_station"})
NUMBERS = [
    "0",
    "-0",
    "0.0",
    "-0.0",
    "1",
    "1.5",
    "-1.5",
    "1e3",
    "1E+2",
    "1e-7",
    "1e400",
    "1e22",
    "007",
    "1.",
    ".5",
    "+1",
    "NaN",
]
NUMBERS += [
    "Infinity",
    "true",
    "null",
    '"3"',
    "9007199254740993",
    "9223372036854775807",
    "9223372036854775808",
    "[]",
    "220.4",
]
INSTANTS = [
    "2026-03-01T00:29:00Z",
    "2026-03-01T08:29:00+08:00",
    "2026-03-01T00:29:00.5Z",
    "2026-03-01T00:29:00.1234567Z",
]
INSTANTS += [
    "2026-03-01t00:29:00z",
    "2026-03-01T00:29:00",
    "2026-03-01 00:29:00Z",
    "2026-02-29T00:29:00Z",
    "2026-03-01T24:00:00Z",
]
INSTANTS += [
    "2026-03-01T00:29:60Z",
    "2025-01-01T00:00:00Z",
    "2026-03-01T00:35:00Z",
    "2026-03-01T00:35:00.000001Z",
    "1700000000",
]
INSTANTS += [
    "2026-03-01T00:29:00+24:00",
    "2026-03-01T00:29:00-00:00",
    "0001-01-01T00:00:00+14:00",
    "２026-03-01T00:29:00Z",
    "",
]
DEVICES = ["L-1", "L-2", "A-1", "unknown", "L\\u002d1", "灯", "", "L-1 ", "x" * 65]
KIND = KINDS["streetlight"]

numbers = st.sampled_from(NUMBERS) | st.floats().map(repr) | st.integers(-(2**65), 2**65).map(str)
metrics = st.sampled_from([metric.name for metric in KIND.metrics] * 5 + ["nonsense", "on", "p\\u006fwer"])


def _object(fields: Sequence[tuple[str, str]]) -> str:
    return "{" + ", ".join(f'"{name}": {said}' for name, said in fields) + "}"


values = st.lists(st.tuples(metrics, numbers), max_size=4).map(_object)
plain_fields = {
    "device": st.sampled_from(DEVICES).map('"{}"'.format),
    "at": st.sampled_from(INSTANTS).map('"{}"'.format),
    "values": values,
    "seq": numbers,
    "backfill": st.sampled_from(["true", "false", "1", "null"]),
    "revision": st.sampled_from(["0", "1", "-1"]),
    "faults": st.sampled_from(["[]", '["lampFailure"]', "null"]),
    "events": st.sampled_from(["[]", "{}"]),
    "more": st.just("1"),
}
odd_fields = st.sampled_from(sorted(plain_fields)).flatmap(lambda name: st.tuples(st.just(name), plain_fields[name]))


@st.composite
def readings(draw: st.DrawFn) -> str:
    """One reading, most of which is in order."""
    said = [("device", '"L-1"'), ("at", f'"{INSTANTS[0]}"'), ("values", '{"power": 88.5, "on": true}'), ("seq", "7")]
    odd = draw(st.lists(odd_fields, max_size=2))
    kept = [(name, what) for name, what in said if draw(st.booleans()) or name not in dict(odd)]
    return _object(draw(st.permutations(kept + odd)))


tails = st.sampled_from(["", "", "", " ", "\n", "x", "{}", "\x00", "]", "﻿"])


def _python(grade: Grade, payload: bytes, most: int) -> list[Reading] | None:
    shape = SHAPES[KIND.name]
    try:
        found = grade.accepted((shape.many if grade.device is None else shape.lone)(payload), most)
    except ValidationError:
        return None
    return found if isinstance(found, list) else None


def _compiled(grade: Grade, payload: bytes, most: int) -> list[Reading] | None:
    wire = SHAPES[KIND.name].wire
    assert wire is not None
    return grade.plain(wire, payload, most)


def _grade(device: str | None) -> Grade:
    return Grade(REGISTER, KIND.name, device, NOW, DecodeLimits())


@settings(max_examples=2000)
@given(readings(), tails)
@example('{"device": "L-1", "device": "L-1", "at": "2026-03-01T00:29:00Z", "values": {"power": 1}}', "")
@example('{"device": "L-1", "at": "2026-03-01T00:29:00Z", "values": {"power": 1, "power": 2}}', "")
def test_one_reading_is_that_of_python_or_none(text: str, tail: str) -> None:
    payload = (text + tail).encode()
    compiled = _compiled(_grade("L-1"), payload, 5000)
    assert compiled is None or repr(compiled) == repr(_python(_grade("L-1"), payload, 5000))


@settings(max_examples=1000)
@given(st.lists(readings(), max_size=4), tails, st.integers(1, 4))
def test_a_batch_is_that_of_python_or_none(texts: list[str], tail: str, most: int) -> None:
    payload = f'{{"readings": [{",".join(texts)}]{tail}}}'.encode()
    compiled = _compiled(_grade(None), payload, most)
    assert compiled is None or repr(compiled) == repr(_python(_grade(None), payload, most))


@given(st.binary(max_size=60))
def test_whatever_the_bytes_it_does_not_fail(payload: bytes) -> None:
    assert _compiled(_grade("L-1"), payload, 5) is None
    assert _compiled(_grade(None), b'{"readings": [' + payload, 5) is None


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_typical_readings_of_every_kind_are_plain(kind: str) -> None:
    said = {"int": "1", "bool": "true", "text": '"京A12345"'}
    values = [(m.name, said.get(m.type) or repr(float(m.lowest or 0.0))) for m in KINDS[kind].metrics]
    text = _object([("device", '"D-1"'), ("at", f'"{INSTANTS[1]}"'), ("values", _object(values))])
    grade = Grade(register(others={"D-1": kind}), kind, "D-1", NOW, DecodeLimits())
    wire = SHAPES[kind].wire
    assert wire is not None
    found = grade.plain(wire, text.encode(), 1)
    assert found is not None
    assert found[0].at == NOW - timedelta(minutes=1)
    assert repr(found) == repr(grade.accepted(SHAPES[kind].lone(text.encode()), 1))
    assert found[0] == Reading("D-1", kind, found[0].at, NOW, found[0].values)
