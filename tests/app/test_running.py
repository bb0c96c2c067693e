"""A process whose thread has died does not go on as if nothing had happened; SIGHUP asks for a reload only."""

import platform
import signal
import subprocess
import sys
from pathlib import Path
from queue import SimpleQueue

import pytest

from app.commands.running import wait
from tests.support.service import REPOSITORY


def given(*numbers: int) -> "SimpleQueue[int]":
    signals: SimpleQueue[int] = SimpleQueue()
    for number in numbers:
        signals.put(number)
    return signals


def test_it_waits_until_asked() -> None:
    assert wait(given(signal.SIGTERM), lambda: ["engine"], lambda: None, lambda: None) == ()


def test_a_dead_thread_ends_the_wait() -> None:
    assert wait(given(), lambda: ["engine"], lambda: None, lambda: None, look_s=0.01) == ["engine"]


def test_sighup_asks_for_a_reload_and_the_wait_goes_on() -> None:
    reloads: list[int] = []
    asked = given(signal.SIGHUP, signal.SIGHUP, signal.SIGINT)
    assert wait(asked, lambda: ["engine"], lambda: reloads.append(1), lambda: None) == ()
    assert reloads == [1, 1]


HEAPS = """
import ctypes, sys, threading
from app.commands.running import few_heaps
if "few" in sys.argv:
    assert few_heaps()
libc, together = ctypes.CDLL(None), threading.Barrier(12)
libc.fopen.restype = ctypes.c_void_p
def work():
    together.wait()
    libc.malloc(1000)
    together.wait()
threads = [threading.Thread(target=work) for _ in range(12)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
file = ctypes.c_void_p(libc.fopen(sys.argv[1].encode(), b"w"))
libc.malloc_info(0, file)
libc.fclose(file)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc has a heap for each thread")
def test_the_threads_of_a_service_share_two_heaps(tmp_path: Path) -> None:
    def heaps(*few: str) -> int:
        told = tmp_path / "told.xml"
        subprocess.run([sys.executable, "-c", HEAPS, str(told), *few], cwd=REPOSITORY, check=True)
        return told.read_text().count("<heap nr=")

    assert heaps() > heaps("few") == 2
