"""The event log as a stream: one tailer for all clients, a bounded shared window, resumption by event id."""

import asyncio
import logging
import time
from collections import deque
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Final

from anyio import to_thread

from domain.errors import Unavailable
from domain.outage import ToldOutage
from domain.ports import EventLog
from domain.record import EventType, LoggedEvent

logger = logging.getLogger(__name__)

POLL_S: Final = 0.5
"""How often the log is asked for news while anybody listens; the engine's ticks have the same grain."""
WINDOW: Final = 2000
"""How many of the newest events are held in memory for all clients together."""
BATCH: Final = 500
RETRY_S: Final = 5
"""How long to wait before asking a store again that is away."""


@dataclass(frozen=True, slots=True)
class Reset:
    """The events that the client asks for are no longer kept: read the state anew, then go on after `place`."""

    place: int


@dataclass(frozen=True, slots=True)
class Begun:
    """A stream that was asked for without a place begins after `place`: a cut before its first event resumes there."""

    place: int


class EventTail:
    """Follows the event log on behalf of every open stream of this process.

    It lives on one event loop and polls only while somebody listens. A client has no queue of its own, only its
    place: a slow one falls behind the shared window, reads on from the log, and in the end gets a `Reset`.
    """

    def __init__(self, log: EventLog) -> None:
        """Follow `log`."""
        self._log = log
        self._window: deque[LoggedEvent] = deque()
        self._start = 0
        """The window holds every event with an id above this one."""
        self._news = asyncio.Event()
        self._starting = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._away = ToldOutage("event_log_unavailable")
        self.listeners = 0
        """How many streams are open."""
        self.closed = False

    def close(self) -> None:
        """End every stream, now and for good. May be called from any thread; stopping a server waits for streams."""
        self.closed = True
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._wake)

    @property
    def newest(self) -> int:
        """The id of the newest event that is known."""
        return self._window[-1].id if self._window else self._start

    async def join(self) -> None:
        """Count one more listener; the first one starts the tailer."""
        async with self._starting:
            if self._task is None:
                self._loop = asyncio.get_running_loop()
                self._start = (await to_thread.run_sync(self._log.bounds))[1]
                self._window.clear()
                self._task = self._loop.create_task(self._tail(), name="event-tail")
            self.listeners += 1

    def leave(self) -> None:
        """Count one listener less; without any, the log is left in peace."""
        self.listeners -= 1
        if self.listeners == 0 and self._task is not None:
            self._task.cancel()
            self._task = None

    def next_wake(self) -> asyncio.Event:
        """Return what will be set when there is news. Take it before looking, so that none is missed."""
        return self._news

    async def expired(self, place: int) -> bool:
        """Return whether events after `place` are no longer kept, or `place` is of another log."""
        if self._start <= place <= self.newest:
            return False
        oldest, newest = await to_thread.run_sync(self._log.bounds)
        return place < oldest - 1 or place > newest

    async def after(self, place: int) -> Sequence[LoggedEvent]:
        """Return what comes after `place`, from the window or, for who is far behind, from the log."""
        if place < self._start:
            return await to_thread.run_sync(self._log.after, place, BATCH)
        return list(takewhile(lambda logged: logged.id > place, reversed(self._window)))[::-1]

    async def _tail(self) -> None:
        while not self.closed:
            try:
                found = await to_thread.run_sync(self._log.after, self.newest, BATCH)
            except Unavailable as away:
                self.says_away(away)
                await asyncio.sleep(RETRY_S)
                continue
            self._over()
            if found:
                self._take(found)
            else:
                await asyncio.sleep(POLL_S)

    def says_away(self, away: Unavailable) -> None:
        """Say that the log does not answer, at growing intervals: every stream finds it out by itself."""
        if line := self._away.away(time.monotonic(), away):
            logger.warning(line.event, extra=line.extra)

    def _over(self) -> None:
        if line := self._away.back(time.monotonic()):
            logger.info(line.event, extra=line.extra)

    def _take(self, found: Sequence[LoggedEvent]) -> None:
        self._window.extend(found)
        while len(self._window) > WINDOW:
            self._start = self._window.popleft().id
        self._wake()

    def _wake(self) -> None:
        news, self._news = self._news, asyncio.Event()
        news.set()


class Subscription:
    """One client's place in the log."""

    def __init__(self, tail: EventTail, after: int | None, types: frozenset[EventType]) -> None:
        """Start after the event `after` (None = from now on) and tell only of `types`."""
        self._tail = tail
        self._types = types
        self._after = after
        self.place = 0
        """The id of the last event that was looked at, told or not."""

    async def items(self) -> AsyncIterator[LoggedEvent | Reset | Begun]:
        """Yield where it begins if that was left open, and what is wanted, until the tail is closed or the log away."""
        await self._tail.join()
        try:
            self.place = self._tail.newest if self._after is None else self._after
            if self._after is None:
                yield Begun(self.place)
            while not self._tail.closed:
                news = self._tail.next_wake()
                if await self._tail.expired(self.place):
                    self.place = self._tail.newest
                    yield Reset(self.place)
                found = await self._tail.after(self.place)
                for logged in found:
                    self.place = logged.id
                    if logged.event.type in self._types:
                        yield logged
                if not found and not self._tail.closed:
                    await news.wait()
        except Unavailable as away:  # the client comes back with its place
            self._tail.says_away(away)
        finally:
            self._tail.leave()
