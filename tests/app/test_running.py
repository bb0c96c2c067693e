"""A process whose thread has died does not go on as if nothing had happened; SIGHUP asks for a reload only."""

import signal
from queue import SimpleQueue

from app.commands.running import wait


def given(*numbers: int) -> "SimpleQueue[int]":
    signals: SimpleQueue[int] = SimpleQueue()
    for number in numbers:
        signals.put(number)
    return signals


def test_it_waits_until_asked() -> None:
    assert wait(given(signal.SIGTERM), lambda: ["engine"], lambda: None) == ()


def test_a_dead_thread_ends_the_wait() -> None:
    assert wait(given(), lambda: ["engine"], lambda: None, look_s=0.01) == ["engine"]


def test_sighup_asks_for_a_reload_and_the_wait_goes_on() -> None:
    reloads: list[int] = []
    asked = given(signal.SIGHUP, signal.SIGHUP, signal.SIGINT)
    assert wait(asked, lambda: ["engine"], lambda: reloads.append(1)) == ()
    assert reloads == [1, 1]
