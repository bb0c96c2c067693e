"""The ledger of arrivals as a consumer of the journal: its own thread, its own offset, its own file.

State and offset are written together, so that after a crash each delivery is counted once.
"""

import gzip
import json
import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from typing_extensions import override

from app.away import Away
from app.whole_file import replace_file
from domain.arrivals import ArrivalTotals, Ask, DeviceLedger, FeedDay
from domain.delivery import Source
from domain.errors import Unavailable
from domain.ports import Clock, Journal
from domain.register import Register
from ingest.decoded import DecodedBundle
from ingest.feed import DecodedFeed
from ingest.topics import sender_of
from ingest.worker import Worker
from rules.arrivals.book import ArrivalBook
from rules.arrivals.gaps import Gap
from rules.arrivals.told import feeds_of, summed, told

logger = logging.getLogger(__name__)

CONSUMER: Final = "arrivals"
FORMAT: Final = 1
_IDLE: Final = 0.5
_BEHIND: Final = 0.1
"""How long others are left to read on before it is looked again what they have read (wall seconds)."""


@dataclass(frozen=True, slots=True)
class ArrivalOptions:
    """Seconds of the wall between two files and two rounds of asking; seconds of city time until a gap is asked back.

    A gap is let rest first, as readings overtake one another, and asked for `times` times at most (our choice).
    """

    keep_s: float = 60.0
    ask_s: float = 5.0
    rest_s: float = 30.0
    again_s: float = 300.0
    times: int = 3
    at_once: int = 500
    deliveries: int = 1000


class Arrivals(Worker):
    """Thread `arrivals`. Implements `domain.ports.ArrivalLedger`; readers share its lock."""

    def __init__(
        self,
        source: tuple[Journal, DecodedFeed],
        register: Callable[[], Register],
        clock: Clock,
        file: Path,
        tz: ZoneInfo,
        ask: Callable[[Ask], bool] | None = None,
        options: ArrivalOptions | None = None,
    ) -> None:
        """Go on with what `file` holds; `ask` None = nobody is asked."""
        super().__init__("arrivals")
        self._journal, self._feed = source
        self._register, self._clock, self._ask = register, clock, ask
        self._file, self._options = file, options or ArrivalOptions()
        self._lock = threading.Lock()
        file.parent.mkdir(parents=True, exist_ok=True)
        self._book, self.offset = self._restored(tz)

    def _restored(self, tz: ZoneInfo) -> tuple[ArrivalBook, int]:
        try:
            kept = json.loads(gzip.decompress(self._file.read_bytes()))
            if kept["format"] != FORMAT:
                raise ValueError("another format")  # noqa: TRY301 - told with the others
            return ArrivalBook.load(kept["book"], tz), int(kept["offset"])
        except FileNotFoundError:
            pass
        except (OSError, EOFError, ValueError, KeyError, TypeError) as error:
            logger.error("arrivals_unusable", extra={"file": str(self._file), "reason": str(error)})  # noqa: TRY400
        return ArrivalBook(tz, self._clock.now()), self._journal.committed(CONSUMER)

    # -- life ---------------------------------------------------------------------------------------------------

    @override
    def stop(self, timeout: float) -> None:
        """Stop after what is in hand, and keep the book."""
        super().stop(timeout)
        if not self._thread.is_alive():
            self._keep()

    @override
    def _run(self) -> None:
        kept = asked = time.monotonic()
        away = Away(logger, "arrivals_wait")
        while not self._stop.is_set():
            try:
                busy = self._drain()
                away.over()
                now = time.monotonic()
                if now - asked >= self._options.ask_s:
                    asked = now
                    self._ask_back()
                if now - kept >= self._options.keep_s:
                    kept = now
                    self._keep()
            except (Unavailable, OSError) as error:
                away.says(error)
                self._stop.wait(1)
                continue
            except Exception:
                logger.exception("arrivals_died", extra={"offset": self.offset})
                raise
            if not busy and self._journal.wait(self.offset, _IDLE):
                self._stop.wait(_BEHIND)

    def _drain(self) -> bool:
        parts = self._feed.follow(self.offset, self._options.deliveries, consumer=CONSUMER)
        register = self._register()
        with self._lock:
            before = self._book.jumped
            for part in parts:
                self._take(part, register)
                self.offset = part.end
            lost = self._book.jumped - before
        if lost > 0:
            logger.warning("readings_missing", extra={"by_seq": lost, "through_offset": self.offset})
        return bool(parts)

    def _take(self, part: DecodedBundle, register: Register) -> None:
        offset, sender = -1, ""
        asked = part.bundle.source is Source.MQTT
        for at, reading in zip(part.offsets, part.readings, strict=True):
            if at != offset:
                offset, sender = at, sender_of(part.bundle.topics[at - part.first]) if asked else ""
            self._book.take(reading, register, sender)

    def _keep(self) -> None:
        """Write the book with its offset, then let the journal know. A crash in between leaves the old one."""
        with self._lock:
            content, offset = {"format": FORMAT, "offset": self.offset, "book": self._book.dump()}, self.offset
        replace_file(self._file, gzip.compress(json.dumps(content, ensure_ascii=False).encode(), compresslevel=1))
        self._journal.commit(CONSUMER, offset)

    # -- asking back --------------------------------------------------------------------------------------------

    def _ask_back(self) -> None:
        if self._ask is None:
            return
        now, register = self._clock.now().timestamp(), self._register()
        with self._lock:
            ripe = ((d, s, gap) for d, s, gap in self._book.waiting() if s and self._ripe(gap, now))
            some = islice(ripe, self._options.at_once)
            due = [(gap, _question(register, device, sender, gap)) for device, sender, gap in some]
        for gap, ask in due:
            if ask is None or not self._ask(ask):
                continue
            with self._lock:
                gap.asked, gap.asked_at = gap.asked + 1, now
                self._book.asked += 1

    def _ripe(self, gap: Gap, now: float) -> bool:
        wait = self._options.again_s if gap.asked else self._options.rest_s
        return gap.asked < self._options.times and now - (gap.asked_at or gap.noticed) >= wait

    # -- what the API asks --------------------------------------------------------------------------------------

    def device(self, device_id: str, now: datetime) -> DeviceLedger:
        """Return the books of a device. Raises `NotFound` when it was never registered."""
        with self._lock:
            return told(self._register(), self._book, device_id, now)

    def feeds(self, day: date, now: datetime) -> Sequence[FeedDay]:
        """Return the completeness of every feed on a local day, by kind and district; empty for a day to come."""
        with self._lock:
            return feeds_of(self._register(), self._book, day, now)

    def totals(self) -> ArrivalTotals:
        """Return sums over all devices."""
        with self._lock:
            return summed(self._book)

    def status(self) -> Mapping[str, Any]:
        """Return how far it is, plain JSON."""
        return {"offset": self.offset, "lag_deliveries": max(0, self._journal.end - self.offset)}


def _question(register: Register, device: str, sender: str, gap: Gap) -> Ask | None:
    timeline = register.timeline(device)
    if not timeline:
        return None
    known = timeline[-1].device
    return Ask(known.kind, known.district, sender, device, gap.first, gap.last)
