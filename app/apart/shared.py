"""Answers that many ask for at once: each is fetched once, and holds for a moment."""

import time
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, Final, TypeVar

T = TypeVar("T")
_MOST: Final = 10_000
"""Answers that are held; when there are more, all of them are fetched anew."""


@dataclass(slots=True)
class _Held:
    answer: Future[Any] = field(default_factory=Future)
    until: float = float("inf")


class Shared:
    """Two hundred open pages cost the engine what one does. Safe from many threads; errors are not held."""

    def __init__(self, keep_s: float, steady: Callable[[], float] = time.monotonic) -> None:
        """Hold an answer for `keep_s` seconds after it came; `steady`: a clock that nobody sets."""
        self._keep, self._steady = keep_s, steady
        self._lock = Lock()
        self._held: dict[Hashable, _Held] = {}

    def __len__(self) -> int:
        return len(self._held)

    def get(self, key: Hashable, fetch: Callable[[], T]) -> T:
        """Return the answer for a key, fetched by the first who asks; the others wait for it."""
        with self._lock:
            held = self._held.get(key)
            mine = held is None or held.until < self._steady()
            if held is None or mine:
                if len(self._held) >= _MOST:
                    self._held.clear()
                held = self._held[key] = _Held()
        if mine:
            self._fetch(key, held, fetch)
        answer: T = held.answer.result()
        return answer

    def _fetch(self, key: Hashable, held: _Held, fetch: Callable[[], object]) -> None:
        try:
            answer = fetch()
        except BaseException as error:
            with self._lock:
                if self._held.get(key) is held:
                    del self._held[key]
            held.answer.set_exception(error)
            raise
        held.until = self._steady() + self._keep
        held.answer.set_result(answer)
