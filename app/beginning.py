"""Whether the engine has taken up the city's state yet, for all who need it. Thread-safe."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from domain.errors import Starting

_WHY = "takes up the city's state"


class Beginning:
    """Nothing has begun at first. An attempt that fails may be followed by another one."""

    def __init__(self) -> None:
        """Nobody has tried yet."""
        self.over = False
        self._tried = threading.Event()

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """Try; it is over unless the block raises."""
        try:
            yield
            self.over = True
        finally:
            self._tried.set()

    def failure(self) -> str | None:
        """Return why nothing can be said of the present; None once it is over."""
        return None if self.over else _WHY

    def check(self) -> None:
        """Raise `Starting` unless it is over."""
        if not self.over:
            raise Starting(f"the engine {_WHY}")

    def wait(self) -> None:
        """Wait for the first attempt, then `check`: for whoever cannot work without the register."""
        self._tried.wait()
        self.check()
