"""Quanyan as a process that is forked from one in which everything is loaded: killed as any other, back sooner.

Most of a start is the loading of libraries. Rounds of kills by the hundred need not wait for that each time.
"""

import contextlib
import importlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from typing_extensions import override

from tests.support.processes import wait_until
from tests.support.service import REPOSITORY, Service


@dataclass
class WarmService(Service):
    """`quanyan serve`, each time forked anew from one warm process."""

    _nursery: subprocess.Popen[str] | None = None
    _pid: int = 0

    @property
    @override
    def pid(self) -> int:
        return self._pid

    @property
    @override
    def running(self) -> bool:
        with contextlib.suppress(ProcessLookupError):
            os.kill(self._pid, 0)
            return self._pid > 0
        return False

    @override
    def launch(self) -> None:
        nursery = self._nursery = self._nursery or _nursery()
        assert nursery.stdin is not None
        assert nursery.stdout is not None
        nursery.stdin.write(json.dumps([self._env(), str(self.home / "service.log")]) + "\n")
        nursery.stdin.flush()
        self._pid = int(nursery.stdout.readline())

    @override
    def kill(self) -> None:
        if self.running:
            os.kill(self._pid, signal.SIGKILL)
            wait_until(lambda: not self.running, "the service is gone")

    @override
    def close(self) -> None:
        super().close()
        if self._nursery is not None:
            self._nursery.kill()
            self._nursery.communicate()


def _nursery() -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.support.warm"]
    return subprocess.Popen(command, cwd=REPOSITORY, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def bring_up() -> None:
    """Load everything; then fork a service for each line of input (environment, log), and answer with its pid."""
    from app.cli import main

    for module in ("app.commands.service", "app.wiring"):
        importlib.import_module(module)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for those that were killed
    for line in sys.stdin:
        environment, log = json.loads(line)
        pid = os.fork()
        if pid == 0:
            _serve(environment, Path(log), main)
        sys.stdout.write(f"{pid}\n")
        sys.stdout.flush()


def _serve(environment: dict[str, str], log: Path, main: Callable[[], None]) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.environ.clear()
    os.environ.update(environment)
    out = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    for number, file in ((0, os.open(os.devnull, os.O_RDONLY)), (1, out), (2, out)):
        os.dup2(file, number)
    sys.argv = ["quanyan", "serve"]
    main()
    os._exit(0)


if __name__ == "__main__":
    bring_up()
