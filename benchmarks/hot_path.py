"""The way of a plain reading, step by step: compiled, in Python, and bare `json.loads` of the same bytes, by turns.

Run: python -m benchmarks.hot_path
"""

import gc
import json
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from subprocess import run

from benchmarks.report import Figure, report
from domain.bundle import Bundle
from domain.device import Device, DeviceVersion
from domain.kinds import KINDS
from domain.reading import Reading
from domain.register import Register
from ingest.decode import Decoder
from store.archive import ParquetArchive
from store.telemetry.columns import Fitter
from store.telemetry.plain import Templates

ARRIVAL = datetime(2026, 3, 1, 12, 15, 4, tzinfo=UTC)
LAMPS = [f"370102-lamp-{number:06d}" for number in range(92)]
TURNS = 40
"""Turns of `len(LAMPS)` readings in a process; the cheapest counts, since what else the machine does only adds."""
ROUNDS = 3
WITHOUT = "import sys; sys.modules['quanyan_native'] = None; from benchmarks.hot_path import told; told()"
WITH = "from benchmarks.hot_path import told; told()"


def _reading(lamp: str, number: int) -> dict[str, object]:
    values = {"power": 118.2, "voltage": 226.4, "current": 0.53, "power_factor": 0.95, "energy": 5123.22, "on": True}
    return {"device": lamp, "at": "2026-03-01T20:15:03.250+08:00", "seq": number, "values": values}


def _register() -> Register:
    since = ARRIVAL - timedelta(days=365)
    devices = [Device(lamp, "streetlight", lamp, "370102", "370102", "unit") for lamp in LAMPS]
    return Register.of(DeviceVersion(device, since, None, since) for device in devices)


def _bundles() -> Mapping[str, Bundle]:
    """Return the same readings as singles and as one batch."""
    readings = [_reading(lamp, n) for n, lamp in enumerate(LAMPS)]
    topics = [f"city/v1/streetlight/370102/{lamp}/telemetry" for lamp in LAMPS]
    batch = json.dumps({"readings": readings}).encode()
    return {
        "decode, singles": Bundle(topics, [json.dumps(one).encode() for one in readings], ARRIVAL),
        "decode, batch of 92": Bundle(["city/v1/streetlight/370102/cabinet-1/batch"], [batch], ARRIVAL),
    }


def _cheapest(work: Callable[[Sequence[Reading]], object], rows: Sequence[Reading]) -> float:
    """Return the CPU of the cheapest turn in µs per reading; each turn has readings that nobody has seen."""
    spent = []
    for turn in range(TURNS):
        fresh = [replace(reading, at=reading.at + timedelta(seconds=turn)) for reading in rows]
        started = time.thread_time()
        work(fresh)
        spent.append(time.thread_time() - started)
    return min(spent) / len(rows) * 1e6


def _steps(folder: Path) -> dict[str, float]:
    register, found = _register(), dict[str, float]()
    decoder, bundles = Decoder(lambda: register), _bundles()
    readings: Sequence[Reading] = ()
    for name, bundle in bundles.items():
        readings = decoder.bundle(0, bundle).readings
        if len(readings) != len(LAMPS):
            raise SystemExit(f"{name}: not every reading was accepted")
        found[name] = _cheapest(lambda _, b=bundle: decoder.bundle(0, b), readings)  # type: ignore[misc]
        found[f"{name}, json.loads"] = _cheapest(lambda _, b=bundle: list(map(json.loads, b.payloads)), readings)  # type: ignore[misc]
    templates, archive = Templates(Fitter(KINDS).types), ParquetArchive(folder)
    found["digest and line"] = _cheapest(templates.plains, readings)
    found["columns of the archive"] = _cheapest(lambda some: archive.gather([(0, 0, r) for r in some]), readings)
    return found


def told() -> None:
    """Print the steps of this process as JSON: µs of CPU per reading."""
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)  # as the service does
    with tempfile.TemporaryDirectory() as folder:
        print(json.dumps(_steps(Path(folder))))


def _asked(code: str) -> dict[str, float]:
    done = run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    steps: dict[str, float] = json.loads(done.stdout)
    return steps


def main() -> None:
    """Ask processes with and without the compiled part by turns, and print the cheapest of each."""
    compiled, python = dict[str, float](), dict[str, float]()
    for _ in range(ROUNDS):
        for code, cheapest in ((WITH, compiled), (WITHOUT, python)):
            for step, cost in _asked(code).items():
                cheapest[step] = min(cost, cheapest.get(step, cost))
    figures = []
    for step, cost in python.items():
        if step.endswith("json.loads"):
            figures.append(Figure(step, cost, "µs/reading"))
            continue
        figures.append(Figure(f"{step}, Python", cost, "µs/reading"))
        figures.append(Figure(f"{step}, compiled", compiled[step], "µs/reading", cost / compiled[step]))
    report(figures)


if __name__ == "__main__":
    main()
