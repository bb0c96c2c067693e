from typing import Any

import pytest
from typing_extensions import override

from domain.bundle import Bundle
from ingest import feed as feed_module
from ingest.decode import Decoder
from ingest.decoded import DecodedBundle
from ingest.feed import DecodedFeed
from tests.support.ingest import BreakableJournal, batch, reading, register, single

WORLD = register("lamp-1", "lamp-2")


class CountingDecoder(Decoder):
    def __init__(self) -> None:
        super().__init__(lambda: WORLD)
        self.decoded: list[int] = []

    @override
    def bundle(self, first: int, bundle: Bundle) -> DecodedBundle:
        self.decoded += range(first, first + len(bundle))
        return super().bundle(first, bundle)


@pytest.fixture
def journal() -> BreakableJournal:
    return BreakableJournal()


@pytest.fixture
def decoder() -> CountingDecoder:
    return CountingDecoder()


@pytest.fixture
def feed(journal: BreakableJournal, decoder: CountingDecoder) -> DecodedFeed:
    return DecodedFeed(journal, decoder)


def offsets(found: Any) -> list[int]:
    return [offset for part in found for offset in range(part.first, part.end)]


def test_two_consumers_share_the_decoding(
    feed: DecodedFeed, journal: BreakableJournal, decoder: CountingDecoder
) -> None:
    journal.append([single(seq=number) for number in range(10)])

    assert offsets(feed.read(0, 100)) == list(range(10))
    assert offsets(feed.read(0, 4)) == [0, 1, 2, 3]
    assert offsets(feed.read(4, 100)) == [4, 5, 6, 7, 8, 9]
    assert decoder.decoded == list(range(10))


def test_who_follows_waits_for_the_others_and_decodes_nothing(
    feed: DecodedFeed, journal: BreakableJournal, decoder: CountingDecoder
) -> None:
    journal.append([single(seq=number) for number in range(10)])
    feed.read(0, 4)

    assert offsets(feed.follow(0, 100)) == [0, 1, 2, 3]
    assert offsets(feed.follow(4, 100)) == []
    feed.read(4, 2)
    assert offsets(feed.follow(4, 100)) == [4, 5]
    assert decoder.decoded == [0, 1, 2, 3, 4, 5]


def test_who_follows_reads_what_lies_before_a_consumer_that_began_further_on(
    feed: DecodedFeed, journal: BreakableJournal
) -> None:
    journal.append([single(seq=number) for number in range(10)])
    assert feed.read(10, 100) == []

    assert offsets(feed.follow(3, 100)) == [3, 4, 5, 6, 7, 8, 9]


def test_who_follows_goes_on_alone_when_nobody_reads(journal: BreakableJournal, decoder: CountingDecoder) -> None:
    journal.append([single(seq=number) for number in range(10)])
    feed = DecodedFeed(journal, decoder, led_s=0)
    assert offsets(feed.follow(0, 2)) == [0, 1]
    feed.read(0, 4)

    assert offsets(feed.follow(2, 100)) == [2, 3, 4, 5, 6, 7, 8, 9]


def test_nothing_is_read_beyond_the_end(feed: DecodedFeed) -> None:
    assert feed.read(0, 10) == []


def test_what_is_new_is_found_behind_what_is_cached(feed: DecodedFeed, journal: BreakableJournal) -> None:
    journal.append([single()])
    feed.read(0, 10)
    journal.append([single()])

    assert offsets(feed.read(0, 10)) == [0, 1]


def test_reading_stops_before_there_are_too_many_readings(feed: DecodedFeed, journal: BreakableJournal) -> None:
    journal.append([batch(*[reading()] * 10)] * 5)

    for _ in range(2):  # from the journal, then from the cache
        assert offsets(feed.read(0, 100, readings=29)) == [0, 1]
        assert offsets(feed.read(0, 100, readings=30)) == [0, 1, 2]
        assert offsets(feed.read(0, 100, readings=1)) == [0]


def test_the_cache_is_bounded(feed: DecodedFeed, journal: BreakableJournal, decoder: CountingDecoder) -> None:
    large = batch(*[reading()] * 1000)
    count = feed_module._CACHE_READINGS // 1000 + 5
    journal.append([large] * count)
    offset = 0
    while found := feed.read(offset, 100):
        offset = found[-1].end

    assert len(feed._cache) < count
    feed.read(0, 1)
    assert decoder.decoded == [*range(count), 0]


def test_what_every_consumer_has_passed_is_let_go(feed: DecodedFeed, journal: BreakableJournal) -> None:
    journal.append([single(seq=number) for number in range(10)])
    feed.read(0, 3, consumer="engine")
    feed.read(0, 3, consumer="store")
    feed.read(3, 7, consumer="engine")
    assert min(feed._cache) == 0, "the store may ask for the first ones again"

    feed.read(3, 4, consumer="store")
    assert min(feed._cache) == 3
    feed.read(10, 1, consumer="engine")
    feed.follow(10, 1, consumer="store")
    assert not feed._cache
    assert (feed._readings, feed._bytes) == (0, 0)
