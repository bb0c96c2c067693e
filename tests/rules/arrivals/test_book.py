"""The books of a device are what a patient clerk with unlimited paper would write, as long as the ranges suffice."""

import json
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from domain.citytime import JINAN
from domain.device import AssetState, Device, DeviceVersion
from domain.kinds import KINDS
from domain.reading import Reading
from domain.register import Register
from rules.arrivals.book import KEEP_DAYS, MAX_JUMP, ArrivalBook
from rules.arrivals.gaps import MAX_RANGES
from rules.arrivals.told import feeds_of, told

T0 = datetime(2026, 3, 1, 4, tzinfo=UTC)
PERIOD = KINDS["streetlight"].period


def register(count: int) -> Register:
    devices = [Device(f"L{n}", "streetlight", "灯", "370102", "370102", "unit") for n in range(count)]
    retired = Device("L99", "streetlight", "灯", "370103", "370103", "unit", state=AssetState.SCRAPPED)
    since = T0 - timedelta(days=1)
    return Register.of([DeviceVersion(device, since, None, since) for device in [*devices, retired]])


REGISTER = register(2)


def said(
    seq: int | None, at: datetime, *, device: str = "L1", late: timedelta = timedelta(0), revision: int = 0
) -> Reading:
    return Reading(device, "streetlight", at, at + late, {"power": 1.0}, seq=seq, revision=revision)


def in_turn(seq: int) -> Reading:
    """A reading whose instant follows from its number."""
    return said(seq, T0 + seq * PERIOD)


def book_of(*readings: Reading) -> ArrivalBook:
    book = ArrivalBook(JINAN.tz, T0)
    for reading in readings:
        book.take(reading, REGISTER, "GW")
    return book


def counts(book: ArrivalBook, device: str = "L1") -> dict[str, int]:
    found = book.counts(device)
    assert found is not None
    return dict(found)


def test_numbers_that_are_jumped_over_are_missing_until_they_come() -> None:
    book = book_of(*map(in_turn, (4, 5, 9, 10)))
    assert counts(book)["missing"] == 3
    book.take(in_turn(7), REGISTER, "GW")
    assert (counts(book)["missing"], counts(book)["recovered"], counts(book)["received"]) == (2, 1, 5)
    assert [(gap.first, gap.last) for _, _, gap in book.waiting()] == [(6, 6), (8, 8)]
    book.take(in_turn(6), REGISTER, "GW")
    book.take(in_turn(8), REGISTER, "GW")
    assert counts(book)["missing"] == 0
    assert list(book.waiting()) == []


def test_what_comes_again_is_a_duplicate_and_a_correction_is_none() -> None:
    book = book_of(*map(in_turn, (1, 2, 2, 1)), said(2, T0 + 2 * PERIOD, revision=1))
    assert (counts(book)["received"], counts(book)["duplicates"]) == (3, 2)


def test_a_device_that_counts_anew_is_no_loss() -> None:
    book = book_of(*map(in_turn, (900, 901)), said(1, T0 + 902 * PERIOD), said(2, T0 + 903 * PERIOD))
    assert (counts(book)["restarts"], counts(book)["missing"], counts(book)["received"]) == (1, 0, 4)
    book.take(said(2 + MAX_JUMP + 1, T0 + 904 * PERIOD), REGISTER, "GW")
    assert (counts(book)["restarts"], counts(book)["missing"]) == (2, 0)


def test_beyond_the_ranges_the_oldest_are_given_up_and_counted() -> None:
    book = book_of(*map(in_turn, range(0, 2 * (MAX_RANGES + 6), 2)))
    assert (counts(book)["missing"], counts(book)["given_up"]) == (MAX_RANGES, 5)
    assert sum(1 for _ in book.waiting()) == MAX_RANGES


def test_late_is_later_than_the_kind_is_fresh() -> None:
    fresh = KINDS["streetlight"].freshness
    book = book_of(said(1, T0, late=fresh), said(2, T0 + PERIOD, late=fresh + timedelta(microseconds=1)))
    assert counts(book)["late"] == 1


def test_readings_without_number_are_counted_apart() -> None:
    book = book_of(said(None, T0), said(None, T0), said(None, T0 + PERIOD))
    assert (counts(book)["received"], counts(book)["duplicates"], book.unnumbered) == (2, 1, 3)


@given(st.lists(st.integers(0, 25), min_size=1, max_size=120))
def test_the_books_are_those_of_a_clerk_who_remembers_everything(numbers: list[int]) -> None:
    """Instants follow from numbers, so that no number stands for counting anew."""
    book = book_of(*map(in_turn, numbers))
    first = numbers[0]
    seen: set[int] = set()
    duplicates = recovered = 0
    for number in numbers:
        if number in seen or number < first:
            duplicates += 1  # what came before the first that was ever heard is taken for one that came already
        else:
            recovered += bool(seen) and number < max(seen)
            seen.add(number)
    missing = set(range(first, max(seen) + 1)) - seen
    found = counts(book)
    assert (found["received"], found["duplicates"]) == (len(seen), duplicates)
    assert (found["missing"] + found["given_up"], found["recovered"]) == (len(missing), recovered)
    assert sum(gap.size for _, _, gap in book.waiting()) == found["missing"]


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 3)), max_size=60), st.integers(0, 60))
def test_a_book_that_was_put_down_and_taken_up_again_is_the_same(said_by: list[tuple[int, int]], cut: int) -> None:
    readings = [said(seq, T0 + seq * PERIOD, device=f"L{device}") for seq, device in said_by]
    straight = book_of(*readings)
    kept = json.loads(json.dumps(book_of(*readings[:cut]).dump()))
    again = ArrivalBook.load(kept, JINAN.tz)
    for reading in readings[cut:]:
        again.take(reading, REGISTER, "GW")
    assert again.dump() == straight.dump()


def test_a_day_is_held_against_the_devices_in_service_and_the_part_of_it_that_is_over() -> None:
    noon = datetime(2026, 3, 1, 12, tzinfo=JINAN.tz)
    start = noon.replace(hour=0)
    book = book_of(*(said(n, start + n * PERIOD) for n in range(1, 11)))
    (feed,) = feeds_of(register(2), book, date(2026, 3, 1), noon)
    assert (feed.kind, feed.district, feed.devices) == ("streetlight", "370102", 2)
    assert (feed.expected, feed.received) == (2 * (timedelta(hours=12) // PERIOD), 10)
    assert feeds_of(register(2), book, date(2026, 3, 2), noon) == ()
    assert feeds_of(register(2), book, date(2026, 2, 28), noon)[0].received == 0


def test_a_device_that_was_never_heard_is_expected_all_the_same() -> None:
    ledger = told(register(1), ArrivalBook(JINAN.tz, T0), "L0", T0 + 10 * PERIOD)
    assert (ledger.expected, ledger.received, ledger.completeness, ledger.since) == (10, 0, 0.0, None)


def test_a_device_has_its_completeness_from_its_first_reading_on() -> None:
    book = book_of(said(1, T0, device="L0"), said(4, T0 + 3 * PERIOD, device="L0"))
    ledger = told(register(1), book, "L0", T0 + 3 * PERIOD)
    assert (ledger.expected, ledger.received, ledger.completeness) == (4, 2, 0.5)
    assert [(gap.first, gap.last, gap.asked) for gap in ledger.gaps] == [(2, 3, 0)]


def test_old_days_are_forgotten() -> None:
    book = book_of(*(said(n, T0 + timedelta(days=n)) for n in range(KEEP_DAYS + 30)))
    assert len(book.dump()["days"]) <= KEEP_DAYS
