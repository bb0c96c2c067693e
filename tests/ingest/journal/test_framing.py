from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from struct import Struct, error

from hypothesis import given
from hypothesis import strategies as st

from domain.delivery import Delivery, Source
from domain.instants import micros
from ingest.journal.framing import pack, unpack

INSTANTS = st.datetimes(datetime(1990, 1, 1), datetime(2200, 1, 1)).map(lambda at: at.replace(tzinfo=UTC))  # noqa: DTZ001
DELIVERIES = st.builds(
    Delivery, st.text(st.characters()), st.binary(), INSTANTS, st.sampled_from(Source), st.integers(0, 2**63 - 1)
)


@given(st.lists(DELIVERIES), st.integers(0, 5))
def test_deliveries_survive_being_framed_and_can_be_skipped(deliveries: list[Delivery], skip: int) -> None:
    found = list(unpack(pack(deliveries), skip))

    assert [d for first, bundle in found for n, d in enumerate(bundle, first) if n >= skip] == deliveries[skip:]
    assert all(first + len(bundle) > skip for first, bundle in found)


def test_arrival_is_kept_to_the_microsecond() -> None:
    at = datetime(2026, 3, 1, tzinfo=UTC) + timedelta(microseconds=1)

    assert micros(at) % 1_000_000 == 1


def older(deliveries: Sequence[Delivery]) -> bytes:
    """Frame deliveries as journals did before they were kept as bundles."""
    parts = []
    for one in deliveries:
        topic = one.topic.encode("utf-8", "surrogatepass")
        sizes = len(topic), len(one.payload)
        parts += [Struct("<qqBII").pack(micros(one.arrival), one.epoch, list(Source).index(one.source), *sizes), topic]
        parts.append(one.payload)
    return b"".join(parts)


@given(st.lists(DELIVERIES), st.integers(0, 5))
def test_what_older_versions_wrote_is_still_read(deliveries: list[Delivery], skip: int) -> None:
    found = list(unpack(older(deliveries), skip))

    assert [d for _, bundle in found for d in bundle] == deliveries[skip:]
    assert [first for first, _ in found] == list(range(skip, len(deliveries)))


@given(st.lists(DELIVERIES, min_size=1), st.data())
def test_a_blob_that_was_cut_short_is_noticed(deliveries: list[Delivery], data: st.DataObject) -> None:
    blob = pack(deliveries)
    cut = data.draw(st.integers(9, len(blob) - 1))
    kept: list[Delivery] = []

    try:
        for _, bundle in unpack(blob[:cut]):
            kept += bundle
    except (ValueError, error):
        pass
    assert kept == deliveries[: len(kept)]
    assert len(kept) < len(deliveries)


def test_what_came_together_is_one_bundle() -> None:
    together = [Delivery(str(n), bytes([n]), datetime(2026, 3, 1, tzinfo=UTC)) for n in range(5)]

    assert [(first, len(bundle)) for first, bundle in unpack(pack(together))] == [(0, 5)]
