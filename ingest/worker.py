"""A part of the service that has one thread of its own."""

import threading


class Worker:
    """Runs `_run` in a thread, from `start` to `stop`. A subclass ends it once `_stop` is set."""

    def __init__(self, name: str) -> None:
        """Nothing runs before `start`."""
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self, timeout: float) -> None:
        """Have the thread end, and wait for it so many seconds."""
        self._stop.set()
        self._thread.join(timeout)

    def alive(self) -> bool:
        """Return whether the thread runs."""
        return self._thread.is_alive()

    def _run(self) -> None:
        raise NotImplementedError
