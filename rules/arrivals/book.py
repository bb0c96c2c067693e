"""The ledger of all devices: O(1) per reading and per device, in packed columns. Pure.

A device's `seq` grows by one with each reading. A number that is jumped over is missing until it comes; one that is
smaller than the newest is a reading that was missing, or one that came before, or, when its instant is newer than all,
a device that counts anew. Readings without `seq` are counted, and found to be repeated only when the newest one is.
"""

import zlib
from array import array
from base64 import b64decode, b64encode
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from domain.kinds import KINDS
from domain.reading import Reading
from domain.register import Register
from rules.arrivals.gaps import Gap, filled, opened

MAX_JUMP: Final = 100_000
"""A jump ahead by more is a device that counts anew, not so many lost readings (our choice)."""
MAX_GAPPED: Final = 50_000
"""Devices whose missing numbers are kept; beyond, those of the longest waiting one are given up (our choice)."""
MAX_SENDERS: Final = 200_000
"""Senders of newest readings that are kept, to ask there; what comes by more is not asked back (our choice)."""
KEEP_DAYS: Final = 62
"""Local days of completeness that are kept (our choice: this month and the last)."""
COUNTS: Final = ("received", "late", "duplicates", "missing", "given_up", "recovered", "restarts")
_FRESH: Final = {name: kind.freshness for name, kind in KINDS.items()}


