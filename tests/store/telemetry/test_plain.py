"""Templates say what the long way says, or nothing."""

from collections.abc import Callable, Mapping
from datetime import timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.kind import Value, ValueType
from domain.kinds import KINDS
from domain.reading import DeviceEvent, Phase, Reading
from store.telemetry.columns import Fitter
from store.telemetry.line_protocol import check_tag, line
from store.telemetry.plain import Plain, Templates
from tests.store.telemetry.builders import ALL_KINDS, probe, reading
from tests.store.telemetry.strategies import FLOATS, READINGS

FITTER = Fitter(ALL_KINDS)
TEMPLATES = Templates(FITTER.types)
ANYTHING = st.one_of(st.booleans(), st.integers(), st.floats(), st.text(max_size=5))
METRICS = st.sampled_from(["power", "voltage", "on", "energy", "no such metric", "level", "count"])
WILD = st.builds(
    Reading,
    device=st.sampled_from(["LD-1", "a b,c=d", "", "a\\", "\n", "\ud800"]),
    kind=st.sampled_from(["streetlight", "probe", "no such kind"]),
    at=st.datetimes(timezones=st.just(reading().at.tzinfo)),
    received=st.just(reading().received),
    values=st.dictionaries(METRICS, ANYTHING, max_size=4),
    seq=st.none() | st.integers(),
)


Way = Callable[[Reading], Plain | None]


def alone(offered: Reading) -> Plain | None:
    """By Python."""
    return TEMPLATES.plain(offered)


def together(offered: Reading) -> Plain | None:
    """As the store writer asks: compiled, where it is."""
    return TEMPLATES.plains([reading(), offered])[1]


either_way = pytest.mark.parametrize("way", [alone, together])


def the_long_way(offered: Reading) -> tuple[int, str]:
    check_tag(offered.device)
    fitted = FITTER.fit(offered)
    return fitted.content(), line(fitted, fitted.content())


@either_way
@given(offered=READINGS | WILD)
def test_what_a_template_says_is_what_the_long_way_says(way: Way, offered: Reading) -> None:
    said = way(offered)

    assert said is None or said == the_long_way(offered)


@either_way
@given(
    values=st.fixed_dictionaries(
        {"power": FLOATS, "on": st.booleans()}, optional={"voltage": FLOATS, "energy": FLOATS}
    ),
    seq=st.none() | st.integers(0, 2**63 - 1),
)
def test_a_lamp_in_good_order_is_plain(way: Way, values: Mapping[str, Any], seq: int | None) -> None:
    offered = reading(values={name: abs(v) / 10 if type(v) is float else v for name, v in values.items()}, seq=seq)

    said = way(offered)
    assert said is not None
    assert said == the_long_way(offered)


@either_way
@pytest.mark.parametrize(
    "offered",
    [
        reading(faults=("lampFailure",)),
        reading(events=(DeviceEvent("lampFailure", Phase.BEGIN),)),
        reading(revision=1),
        reading(backfill=True),
        reading(values={"power": 60}),
        reading(values={"power": -0.0}),
        reading(values={"power": float("nan")}),
        reading(values={"power": float("-inf")}),
        reading(values={}),
        reading(seq=2**63),
        probe(note="n"),
        probe(count=2**63, level=1.0),
        probe(count=10**400, level=1.0),
    ],
)
def test_what_is_not_plain_is_left_to_the_long_way(way: Way, offered: Reading) -> None:
    assert way(offered) is None


@pytest.mark.native
@given(
    st.permutations(["power", "voltage", "energy", "on"]),
    st.floats(1e-4, 9.9e15) | st.floats(-1e6, -1e-4) | st.just(0.0) | st.integers(1, 10**6).map(lambda n: n / 1000),
)
def test_the_compiled_part_takes_plain_readings_itself(names: list[str], value: float) -> None:
    offered = reading(values={name: True if name == "on" else value for name in names})

    assert TEMPLATES.compiled is not None
    assert TEMPLATES.compiled.plains([offered]) == [the_long_way(offered)]


@pytest.mark.native
@pytest.mark.parametrize("kind", sorted(KINDS))
def test_the_compiled_part_takes_readings_of_every_kind(kind: str) -> None:
    said: Mapping[ValueType, Value] = {ValueType.FLOAT: 1.5, ValueType.INT: 3, ValueType.BOOL: False}
    values = {metric.name: said[metric.type] for metric in KINDS[kind].metrics if metric.type in said}
    offered = reading(kind=kind, values=values)

    assert TEMPLATES.compiled is not None
    assert TEMPLATES.compiled.plains([offered]) == ([the_long_way(offered)] if values else [None])


@pytest.mark.native
@given(st.floats(allow_nan=False, allow_infinity=False))
def test_the_compiled_part_writes_numbers_as_python_or_leaves_them(value: float) -> None:
    assert TEMPLATES.compiled is not None
    said = TEMPLATES.compiled.plains([offered := reading(values={"power": value})])

    assert said in ([None], [the_long_way(offered)])


@pytest.mark.native
def test_the_compiled_part_leaves_instants_of_other_zones() -> None:
    elsewhere = reading(at=reading().at.astimezone(timezone(timedelta(hours=8))))

    assert TEMPLATES.compiled is not None
    assert TEMPLATES.compiled.plains([elsewhere]) == [None]


def test_no_stream_of_new_shapes_and_devices_fills_the_memory() -> None:
    templates = Templates(FITTER.types, devices=1000)
    for number in range(160_000):
        assert templates.plain(reading(f"L{number}")) is not None

    assert templates.held <= 2 * 1000 + 1
