"""A store that is away: `python -m benchmarks.outage [--readings 20000000] [--rate 10000]`.

InfluxDB is killed; then batches of 92 readings arrive at the rate, of the present moment, and lie in the journal. Then
it comes back, and what waits drains by itself. Each second it is looked how large the service is, how far the live
indicators are behind and whether the books are in balance; in the end every reading that was sent has to be counted in
InfluxDB.
"""

import argparse
import json
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from typing import Final

from benchmarks import load
from benchmarks.chain import GATEWAY_LAMPS, is_night, leave_session, service, values
from benchmarks.overload import Look, account, during, followed, health
from benchmarks.report import Figure, report
from benchmarks.running import Ground, ground, running
from tests.support.ledger import counted_by_flux

GATEWAYS: Final = 100
BUCKET: Final = "outage"


def messages(count: int) -> Iterator[tuple[str, bytes]]:
    """Yield so many batches of all gateways in turn, of the present moment."""
    for number in range(count):
        gateway, seq = number % GATEWAYS, number // GATEWAYS
        now = datetime.now(UTC)
        said, first = values(number, lit=is_night(now)), gateway * GATEWAY_LAMPS
        readings = [
            {"device": f"L{first + i}", "at": now.isoformat(), "seq": seq, "values": said} for i in range(GATEWAY_LAMPS)
        ]
        yield f"city/v1/streetlight/370102/G{gateway}/batch", json.dumps({"readings": readings}).encode()


def flow(host: str, port: int, readings: int, rate: float) -> int:
    """Send so many at a rate of readings a second; return how many the broker took."""
    sent = load.steady(host, port, messages(readings // GATEWAY_LAMPS), round(rate / GATEWAY_LAMPS))
    return sent[-1][1] * GATEWAY_LAMPS


def measure(on: Ground, asked: argparse.Namespace) -> tuple[list[Figure], int]:
    """Return the figures, and how much was lost or out of balance."""
    assert on.influx is not None
    mqtt = {"QUANYAN_MQTT__PORT": str(on.broker.port), "QUANYAN_MQTT__CLIENT_ID": BUCKET}
    with service(on.home / BUCKET, on.store(BUCKET) | mqtt, GATEWAYS * GATEWAY_LAMPS) as subject:
        leave_session(on.broker, BUCKET)
        with running(subject) as at_work, ProcessPoolExecutor(1) as pool:
            on.influx.kill()
            first, begun = account(subject), time.perf_counter()
            sending = pool.submit(flow, on.broker.host, on.broker.port, asked.readings, asked.rate)
            away = followed(at_work, lambda _: sending.done())
            took, sent = time.perf_counter() - begun, sending.result()
            on.influx.start()
            begun = time.perf_counter()
            drain = followed(at_work, lambda looks: filled(looks, sent))
            drained = time.perf_counter() - begun
    lost, wrong = sent - counted_by_flux(on.influx, BUCKET), sum(not look.in_balance for look in (*away, *drain))
    return [
        Figure("sent while the store was away", sent, "readings"),
        Figure("sent", sent / took, "readings/s"),
        *(Figure(f"away: {f.name}", f.value, f.unit) for f in during(first, away, took)),
        Figure("drained", sent / drained, "readings/s"),
        *(Figure(f"drain: {f.name}", f.value, f.unit) for f in health(drain)),
        Figure("sent and not in InfluxDB", lost, "readings"),
        Figure(f"looks of {len(away) + len(drain)} at books out of balance", wrong, "looks"),
    ], abs(lost) + wrong


def filled(looks: list[Look], sent: int) -> bool:
    """Whether the service has stored what was sent."""
    return bool(looks) and looks[-1].account["readings"]["stored"] >= sent


def main() -> None:
    """One outage."""
    parser = argparse.ArgumentParser(description="A store that is away while readings arrive")
    parser.add_argument("--readings", type=int, default=20_000_000)
    parser.add_argument("--rate", type=float, default=10_000, help="readings a second")
    asked = parser.parse_args()
    with ground(influx=True) as on:
        figures, wrong = measure(on, asked)
    print(f"kept in {report(figures)}")
    if wrong:
        raise SystemExit("something is lost or out of balance")


if __name__ == "__main__":
    main()
