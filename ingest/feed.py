"""The journal, decoded: its consumers share the work through a small cache."""

import threading
import time
from collections.abc import Callable, Sequence
from typing import Final

from domain.bundle import Bundle
from domain.ports import ReadableJournal
from ingest.decode import Decoder
from ingest.decoded import DecodedBundle

_CACHE_READINGS: Final = 60_000
_CACHE_BYTES: Final = 16 * 2**20
_READ_AT_ONCE: Final = 200
_AHEAD: Final = 5000
"""Deliveries read from the journal at once, still as bytes."""
_AT_WORK_S: Final = 10
"""Who has asked for nothing for so long is not waited for (wall seconds)."""


class DecodedFeed:
    """Reads and decodes bundles of deliveries by offset. Thread-safe; whoever comes second finds the work done.

    The cache bridges a short distance only. Consumers that are quick and not urgent `follow`, or in a backlog they
    would run ahead of the others until nobody finds anything done.
    """

    def __init__(
        self,
        journal: ReadableJournal,
        decoder: Decoder,
        await_register: Callable[[], None] = lambda: None,
        led_s: float = 2.0,
    ) -> None:
        """Begin with an empty cache; nothing is decoded before `await_register` has returned, which may raise.

        So many seconds (wall) after the last `read` those who follow await the next.
        """
        self._journal, self._decoder, self._await_register = journal, decoder, await_register
        self._lock = threading.Lock()
        self._cache: dict[int, DecodedBundle] = {}
        self._readings = self._bytes = 0
        self._ahead: Sequence[tuple[int, Bundle]] = ()
        self._led_s, self._led = led_s, float("-inf")
        self._through = 0
        """How far others have read."""
        self._done: dict[str, tuple[int, float]] = {}
        """Up to which offset each consumer is done, and when it said so."""

    def follow(self, offset: int, limit: int, readings: int = 5000, *, consumer: str = "") -> Sequence[DecodedBundle]:
        """Return the same as `read` as far as others have read; while none of them reads, as far as there is.

        Raises:
            Unavailable: the journal cannot be read.
        """
        if time.monotonic() - self._led < self._led_s:
            limit = min(limit, self._through - offset)
        self._forget(consumer, offset)
        return self._bundles(offset, limit, readings)

    def read(self, offset: int, limit: int, readings: int = 5000, *, consumer: str = "") -> Sequence[DecodedBundle]:
        """Return bundles from `offset` on, in order, until they hold `limit` deliveries or the next is one too many.

        That is when they would hold more than `readings` readings with it, or hold 16 MiB; the first one always is.

        Raises:
            Unavailable: the journal cannot be read.
        """
        self._forget(consumer, offset)
        found = self._bundles(offset, limit, readings)
        with self._lock:
            self._led = time.monotonic()
            self._through = max(self._through, found[-1].end if found else offset)
        return found

    def _bundles(self, offset: int, limit: int, readings: int) -> Sequence[DecodedBundle]:
        self._await_register()
        found: list[DecodedBundle] = []
        end, held, size = offset + limit, 0, 0
        while offset < end and size < _CACHE_BYTES:
            for part in self._chunk(offset, min(end - offset, _READ_AT_ONCE), readings - held):
                held += len(part.readings)
                if found and held > readings:
                    return found
                found.append(part)
                size += part.bundle.size
            if not found or found[-1].end == offset:
                break
            offset = found[-1].end
        return found

    def _chunk(self, offset: int, limit: int, readings: int) -> list[DecodedBundle]:
        """Return some of the next bundles, decoded: those that are known, or a few that are decoded now."""
        with self._lock:
            chunk: list[DecodedBundle] = []
            end = offset + limit
            while offset < end and (known := self._cache.get(offset)):
                chunk.append(known)
                offset = known.end
            if chunk:
                return chunk
            for first, bundle in self._raw(offset, limit):
                skip = max(0, offset - first)  # a consumer may have stopped inside a bundle
                part = self._cache.get(first + skip)
                if part is None:
                    part = self._decoder.bundle(first + skip, bundle[skip:] if skip else bundle)
                    self._remember(part)
                chunk.append(part)
                readings -= len(part.readings)
                if readings <= 0 or part.end >= end:
                    break
            return chunk

    def _raw(self, offset: int, limit: int) -> Sequence[tuple[int, Bundle]]:
        """Return bundles from the one that holds `offset` on: a row of the journal holds many, and is read once."""
        ahead = self._ahead
        if not ahead or not ahead[0][0] <= offset < ahead[-1][0] + len(ahead[-1][1]):
            ahead = self._ahead = self._journal.bundles(offset, max(limit, _AHEAD))
        start = next((n for n, (first, bundle) in enumerate(ahead) if offset < first + len(bundle)), len(ahead))
        return ahead[start:]

    def _remember(self, part: DecodedBundle) -> None:
        self._cache[part.first] = part
        self._readings += part.weight
        self._bytes += part.bundle.size
        while len(self._cache) > 1 and (self._readings > _CACHE_READINGS or self._bytes > _CACHE_BYTES):
            self._let_go(next(iter(self._cache)))

    def _forget(self, consumer: str, offset: int) -> None:
        """Let go of what every consumer at work has passed, now that one is done with all before `offset`."""
        now = time.monotonic()
        with self._lock:
            self._done[consumer] = offset, now
            passed = min(done for done, said in self._done.values() if now - said < _AT_WORK_S)
            while self._cache and self._cache[oldest := next(iter(self._cache))].end <= passed:
                self._let_go(oldest)

    def _let_go(self, first: int) -> None:
        part = self._cache.pop(first)
        self._readings -= part.weight
        self._bytes -= part.bundle.size
