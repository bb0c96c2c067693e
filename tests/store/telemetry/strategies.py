"""What Hypothesis draws for the tests of the telemetry stores."""

from collections.abc import Mapping
from datetime import UTC, datetime

from hypothesis import strategies as st

from domain.kind import SensorKind, Value, ValueType
from domain.reading import DeviceEvent, Phase, Reading
from store.telemetry.columns import RESERVED
from tests.store.telemetry.builders import ALL_KINDS

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
DEVICES = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20).filter(
    lambda text: not text.endswith("\\")
)
INT64 = st.integers(-(2**63), 2**63 - 1)
FLOATS = st.floats(allow_nan=False, allow_infinity=False)
INSTANTS = st.datetimes(datetime(1678, 1, 1), datetime(2261, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001

_BY_TYPE: Mapping[ValueType, st.SearchStrategy[Value]] = {
    ValueType.FLOAT: FLOATS,
    ValueType.INT: INT64,
    ValueType.BOOL: st.booleans(),
    ValueType.TEXT: TEXTS,
}


def values_of(kind: SensorKind) -> st.SearchStrategy[Mapping[str, Value]]:
    """Return any values that a reading of the kind may have."""
    assert not RESERVED & {metric.name for metric in kind.metrics}
    return st.fixed_dictionaries({}, optional={metric.name: _BY_TYPE[metric.type] for metric in kind.metrics})


READINGS: st.SearchStrategy[Reading] = st.sampled_from(sorted(ALL_KINDS.values(), key=lambda kind: kind.name)).flatmap(
    lambda kind: st.builds(
        Reading,
        device=DEVICES,
        kind=st.just(kind.name),
        at=INSTANTS,
        received=INSTANTS,
        values=values_of(kind),
        faults=st.lists(TEXTS, max_size=3).map(tuple),
        events=st.lists(st.builds(DeviceEvent, TEXTS, st.sampled_from(Phase)), max_size=3).map(tuple),
        seq=st.none() | INT64,
        revision=st.integers(0, 2**63 - 1),
        backfill=st.booleans(),
    )
)
"""Any reading that a store must give back exactly."""
