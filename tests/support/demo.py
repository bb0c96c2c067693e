"""The trial run as a process, started as a stranger starts it."""

import re
import signal
import subprocess
import sys
from pathlib import Path

import httpx

from tests.support.processes import wait_until
from tests.support.service import REPOSITORY


class Demo:
    """`quanyan demo` as a process, with what it has printed so far."""

    def __init__(self, home: Path, http: int, mqtt: int, *arguments: str) -> None:
        self.output = home / f"output-{id(self)}.txt"
        ports = ("--port", str(http), "--mqtt-port", str(mqtt))
        command = [sys.executable, "-m", "app", "demo", *ports, "--data-dir", str(home / "demo"), *arguments]
        with self.output.open("wb") as out:
            self._child = subprocess.Popen(
                command, cwd=REPOSITORY, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT
            )

    def said(self) -> str:
        return self.output.read_text(encoding="utf-8")

    def says(self, pattern: str, timeout: float = 90) -> str:
        """Wait until the output matches, and return the match."""

        def matches() -> bool:
            assert self._child.poll() is None, self.said()
            return re.search(pattern, self.said()) is not None

        wait_until(matches, f"the demo says {pattern!r}", timeout)
        found = re.search(pattern, self.said())
        assert found is not None
        return found.group(0)

    @property
    def url(self) -> str:
        """Where it says that its API is."""
        return self.says(r"http://127\.0\.0\.1:\d+/").rstrip("/")

    def get(self, path: str) -> httpx.Response:
        return httpx.get(f"{self.url}{path}", timeout=30)

    def answers(self) -> bool:
        try:
            return self.get("/readyz").is_success
        except httpx.TransportError:
            return False

    def stop(self) -> int:
        if self._child.poll() is None:
            self._child.send_signal(signal.SIGTERM)
        return self._child.wait(60)
