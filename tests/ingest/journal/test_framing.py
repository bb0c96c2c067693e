from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from domain.delivery import Delivery, Source
from ingest.journal.framing import micros, pack, unpack

INSTANTS = st.datetimes(datetime(1990, 1, 1), datetime(2200, 1, 1)).map(lambda at: at.replace(tzinfo=UTC))  # noqa: DTZ001
DELIVERIES = st.builds(
    Delivery, st.text(st.characters()), st.binary(), INSTANTS, st.sampled_from(Source), st.integers(0, 2**63 - 1)
)


@given(st.lists(DELIVERIES), st.integers(0, 5))
def test_deliveries_survive_being_framed_and_can_be_skipped(deliveries: list[Delivery], skip: int) -> None:
    assert list(unpack(pack(deliveries), skip)) == deliveries[skip:]


def test_arrival_is_kept_to_the_microsecond() -> None:
    at = datetime(2026, 3, 1, tzinfo=UTC) + timedelta(microseconds=1)

    assert micros(at) % 1_000_000 == 1
