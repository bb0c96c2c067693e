"""Where simulated messages go."""

from collections.abc import Callable, Sequence
from typing import Protocol

from simulators.wire import Message


class Outlet(Protocol):
    """A way to a broker; `publisher.Publisher` is one. `publish` and `settle` are called by one thread."""

    @property
    def lanes(self) -> int:
        """How many messages may travel side by side; those of one lane travel in order."""
        ...

    def start(self) -> None:
        """Begin; the broker may still be away."""
        ...

    def publish(self, message: Message, lane: int, give_up: Callable[[], bool]) -> bool:
        """Take a message, waiting for room; return False if `give_up()` became true while there was none."""
        ...

    def settle(self) -> Sequence[Message]:
        """Return the messages acknowledged since the last call."""
        ...

    def heard(self) -> Sequence[tuple[str, bytes]]:
        """Return topic and payload of the questions to gateways since the last call."""
        ...

    def idle(self, timeout: float) -> bool:
        """Wait until everything is acknowledged, at most `timeout` seconds; return whether it is."""
        ...

    def stop(self) -> None:
        """End in good order."""
        ...

    def alive(self) -> bool:
        """Return whether it still works."""
        ...

    def state(self) -> dict[str, int]:
        """Return its counters for a report."""
        ...
