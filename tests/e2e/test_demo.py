"""The trial run as a stranger starts it: lamps come on, a cabinet trips, a target is missed; two runs never collide."""

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.support.processes import free_port, wait_until
from tests.support.service import REPOSITORY

FAST = 300


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


@pytest.fixture
def demos(tmp_path: Path) -> Iterator[list[Demo]]:
    started: list[Demo] = []
    yield started
    for demo in started:
        demo.stop()


def test_the_story_is_told_within_its_two_minutes_of_city_evening(tmp_path: Path, demos: list[Demo]) -> None:
    demos.append(demo := Demo(tmp_path, free_port(), free_port(), "--devices", "400", "--speed", str(FAST)))
    demo.says(r"item 10, road_class:arterial: met: \d+\.\d%")
    demo.says(r"cabinet \S+: circuitBreakerTripped \(begin\)")
    demo.says(r"item 10, road_class:arterial: missed: \d+\.\d%")
    demo.says("the city clock runs at 1x now")
    missed = demo.get("/api/v1/targets?verdict=missed").json()["items"]
    assert [row["target"]["scope"] for row in missed] == ["road_class:arterial"]
    measure = missed[0]["measure"]
    assert measure["numerator"] + measure["unknown"] < 0.98 * measure["denominator"]
    assert demo.get("/api/v1/ingest").json()["simulated"] is True
    assert demo.stop() == 0


def test_a_second_start_takes_other_ports_and_another_folder(tmp_path: Path, demos: list[Demo]) -> None:
    ports = free_port(), free_port()
    demos.append(first := Demo(tmp_path, *ports, "--devices", "80"))
    wait_until(first.answers, "the first demo is ready", 90)
    demos.append(second := Demo(tmp_path, *ports, "--devices", "80"))
    wait_until(second.answers, "the second demo is ready", 90)
    assert first.url != second.url
    assert str(tmp_path / "demo-2") in second.said()
    assert first.answers()


def test_kept_data_go_on_where_the_last_demo_ended(tmp_path: Path, demos: list[Demo]) -> None:
    size = ("--devices", "80", "--speed", "60")
    demos.append(first := Demo(tmp_path, free_port(), free_port(), *size))
    wait_until(lambda: first.answers() and stored(first) > 0, "something is stored", 90)
    ended = first.get("/api/v1/ingest").json()["now"]
    assert first.stop() == 0
    demos.append(second := Demo(tmp_path, free_port(), free_port(), *size, "--keep"))
    wait_until(lambda: second.answers() and stored(second) > 0, "it goes on", 90)
    assert second.get("/api/v1/ingest").json()["now"] > ended


def stored(demo: Demo) -> int:
    return int(demo.get("/api/v1/ingest").json()["accounting"]["readings"]["stored"])


def test_live_time_is_the_wall_clock(tmp_path: Path, demos: list[Demo]) -> None:
    demos.append(demo := Demo(tmp_path, free_port(), free_port(), "--devices", "80", "--live"))
    wait_until(demo.answers, "the demo is ready", 90)
    assert demo.get("/api/v1/ingest").json()["simulated"] is False
    assert "SIMULATED" not in demo.said()
