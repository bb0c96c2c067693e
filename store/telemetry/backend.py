"""What `store.telemetry.appender` needs of a telemetry store."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from domain.reading import Fingerprint, Reading, ReadingKey
from store.telemetry.identity import Known, Version
from store.telemetry.plain import Plain


class Offer(NamedTuple):
    """One reading of a call: its position there, itself as the backend can hold it, and its fingerprint."""

    position: int
    reading: Reading
    fingerprint: Fingerprint

    @property
    def version(self) -> Version:
        """What the backend shows if this very offer was written before."""
        return Version(self.fingerprint, self.reading.received)


class Backend(Protocol):
    """What a telemetry store must be able to do; identity is none of its business. May raise `StoreUnavailable`."""

    def plains(self, readings: Sequence[Reading]) -> Sequence[Plain | None]:
        """Return how plain readings are written; None of those that are not, or if the backend knows no short way."""
        return [None] * len(readings)

    def write_plain(self, kind: str, readings: Sequence[Reading], plains: Sequence[Plain]) -> Mapping[ReadingKey, str]:
        """Store new plain readings (every key at most once); return the refused, with why."""
        ...

    def fit(self, reading: Reading) -> Reading:
        """Return the reading as it can be held. Raises `Misfit` when it never can."""
        ...

    def newest(self, kind: str, since: datetime) -> Mapping[str, datetime]:
        """Return the newest stored instant of each device that has one at or after `since`."""
        ...

    def look_up(self, kind: str, keys: Collection[ReadingKey]) -> Mapping[ReadingKey, Known]:
        """Return what is stored for `keys`; what is not stored may be left out.

        A backend that shows readings before they are durable says in `Known.seen` what it found, and has `repeat`.
        """
        ...

    def write(self, kind: str, new: Sequence[Offer], revised: Sequence[Offer]) -> Mapping[ReadingKey, str]:
        """Store new readings and replace revised ones (every key at most once); return the refused, with why."""
        ...

    def repeat(self, kind: str, current: Sequence[Offer], past: Sequence[Offer]) -> Mapping[ReadingKey, str]:
        """Write once more what an earlier attempt without an answer has left there; return the refused, with why.

        The attempt may have ended between being visible and being durable. Only for versions in `Known.seen`.
        """
        ...
