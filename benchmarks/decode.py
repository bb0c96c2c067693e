"""What decoding costs: µs per reading, singles and batches of 92, beside bare `json.loads` of the same bytes.

Run: python -m benchmarks.decode
"""

import json
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from domain.delivery import Delivery, Journaled
from domain.device import Device, DeviceVersion
from domain.register import Register
from ingest.decode import Decoder

ARRIVAL = datetime(2026, 3, 1, 12, 15, 4, tzinfo=UTC)
LAMPS = [f"370102-lamp-{number:06d}" for number in range(92)]
ROUNDS = 7


def _reading(lamp: str) -> dict[str, object]:
    values = {"power": 118.2, "voltage": 226.4, "current": 0.53, "power_factor": 0.95, "energy": 5123.22, "on": True}
    return {"device": lamp, "at": "2026-03-01T20:15:03.250+08:00", "seq": 12345, "values": values}


def _register() -> Register:
    since = ARRIVAL - timedelta(days=365)
    devices = [Device(lamp, "streetlight", lamp, "370102", "370102", "unit") for lamp in LAMPS]
    return Register.of(DeviceVersion(device, since, None, since) for device in devices)


def _best(work: Callable[[], object], readings: int, repeat: int) -> float:
    """Return the median of some rounds, in µs per reading."""
    rounds = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        for _ in range(repeat):
            work()
        rounds.append((time.perf_counter() - started) / repeat / readings * 1e6)
    return statistics.median(rounds)


def main() -> None:
    """Print one line for singles and one for batches."""
    register = _register()
    decoder = Decoder(lambda: register)
    single = json.dumps(_reading(LAMPS[0])).encode()
    batch = json.dumps({"readings": [_reading(lamp) for lamp in LAMPS]}).encode()
    cases = (
        ("single", Delivery(f"city/v1/streetlight/370102/{LAMPS[0]}/telemetry", single, ARRIVAL), 1, 5000),
        ("batch of 92", Delivery("city/v1/streetlight/370102/cabinet-1/batch", batch, ARRIVAL), len(LAMPS), 100),
    )
    for name, delivery, readings, repeat in cases:
        journaled = Journaled(0, delivery)
        if len(decoder.decode(journaled).readings) != readings:
            raise SystemExit(f"{name}: not every reading was accepted")
        ours = _best(lambda item=journaled: decoder.decode(item), readings, repeat)  # type: ignore[misc]
        bare = _best(lambda raw=delivery.payload: json.loads(raw), readings, repeat)  # type: ignore[misc]
        print(f"{name:12} {ours:6.2f} µs/reading, json.loads {bare:6.2f}, ratio {ours / bare:4.2f}")


if __name__ == "__main__":
    main()
