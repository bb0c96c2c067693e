"""Run a service in the foreground until it is asked to stop."""

import signal
import threading
from types import FrameType

from app.lifecycle import Lifecycle


def run_until_signalled(lifecycle: Lifecycle) -> None:
    """Start the parts, wait for SIGTERM or SIGINT, stop them cleanly."""
    asked = threading.Event()

    def ask(_number: int, _frame: FrameType | None) -> None:
        asked.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, ask)
    lifecycle.start()
    try:
        asked.wait()
    finally:
        lifecycle.stop()
