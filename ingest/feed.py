"""The journal, decoded: the store writer and the engine share the work through a small cache."""

import threading
from collections.abc import Sequence
from typing import Final

from domain.delivery import Decoded, Journaled
from domain.ports import Journal
from ingest.decode import Decoder

_CACHE_READINGS: Final = 30_000
_CACHE_BYTES: Final = 16 * 2**20
_READ_AT_ONCE: Final = 200


class DecodedFeed:
    """Reads and decodes deliveries by offset. Thread-safe; whoever comes second finds the work done."""

    def __init__(self, journal: Journal, decoder: Decoder) -> None:
        """Begin with an empty cache."""
        self._journal, self._decoder = journal, decoder
        self._lock = threading.Lock()
        self._cache: dict[int, tuple[Journaled, Decoded]] = {}
        self._readings = self._bytes = 0

    def read(self, offset: int, limit: int, readings: int = 5000) -> Sequence[tuple[Journaled, Decoded]]:
        """Return up to `limit` deliveries from `offset` on, in order; fewer once they hold `readings` readings.

        Raises:
            Unavailable: the journal cannot be read.
        """
        found: list[tuple[Journaled, Decoded]] = []
        held = 0
        while len(found) < limit and held < readings:
            chunk = self._chunk(offset, min(limit - len(found), _READ_AT_ONCE), readings - held)
            if not chunk:
                break
            found += chunk
            held += sum(map(_weight, chunk))
            offset = chunk[-1][0].offset + 1
        return found

    def _chunk(self, offset: int, limit: int, readings: int) -> list[tuple[Journaled, Decoded]]:
        with self._lock:
            chunk: list[tuple[Journaled, Decoded]] = []
            while len(chunk) < limit and readings > 0 and (known := self._cache.get(offset + len(chunk))):
                chunk.append(known)
                readings -= _weight(known)
            if chunk:
                return chunk
            for journaled in self._journal.read(offset, limit):
                entry = journaled, self._decoder.decode(journaled)
                self._remember(entry)
                chunk.append(entry)
                readings -= _weight(entry)
                if readings <= 0:
                    break
            return chunk

    def _remember(self, entry: tuple[Journaled, Decoded]) -> None:
        self._cache[entry[0].offset] = entry
        self._readings += _weight(entry)
        self._bytes += len(entry[0].delivery.payload)
        while len(self._cache) > 1 and (self._readings > _CACHE_READINGS or self._bytes > _CACHE_BYTES):
            oldest = self._cache.pop(next(iter(self._cache)))
            self._readings -= _weight(oldest)
            self._bytes -= len(oldest[0].delivery.payload)


def _weight(entry: tuple[Journaled, Decoded]) -> int:
    return 1 + len(entry[1].readings) + len(entry[1].rejects)
