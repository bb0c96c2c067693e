"""Readiness and liveness of the process: which parts cannot serve, and which threads have died."""

from collections.abc import Callable, Mapping, Sequence


class PartsHealth:
    """Implements `domain.ports.Health` over checks that each part brings."""

    def __init__(self) -> None:
        """Begin with no checks."""
        self._failures: dict[str, Callable[[], str | None]] = {}
        self._threads: dict[str, Callable[[], bool]] = {}

    def check(self, part: str, failure: Callable[[], str | None]) -> None:
        """Add a readiness check: returns why the part cannot serve, or None. Must be cheap and must not raise."""
        self._failures[part] = failure

    def thread(self, name: str, alive: Callable[[], bool]) -> None:
        """Add a thread that must run."""
        self._threads[name] = alive

    def failures(self) -> Mapping[str, str]:
        """Return what stops the service from being ready, by part."""
        found = {part: failure() for part, failure in self._failures.items()}
        dead = dict.fromkeys(self.dead(), "the thread does not run")
        return {part: why for part, why in found.items() if why} | dead

    def dead(self) -> Sequence[str]:
        """Return the names of threads that should run and do not."""
        return [name for name, alive in self._threads.items() if not alive()]
