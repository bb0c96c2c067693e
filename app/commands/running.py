"""Run a service in the foreground until it is asked to stop, or until one of its threads has died."""

import logging
import signal
import threading
from collections.abc import Callable, Sequence
from types import FrameType

import typer

from app.lifecycle import Lifecycle

logger = logging.getLogger(__name__)

LOOK_S = 2.0


def run_until_signalled(lifecycle: Lifecycle, dead: Callable[[], Sequence[str]]) -> None:
    """Start the parts, wait for SIGTERM or SIGINT, stop them cleanly. `dead` names threads that no longer run.

    Raises:
        typer.Exit: with code 1 when a thread died, so that whoever supervises the process starts it again.
    """
    asked = threading.Event()

    def ask(_number: int, _frame: FrameType | None) -> None:
        asked.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, ask)
    lifecycle.start()
    try:
        died = wait(asked, dead)
    finally:
        lifecycle.stop()
    if died:
        raise typer.Exit(1)


def wait(asked: threading.Event, dead: Callable[[], Sequence[str]], look_s: float = LOOK_S) -> Sequence[str]:
    """Block until `asked` is set, or until threads have died; return their names."""
    while not asked.wait(look_s):
        died = dead()
        if died:
            logger.error("threads_died", extra={"threads": list(died)})
            return died
    return ()
