"""Run a service in the foreground until it is asked to stop, or until one of its threads has died."""

import logging
import signal
from collections.abc import Callable, Sequence
from queue import Empty, SimpleQueue
from types import FrameType

import typer

from app.lifecycle import Lifecycle

logger = logging.getLogger(__name__)

LOOK_S = 2.0


def run_until_signalled(lifecycle: Lifecycle, dead: Callable[[], Sequence[str]], reload: Callable[[], object]) -> None:
    """Start the parts, wait for SIGTERM or SIGINT, stop them cleanly. SIGHUP calls `reload`, which must not raise.

    `dead` names threads that no longer run.

    Raises:
        typer.Exit: with code 1 when a thread died, so that whoever supervises the process starts it again.
    """
    signals: SimpleQueue[int] = SimpleQueue()  # its `put` may interrupt its own `get`, as a handler does

    def note(number: int, _frame: FrameType | None) -> None:
        signals.put(number)

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, note)
    lifecycle.start()
    try:
        died = wait(signals, dead, reload)
    finally:
        lifecycle.stop()
    if died:
        raise typer.Exit(1)


def wait(
    signals: "SimpleQueue[int]",
    dead: Callable[[], Sequence[str]],
    reload: Callable[[], object],
    look_s: float = LOOK_S,
) -> Sequence[str]:
    """Block until a signal asks to stop, or until threads have died; return their names."""
    while True:
        try:
            number = signals.get(timeout=look_s)
        except Empty:
            number = None
        if number == signal.SIGHUP:
            reload()
        elif number is not None:
            return ()
        elif died := dead():
            logger.error("threads_died", extra={"threads": list(died)})
            return died
