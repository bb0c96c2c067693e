"""Outlets without a network, for runner and replay."""

import threading
from collections.abc import Callable

from simulators.wire import Message


class Shelf:
    """Takes everything and acknowledges it at once; with `room`, only so many until `make_room` is called."""

    def __init__(self, lanes: int = 2, room: int | None = None) -> None:
        self.lanes = lanes
        self.taken: list[tuple[Message, int]] = []
        self.started = self.stopped = False
        self._room = room
        self._changed = threading.Condition()
        self._settled = 0

    def start(self) -> None:
        self.started = True

    def publish(self, message: Message, lane: int, give_up: Callable[[], bool]) -> bool:
        with self._changed:
            while self._room == 0:
                if give_up():
                    return False
                self._changed.wait(0.02)
            if self._room is not None:
                self._room -= 1
            self.taken.append((message, lane))
        return True

    def make_room(self) -> None:
        with self._changed:
            self._room = None
            self._changed.notify_all()

    def heard(self) -> list[tuple[str, bytes]]:
        return []

    def settle(self) -> list[Message]:
        done = [message for message, _ in self.taken[self._settled :]]
        self._settled += len(done)
        return done

    def idle(self, timeout: float) -> bool:
        return timeout >= 0

    def stop(self) -> None:
        self.stopped = True

    def alive(self) -> bool:
        return self.started and not self.stopped

    def state(self) -> dict[str, int]:
        return {"in_flight": 0}
