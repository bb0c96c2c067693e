"""Named parts that start in order and stop in reverse; a failed start takes back what was started."""

import logging
from collections.abc import Callable
from dataclasses import dataclass

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that runs. `stop` must return in bounded time; `what` says in one line what runs where."""

    name: str
    what: str
    start: Callable[[], object]
    stop: Callable[[], object]


class Lifecycle:
    """Starts parts first to last, stops them last to first. Stopping goes on when one part fails to stop."""

    def __init__(self, parts: list[Part]) -> None:
        """Take the parts in the order they start."""
        self._parts = parts
        self._running: list[Part] = []

    @property
    def parts(self) -> tuple[Part, ...]:
        """The parts, in the order they start."""
        return tuple(self._parts)

    def start(self) -> None:
        """Start every part. If one fails, those that run are stopped again and the error goes on."""
        for part in self._parts:
            try:
                part.start()
            except BaseException:
                logger.error("part_failed_to_start", extra={"part": part.name})  # noqa: TRY400 - the caller gets it
                self.stop()
                raise
            self._running.append(part)
            logger.info("part_started", extra={"part": part.name, "what": part.what})

    def stop(self) -> None:
        """Stop what runs, last started first. Idempotent; a part that fails to stop is logged and passed."""
        while self._running:
            part = self._running.pop()
            try:
                part.stop()
            except Exception:
                logger.exception("part_failed_to_stop", extra={"part": part.name})
            else:
                logger.info("part_stopped", extra={"part": part.name})