class ArrivalBook:
    """Not thread-safe. `begun` (aware) is when it began to count."""

    def __init__(self, tz: ZoneInfo, begun: datetime) -> None:
        """Begin empty; `tz` decides where days begin."""
        self.tz, self.begun = tz, begun
        self._slots: dict[str, int] = {}
        self._last, self._newest, self._since = array("q"), array("d"), array("d")
        self._counts = {name: array("q") for name in COUNTS}
        self._feed, self._via = array("i"), array("i")
        self._feeds: dict[tuple[str, str], int] = {}
        self._senders: dict[str, int] = {}
        self._received = self._counts["received"]
        self._days: dict[int, Counter[int]] = {}
        self._today: tuple[float, float, Counter[int]] = (0.0, 0.0, Counter())
        """From when until before when (s since 1970 UTC) the last local day lasts, and what is counted on it."""
        self.gaps: dict[int, list[Gap]] = {}
        self.unnumbered = self.asked = self.jumped = 0
        """Readings without number; questions asked; numbers jumped over, since the book is in memory."""

    def take(self, reading: Reading, register: Register, sender: str) -> None:
        """Count a reading that came from `sender` (who could send again). The register says where a new device is."""
        slot, instant, at = self._slots.get(reading.device), reading.at, reading.at.timestamp()
        if slot is None:
            slot = self._open(reading, at, register)
        seq = reading.seq
        if seq is not None and seq == self._last[slot] + 1:  # nearly every reading
            self._last[slot] = seq
        elif self._repeated(slot, reading, at):
            self._counts["duplicates"][slot] += 1
            return
        self._received[slot] += 1
        if reading.received - instant > _FRESH[reading.kind]:
            self._counts["late"][slot] += 1
        if at > self._newest[slot]:
            self._newest[slot] = at
            self._via[slot] = self._senders[sender] if sender in self._senders else self._sender(sender)
        start, end, day = self._today
        if not start <= at < end:
            day = self._day(at)
        day[self._feed[slot]] += 1

    def _open(self, reading: Reading, at: float, register: Register) -> int:
        timeline = register.timeline(reading.device)
        district = timeline[-1].device.district if timeline else ""
        slot = self._slots[reading.device] = len(self._last)
        self._last.append(-1)
        self._newest.append(-1e18)
        self._since.append(at)
        for column in self._counts.values():
            column.append(0)
        self._feed.append(self._feeds.setdefault((reading.kind, district), len(self._feeds)))
        self._via.append(-1)
        return slot

    def _sender(self, sender: str) -> int:
        """Return the number of a sender that is new; -1 when there are too many."""
        return -1 if len(self._senders) >= MAX_SENDERS else self._senders.setdefault(sender, len(self._senders))

    def _repeated(self, slot: int, reading: Reading, at: float) -> bool:
        """Return whether the reading came before, and keep the books of its number."""
        seq, last = reading.seq, self._last[slot]
        if seq is None:
            self.unnumbered += 1
            return at == self._newest[slot]
        if last == -1:
            self._last[slot] = seq
            return False
        if last + 1 < seq <= last + MAX_JUMP:
            self._miss(slot, last + 1, seq - 1, reading.received.timestamp())
        elif seq <= last and (gaps := self.gaps.get(slot)) is not None and self._fill(slot, gaps, seq):
            return False
        elif seq <= last and at <= self._newest[slot]:
            return reading.revision == 0
        else:
            self._counts["restarts"][slot] += 1
            self._give_up(slot)
        self._last[slot] = seq
        return False

    def _miss(self, slot: int, first: int, last: int, now: float) -> None:
        if slot not in self.gaps and len(self.gaps) >= MAX_GAPPED:
            self._give_up(next(iter(self.gaps)))
        self.jumped += last - first + 1
        lost = opened(self.gaps.setdefault(slot, []), first, last, now)
        self._counts["missing"][slot] += last - first + 1 - lost
        self._counts["given_up"][slot] += lost

    def _fill(self, slot: int, gaps: list[Gap], seq: int) -> bool:
        found, lost = filled(gaps, seq)
        if found:
            self._counts["recovered"][slot] += 1
            self._counts["missing"][slot] -= 1 + lost
            self._counts["given_up"][slot] += lost
        if not gaps:
            del self.gaps[slot]
        return found

    def _give_up(self, slot: int) -> None:
        lost = sum(gap.size for gap in self.gaps.pop(slot, ()))
        self._counts["missing"][slot] -= lost
        self._counts["given_up"][slot] += lost

    def _day(self, at: float) -> Counter[int]:
        """Return what is counted on the local day of an instant. The next reading is nearly always of the same."""
        day = datetime.fromtimestamp(at, UTC).astimezone(self.tz).date()
        first, after = (datetime(d.year, d.month, d.day, tzinfo=self.tz) for d in (day, day + timedelta(days=1)))
        if day.toordinal() not in self._days:
            for old in sorted(self._days)[: max(0, len(self._days) + 1 - KEEP_DAYS)]:
                del self._days[old]
        counts = self._days.setdefault(day.toordinal(), Counter())
        self._today = first.timestamp(), after.timestamp(), counts
        return counts

    # -- asking -------------------------------------------------------------------------------------------------

    def counts(self, device: str) -> Mapping[str, int] | None:
        """Return the counts of a device, or None when nothing of it ever came."""
        slot = self._slots.get(device)
        return None if slot is None else {name: column[slot] for name, column in self._counts.items()}

    def facts(self, device: str) -> tuple[float, float, int | None, list[Gap]] | None:
        """Return since when and until when it was heard (s since 1970 UTC), its newest number, and what is missing."""
        slot = self._slots.get(device)
        if slot is None:
            return None
        last = self._last[slot]
        return self._since[slot], self._newest[slot], last if last >= 0 else None, list(self.gaps.get(slot, ()))

    def totals(self) -> Mapping[str, int]:
        """Return sums over all devices."""
        return {"devices": len(self._slots)} | {name: sum(column) for name, column in self._counts.items()}

    def on(self, day: date) -> Mapping[tuple[str, str], int]:
        """Return how many readings (each once) a local day has, by kind and district."""
        names = {number: feed for feed, number in self._feeds.items()}
        return {names[number]: count for number, count in self._days.get(day.toordinal(), {}).items()}

    def waiting(self) -> Iterator[tuple[str, str, Gap]]:
        """Yield device, sender of its newest reading and gap, for all that is missing, longest waiting first."""
        devices, senders = list(self._slots), list(self._senders)
        for slot, gaps in self.gaps.items():
            for gap in gaps:
                yield devices[slot], senders[self._via[slot]] if self._via[slot] >= 0 else "", gap

    # -- keeping ------------------------------------------------------------------------------------------------

    def dump(self) -> dict[str, Any]:
        """Return everything as compact plain JSON."""
        columns: dict[str, array[int] | array[float]] = {"newest": self._newest, "since": self._since}
        columns |= {"last": self._last, "feed": self._feed, "via": self._via} | self._counts
        return {
            "begun": self.begun.isoformat(),
            "devices": list(self._slots),
            "columns": {name: _packed(column) for name, column in columns.items()},
            "feeds": list(self._feeds),
            "senders": list(self._senders),
            "days": {str(day): list(map(list, counts.items())) for day, counts in self._days.items()},
            "gaps": {str(slot): [asdict(gap) for gap in gaps] for slot, gaps in self.gaps.items()},
            "unnumbered": self.unnumbered,
            "asked": self.asked,
        }

    @classmethod
    def load(cls, kept: Mapping[str, Any], tz: ZoneInfo) -> "ArrivalBook":
        """Return the book that `dump` gave. Raises `ValueError`, `KeyError` or `TypeError` when it is none."""
        book = cls(tz, datetime.fromisoformat(kept["begun"]))
        book._slots = {device: slot for slot, device in enumerate(kept["devices"])}
        for name, text in kept["columns"].items():
            column = book._counts[name] if name in book._counts else getattr(book, f"_{name}")
            column.frombytes(zlib.decompress(b64decode(text)))
        book._feeds = {(kind, district): number for number, (kind, district) in enumerate(kept["feeds"])}
        book._senders = {sender: number for number, sender in enumerate(kept["senders"])}
        book._days = {int(day): Counter(dict(counts)) for day, counts in kept["days"].items()}
        book.gaps = {int(slot): [Gap(**gap) for gap in gaps] for slot, gaps in kept["gaps"].items()}
        book.unnumbered, book.asked = kept["unnumbered"], kept["asked"]
        return book


def _packed(column: "array[int] | array[float]") -> str:
    return b64encode(zlib.compress(column.tobytes(), 1)).decode()
