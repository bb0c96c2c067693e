from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.instants import instant_of, micros
from domain.kind import MetricSpec, SensorKind
from domain.reading import DeviceEvent, Phase, Reading
from store.telemetry.columns import RESERVED, Fitter, Misfit, event_of, event_text
from tests.store.telemetry.builders import ALL_KINDS, MINUTE, T0, reading
from tests.store.telemetry.strategies import INSTANTS, READINGS, TEXTS

FITTER = Fitter(ALL_KINDS)


@given(INSTANTS)
def test_instants_round_trip(at: datetime) -> None:
    assert instant_of(micros(at)) == at


def test_an_instant_of_another_zone_counts_in_utc() -> None:
    assert micros(datetime(1970, 1, 1, 8, 0, 1, tzinfo=timezone(timedelta(hours=8)))) == 1_000_000


@given(st.builds(DeviceEvent, TEXTS, st.sampled_from(Phase)))
def test_events_round_trip(event: DeviceEvent) -> None:
    assert event_of(event_text(event)) == event


@given(READINGS)
def test_what_fits_is_left_as_it_is(drawn: Reading) -> None:
    assert FITTER.fit(drawn) == drawn


def outcome(fit: Callable[[Reading], Reading], offered: Reading) -> str:
    """What came of a reading: itself, a changed one, or why it never fits. -0.0 and 0.0 are told apart."""
    try:
        found = fit(offered)
    except Misfit as why:
        return str(why)
    return "itself" if found is offered else repr(found)


_NAMES = st.sampled_from([*(m.name for m in ALL_KINDS["streetlight"].metrics), "occupied", "strange"])
_VALUES = st.floats() | st.just(-0.0) | st.booleans() | st.integers() | st.just(2**63) | TEXTS


@given(
    st.dictionaries(_NAMES, _VALUES, max_size=4),
    st.sampled_from(["streetlight", "parking_lot", "nothing"]),
    st.datetimes(timezones=st.just(UTC)),
    st.none() | st.integers(),
    st.sampled_from(["L1", "灯", "\ud800"]),
)
def test_the_quick_look_finds_what_the_long_way_finds(
    values: dict[str, Any], kind: str, at: datetime, seq: int | None, device: str
) -> None:
    offered = reading(device=device, kind=kind, at=at, values=values, seq=seq)
    assert outcome(FITTER.fit, offered) == outcome(FITTER._fitted, offered)


@given(st.fixed_dictionaries({"power": st.floats(0, 1e4), "on": st.booleans()}))
def test_the_quick_look_is_enough_for_a_lamp_in_good_order(values: dict[str, Any]) -> None:
    assert FITTER._fits(reading(values=values))


def test_what_fits_is_not_copied() -> None:
    offered = reading()
    assert FITTER.fit(offered) is offered


def test_the_last_microsecond_that_fits() -> None:
    end = datetime(2262, 1, 1, tzinfo=UTC)
    FITTER.fit(reading(at=end - timedelta(microseconds=1)))
    with pytest.raises(Misfit):
        FITTER.fit(reading(at=end))


@pytest.mark.parametrize("name", sorted(RESERVED))
def test_a_kind_may_not_take_the_name_of_a_common_column(name: str) -> None:
    kind = SensorKind("bad", "", MINUTE, MINUTE, (MetricSpec(name, "", "1"),))
    with pytest.raises(ValueError, match=f"kind bad: .*{name}"):
        Fitter({"bad": kind})


def test_times_of_readings_are_utc() -> None:
    assert instant_of(micros(T0)).tzinfo is UTC
