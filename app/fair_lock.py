"""A lock that goes to those who wait before it comes back to the one who let go of it."""

import threading
from types import TracebackType
from typing import Self


class FairLock:
    """Re-entrant, and fair, which `threading.RLock` is not.

    Who works in small parts and takes a plain lock anew for each has it back before a waiting thread has even woken up:
    readers would wait for the whole work. Here the one who waits holds the place at the door, so that the next one,
    also the one who has just left, comes after it.
    """

    def __init__(self) -> None:
        """Nobody holds it."""
        self._door, self._room = threading.Lock(), threading.Lock()
        self._owner, self._depth = 0, 0

    @property
    def wanted(self) -> bool:
        """Whether somebody waits for it."""
        return self._door.locked()

    def __enter__(self) -> Self:
        """Wait for it, unless this thread holds it already."""
        me = threading.get_ident()
        if self._owner != me:
            with self._door:
                self._room.acquire()
            self._owner = me
        self._depth += 1
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        """Let go of it, if this was the outermost hold."""
        self._depth -= 1
        if not self._depth:
            self._owner = 0
            self._room.release()

    def give_way(self) -> None:
        """Let whoever waits have it first, and take it back. Only for a thread that holds it once."""
        if self.wanted:
            self.__exit__(None, None, None)
            self.__enter__()
