"""Run a service in the foreground until it is asked to stop, or until one of its threads has died."""

import ctypes
import gc
import logging
import signal
import sys
from collections.abc import Callable, Sequence
from queue import Empty, SimpleQueue
from types import FrameType

import typer

from app.lifecycle import Lifecycle

logger = logging.getLogger(__name__)

LOOK_S = 2.0
_TURN_S = 0.001
_M_ARENA_MAX = -8
"""A number of glibc's malloc.h."""
_HEAPS = 2
_YOUNG = 20_000
"""New containers between two looks at the young ones; 700 by default, which is one bundle of readings."""


def run_until_signalled(
    lifecycle: Lifecycle,
    dead: Callable[[], Sequence[str]],
    reload: Callable[[], object],
    settled: Callable[[], bool],
) -> None:
    """Start the parts, wait for SIGTERM or SIGINT, stop them cleanly. SIGHUP calls `reload`, which must not raise.

    `dead` names threads that no longer run; once the start has `settled`, the garbage collector is relieved of it.

    Raises:
        typer.Exit: with code 1 when a thread died, so that whoever supervises the process starts it again.
    """
    signals: SimpleQueue[int] = SimpleQueue()  # its `put` may interrupt its own `get`, as a handler does

    def note(number: int, _frame: FrameType | None) -> None:
        signals.put(number)

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, note)
    share_evenly()  # before the engine takes up the city's state: others serve meanwhile
    lifecycle.start()
    try:
        died = wait(signals, dead, reload, Relief(settled).look)
    finally:
        lifecycle.stop()
        gc.unfreeze()  # or DuckDB's bindings list at the end, line by line, what nobody let go of
    if died:
        raise typer.Exit(1)


def share_evenly() -> None:
    """Let threads take turns five times as often as by default: a page need not wait for the consumers' bundles.

    Tried with three busy threads: a hand-over between two others takes an eighth of the time, the work 3 % more.
    """
    sys.setswitchinterval(_TURN_S)


class Relief:
    """Relieves the garbage collector of what the start has loaded, once all of it is."""

    def __init__(self, settled: Callable[[], bool]) -> None:
        """Look at `settled`."""
        self._settled, self._done = settled, False

    def look(self) -> None:
        """Relieve it if it is time."""
        if not self._done and self._settled():
            self._done = True
            relieve_collector()


def relieve_collector() -> None:
    """Spare the garbage collector what was loaded at the start, and let it run less often.

    A register of a city is millions of objects that stay; looking at them again and again costs more than the readings.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG, 20, 20)
    gc.enable()


def hold_collector() -> None:
    """Let the garbage collector rest while everything is loaded, which makes little garbage: a tenth of the start."""
    gc.disable()


def few_heaps() -> bool:
    """Let glibc use two heaps, not eight for each processor; call it before there are threads. False without glibc.

    Python's threads allocate one at a time, and what each heap keeps for itself was an eighth of the service's memory.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    return mallopt is not None and mallopt(_M_ARENA_MAX, _HEAPS) == 1


def wait(
    signals: "SimpleQueue[int]",
    dead: Callable[[], Sequence[str]],
    reload: Callable[[], object],
    look: Callable[[], None],
    look_s: float = LOOK_S,
) -> Sequence[str]:
    """Block until a signal asks to stop, or until threads have died; return their names. Calls `look` each `look_s`."""
    while True:
        look()
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
