from collections.abc import Sequence

import pytest

from domain.delivery import Delivery, Journaled, Reason, Source
from domain.errors import NotFound
from domain.record import QuarantineFilter, QuarantineItem
from store.operational import OperationalStore
from tests.store.operational.builders import T0, hours

EVERYTHING = QuarantineFilter(limit=1_000_000)
Entry = tuple[Journaled, Sequence[QuarantineItem]]


def _delivery(payload: bytes = b"\x00\xff{") -> Delivery:
    return Delivery("city/v1/streetlight/370102/GW-1/batch", payload, hours(1), Source.HTTP, 3)


def _item(
    offset: int, index: int | None = 0, reason: Reason = Reason.WRONG_TYPE, device: str | None = "SL-1"
) -> QuarantineItem:
    return QuarantineItem(offset, index, reason, "values.power: 字", device, T0)


def _entry(offset: int, *items: QuarantineItem, payload: bytes = b"\x00\xff{") -> Entry:
    return Journaled(offset, _delivery(payload)), items


def test_an_item_is_read_back_with_the_original_bytes(store: OperationalStore) -> None:
    store.quarantine.add([_entry(7, _item(7, 2))])
    (entry,) = store.quarantine.list(QuarantineFilter())
    assert (entry.item, entry.delivery) == (_item(7, 2), _delivery())
    assert store.quarantine.get(entry.id) == entry


def test_a_whole_delivery_and_its_readings_are_apart(store: OperationalStore) -> None:
    whole = QuarantineItem(0, None, Reason.NOT_JSON, "…", None, None)
    store.quarantine.add([_entry(0, whole, _item(0, 0), _item(0, 1))])
    assert [entry.item for entry in store.quarantine.list(EVERYTHING)] == [whole, _item(0, 0), _item(0, 1)]


def test_repeating_an_offset_and_index_changes_nothing(store: OperationalStore) -> None:
    whole = QuarantineItem(0, None, Reason.NOT_JSON, "…", None, None)
    entries = [_entry(0, whole), _entry(1, _item(1, 0)), _entry(1, _item(1, 0), _item(1, 1))]
    store.quarantine.add(entries)
    before = store.quarantine.list(EVERYTHING)
    store.quarantine.add([*entries, _entry(2, _item(2))])
    after = store.quarantine.list(EVERYTHING)
    assert after[:3] == before
    assert [entry.id for entry in after] == [1, 2, 3, 4]


def test_a_new_journal_that_counts_from_zero_again_is_no_repetition(store: OperationalStore) -> None:
    store.quarantine.add([_entry(0, _item(0), payload=b"old")])
    store.quarantine.add([_entry(0, _item(0), payload=b"new")])
    assert [entry.delivery.payload for entry in store.quarantine.list(EVERYTHING)] == [b"old", b"new"]


def test_a_delivery_without_items_leaves_no_trace(store: OperationalStore) -> None:
    store.quarantine.add([])
    store.quarantine.add([_entry(0)])
    assert store.quarantine.list(EVERYTHING) == ()


def test_entries_are_listed_by_reason_device_and_page(store: OperationalStore) -> None:
    store.quarantine.add(
        [_entry(n, _item(n, 0, Reason.BAD_TIME if n % 2 else Reason.EMPTY, f"SL-{n % 3}")) for n in range(12)]
    )

    def offsets(wanted: QuarantineFilter) -> list[int]:
        return [entry.item.offset for entry in store.quarantine.list(wanted)]

    assert offsets(QuarantineFilter(reason=Reason.BAD_TIME)) == [1, 3, 5, 7, 9, 11]
    assert offsets(QuarantineFilter(device="SL-0", reason=Reason.BAD_TIME)) == [3, 9]
    assert offsets(QuarantineFilter(after=8, limit=2)) == [8, 9]
    assert offsets(QuarantineFilter(device="SL-0\x00")) == []


def test_every_reason_has_a_count(store: OperationalStore) -> None:
    store.quarantine.add([_entry(n, _item(n)) for n in range(3)])
    assert store.quarantine.counts() == {reason: 3 * (reason is Reason.WRONG_TYPE) for reason in Reason}


@pytest.mark.parametrize("entry_id", [0, 1, -1, 2**70])
def test_an_entry_that_is_not_there_is_not_found(store: OperationalStore, entry_id: int) -> None:
    with pytest.raises(NotFound):
        store.quarantine.get(entry_id)
    assert store.quarantine.list(QuarantineFilter(after=2**70)) == ()


def test_hostile_texts_are_kept_readable_and_can_be_searched_for(store: OperationalStore) -> None:
    device = "\x00\ud800" + "灯" * 5_000
    delivery = Delivery("a\x00b", b"\x00", T0)
    store.quarantine.add([(Journaled(0, delivery), [QuarantineItem(0, 0, Reason.TOO_LONG, "\udfff", device, None)])])
    (entry,) = store.quarantine.list(QuarantineFilter(device=device))
    assert entry.item.detail == "\\udfff"
    assert str(entry.item.device).startswith("\\x00\\ud800灯")
    assert (entry.delivery.topic, entry.delivery.payload) == ("a\\x00b", b"\x00")


def test_thousands_of_deliveries_are_added_at_once(store: OperationalStore) -> None:
    entries = [_entry(n, _item(n, 0), _item(n, None)) for n in range(2_500)]
    store.quarantine.add(entries)
    store.quarantine.add(entries)
    assert len(store.quarantine.list(EVERYTHING)) == 5_000
