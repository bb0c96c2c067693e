"""A process whose thread has died does not go on as if nothing had happened."""

import threading

from app.commands.running import wait


def test_it_waits_until_asked() -> None:
    asked = threading.Event()
    asked.set()
    assert wait(asked, lambda: ["engine"]) == ()


def test_a_dead_thread_ends_the_wait() -> None:
    assert wait(threading.Event(), lambda: ["engine"], look_s=0.01) == ["engine"]
