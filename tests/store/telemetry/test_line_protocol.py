"""Render, and parse back with a small parser written from the format's own rules."""

import json
import re
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.instants import micros
from domain.kind import Value
from domain.reading import DeviceEvent, Phase, Reading
from store.telemetry.columns import Misfit, event_text
from store.telemetry.line_protocol import check_tag, fields, line, superseded_line
from tests.store.telemetry.builders import T0, reading
from tests.store.telemetry.strategies import DEVICES, READINGS

_NAME = re.compile(r"(?:\\[,= ]|[^,= ])+")
"""A name ends at a comma, an equals sign or a space; a backslash before one of these makes it part of the name."""
_VALUE = re.compile(r'"(?:\\.|[^"\\])*"|[^, ]+', re.DOTALL)


def parse(text: str) -> tuple[str, Mapping[str, str], Mapping[str, Value], int]:
    """Return measurement, tags, fields and time stamp."""
    measurement, at = _name(text, 0)
    tags: dict[str, str] = {}
    while text[at] == ",":
        key, at = _name(text, at + 1)
        assert text[at] == "="
        tags[key], at = _name(text, at + 1)
    said: dict[str, Value] = {}
    while not said or text[at] == ",":
        key, at = _name(text, at + 1)
        assert text[at] == "="
        found = _VALUE.match(text, at + 1)
        assert found
        said[key], at = _value(found[0]), found.end()
    assert text[at] == " "
    return measurement, tags, said, int(text[at + 1 :])


def _name(text: str, at: int) -> tuple[str, int]:
    found = _NAME.match(text, at)
    assert found, text[at:]
    return re.sub(r"\\([,= ])", r"\1", found[0]), found.end()


def _value(text: str) -> Value:
    if text.startswith('"'):
        return re.sub(r'\\(["\\])', r"\1", text[1:-1])
    if text in ("true", "false"):
        return text == "true"
    return int(text[:-1]) if text.endswith("i") else float(text)


def expected(offered: Reading, content: int) -> dict[str, Value]:
    said: dict[str, Value] = {**offered.values, "content": content, "received": micros(offered.received)}
    said |= {"revision": offered.revision} if offered.revision else {}
    said |= {"seq": offered.seq} if offered.seq is not None else {}
    said |= {"faults": json.dumps(offered.faults, ensure_ascii=False)} if offered.faults else {}
    events = [event_text(event) for event in offered.events]
    said |= {"events": json.dumps(events, ensure_ascii=False)} if events else {}
    return said | ({"backfill": True} if offered.backfill else {})


@given(READINGS, st.integers(-(2**63), 2**63 - 1))
def test_a_line_says_everything_with_its_type(offered: Reading, content: int) -> None:
    measurement, tags, said, at = parse(line(offered, content))
    assert (measurement, tags, at) == (offered.kind, {"device": offered.device}, micros(offered.at))
    wanted = expected(offered, content)
    assert {name: (type(value), value) for name, value in said.items()} == {
        name: (type(value), value) for name, value in wanted.items()
    }
    assert fields(offered) == said.keys()


def test_a_line_is_what_the_schema_says() -> None:
    offered = reading(
        seq=9, revision=2, faults=("lampFailure",), events=(DeviceEvent("lampFailure", Phase.BEGIN),), backfill=True
    )
    at = micros(T0)
    assert line(offered, -5) == (
        f"streetlight,device=LD-1 power=61.5,voltage=221.0,on=true,content=-5i,received={at + 60_000_000}i,revision=2i,"
        rf'seq=9i,faults="[\"lampFailure\"]",events="[\"begin:lampFailure\"]",backfill=true {at}'
    )


def test_a_superseded_reading_has_its_revision_as_a_tag() -> None:
    assert superseded_line(reading(revision=2), 1).startswith("streetlight_superseded,device=LD-1,rev=2 power=61.5,")


@pytest.mark.parametrize("device", ["", "a\\", "a\nb", "a\rb", "\x00", "\x7f", "\n"])
def test_no_tag_can_hold_it(device: str) -> None:
    with pytest.raises(Misfit, match="tag"):
        check_tag(device)


@given(DEVICES)
def test_any_other_device_name_is_one_line(device: str) -> None:
    check_tag(device)
    assert "\n" not in line(reading(device), 1)
