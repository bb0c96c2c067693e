"""Side by side with Telegraf: `python -m benchmarks.telegraf [--messages 300000] [--batches 6000] [--rounds 2]`.

Same broker, same InfluxDB, same queued QoS 1 messages; runs alternate (A B A B), each alone, until every reading is
counted in InfluxDB. What is compared is the rate and the CPU time of the subject's own processes for each message. On a
machine that others use too only the CPU time means something. With `--apart` ours runs as ingest, engine and api.
"""

import argparse
import contextlib
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

import httpx

from benchmarks import load
from benchmarks.chain import GATEWAY_LAMPS, batches, leave_session, service, singles
from benchmarks.report import Figure, report
from benchmarks.running import cpu, ground, running, standing_still
from tests.support import servers
from tests.support.broker import Mosquitto
from tests.support.influx import InfluxServer
from tests.support.service import Service, influx_settings

LAMPS = {"singles": 5000, "batches": 4600}
LOOK_S = 0.5
"""How often it is looked how far a run is: each look has InfluxDB write all its metrics, which it pays itself."""
_CONFIG = """\
[agent]
  interval = "10s"
  flush_interval = "100ms"
  metric_batch_size = 5000
  metric_buffer_limit = 200000
  omit_hostname = true
[[inputs.mqtt_consumer]]
  servers = ["tcp://{broker}"]
  topics = ["city/v1/+/+/+/{channel}"]
  qos = 1
  client_id = "{ident}"
  persistent_session = true
  max_undelivered_messages = 50000
  topic_tag = ""
  data_format = "json_v2"
  [[inputs.mqtt_consumer.json_v2]]
    measurement_name = "streetlight"
{fields}
[[outputs.influxdb_v2]]
  urls = ["{url}"]
  token = "{token}"
  organization = "{org}"
  bucket = "{bucket}"
  content_encoding = "identity"
"""
_SINGLE = """\
    timestamp_path = "at"
    timestamp_format = "2006-01-02T15:04:05.999999999Z07:00"
    [[inputs.mqtt_consumer.json_v2.tag]]
      path = "device"
    [[inputs.mqtt_consumer.json_v2.field]]
      path = "seq"
      type = "int"
    [[inputs.mqtt_consumer.json_v2.object]]
      path = "values"
"""
_BATCH = """\
    [[inputs.mqtt_consumer.json_v2.object]]
      path = "readings"
      timestamp_key = "at"
      timestamp_format = "2006-01-02T15:04:05.999999999Z07:00"
      tags = ["device"]
      disable_prepend_keys = true
"""


@dataclass(frozen=True)
class Run:
    """One run: readings a second, and µs of CPU of each process for a reading."""

    acked: float
    stored: float
    subject_cpu: float
    broker_cpu: float
    influx_cpu: float


@dataclass(frozen=True)
class Mark:
    """How far a run is at a moment: messages acknowledged, readings in InfluxDB, CPU seconds of the three processes."""

    at: float
    acked: int
    written: int
    cpu: tuple[float, float, float]


@dataclass(frozen=True)
class Subject:
    """What runs: its processes, and how many messages it says it has acknowledged."""

    pids: Sequence[int]
    acked: Callable[[], int]


@dataclass(frozen=True)
class Bench:
    """The servers that both subjects share, and what is sent."""

    home: Path
    broker: Mosquitto
    influx: InfluxServer
    shape: str
    messages: int
    apart: bool
    """Whether ours runs as three processes."""

    @property
    def per(self) -> int:
        """Readings in a message."""
        return 1 if self.shape == "singles" else GATEWAY_LAMPS

    def queue(self, ident: str) -> None:
        """Let the broker queue every message for a client that is away."""
        make = singles if self.shape == "singles" else batches
        leave_session(self.broker, ident)
        sent = load.queue(self.broker.host, self.broker.port, make(LAMPS[self.shape], self.messages, datetime.now(UTC)))
        assert sent == self.messages

    def counted(self, bucket: str) -> int:
        """Return how many readings InfluxDB holds."""
        only = 'filter(fn: (r) => r._measurement == "streetlight" and r._field == "power")'
        answer = self.influx.flux(f'from(bucket: "{bucket}") |> range(start: 0) |> {only} |> group() |> count()')
        rows = [line.split(",") for line in answer.splitlines() if line.strip()]
        return int(rows[1][rows[0].index("_value")]) if len(rows) > 1 else 0

    def written(self) -> int:
        """Return how many points InfluxDB has taken since it started: cheap to ask, unlike a count."""
        said = httpx.get(f"{self.influx.url}/metrics", timeout=30).text
        wanted = (line for line in said.splitlines() if line.startswith("storage_writer_ok_points_sum"))
        return sum(round(float(line.split()[-1])) for line in wanted)

    def pids(self) -> tuple[int, int]:
        """Return the processes of broker and InfluxDB."""
        assert self.influx.process is not None
        return self.broker.process.pid, self.influx.process.pid


@contextlib.contextmanager
def telegraf(bench: Bench, binary: str, ident: str) -> Iterator[Subject]:
    """Run Telegraf. It acknowledges what is written."""
    start = bench.written()
    config = bench.home / f"{ident}.conf"
    single = bench.shape == "singles"
    config.write_text(
        _CONFIG.format(
            broker=f"{bench.broker.host}:{bench.broker.port}",
            channel="telemetry" if single else "batch",
            ident=ident,
            fields=_SINGLE if single else _BATCH,
            url=bench.influx.url,
            token=bench.influx.token,
            org=bench.influx.org,
            bucket=ident,
        ),
        encoding="utf-8",
    )
    with (bench.home / f"{ident}.log").open("wb") as log:
        child = subprocess.Popen([binary, "--config", str(config)], stdout=log, stderr=log)
    try:
        time.sleep(2)  # until it waits for the broker
        yield Subject([child.pid], lambda: (bench.written() - start) // bench.per)
    finally:
        child.terminate()
        child.wait(60)


@contextlib.contextmanager
def quanyan(bench: Bench, subject: Service) -> Iterator[Subject]:
    """Run Quanyan as one process, or as ingest, engine and api."""
    with running(subject, parted=bench.apart, ready=False) as at_work:
        yield Subject(at_work.pids, lambda: acknowledged(at_work.api))


def acknowledged(subject: Service) -> int:
    """Return how many messages Quanyan has acknowledged."""
    return int(subject.get("ingest")["accounting"]["deliveries"]["acknowledged"])


def drain(bench: Bench, start: Callable[[], contextlib.AbstractContextManager[Subject]]) -> Run:
    """Follow a subject until all is stored; the broker stands still until it is up, so that starting costs nothing."""
    before, marks = bench.written(), list[Mark]()
    wanted = bench.messages * bench.per

    def done() -> bool:
        with contextlib.suppress(httpx.TransportError):
            broker, influx = bench.pids()
            spent = sum(map(cpu, subject.pids)), cpu(broker), cpu(influx)
            every = bool(marks) and marks[-1].acked >= bench.messages
            acked = bench.messages if every else subject.acked()  # asking costs the subject
            marks.append(Mark(time.perf_counter(), acked, bench.written() - before, spent))
        return bool(marks) and marks[-1].written >= wanted and marks[-1].acked >= bench.messages

    with contextlib.ExitStack() as stack:
        with standing_still(bench.broker):
            subject = stack.enter_context(start())
            done()
        while not done():
            time.sleep(LOOK_S)
    return _run(bench, marks)


def _run(bench: Bench, marks: list[Mark]) -> Run:
    first, last, readings = marks[0], marks[-1], bench.messages * bench.per
    acked = next(mark for mark in marks if mark.acked >= bench.messages)
    spent = [(until - since) / readings * 1e6 for since, until in zip(first.cpu, last.cpu, strict=True)]
    return Run(readings / (acked.at - first.at), readings / (last.at - first.at), *spent)


def of_telegraf(bench: Bench, binary: str, number: int) -> Run:
    """One run of Telegraf."""
    ident = f"telegraf-{bench.shape}-{number}"
    bench.influx.make_bucket(ident)
    bench.queue(ident)
    run = drain(bench, lambda: telegraf(bench, binary, ident))
    assert bench.counted(ident) == bench.messages * bench.per
    return run


def of_quanyan(bench: Bench, number: int) -> Run:
    """One run of Quanyan with all rules on."""
    ident = f"quanyan-{bench.shape}-{number}"
    bench.influx.make_bucket(ident)
    mqtt = {"QUANYAN_MQTT__PORT": str(bench.broker.port), "QUANYAN_MQTT__CLIENT_ID": ident}
    settings = mqtt | influx_settings(bench.influx, ident)
    with service(bench.home / ident, settings, LAMPS[bench.shape]) as subject:
        bench.queue(ident)
        run = drain(bench, lambda: quanyan(bench, subject))
    assert bench.counted(ident) == bench.messages * bench.per
    return run


def figures(bench: Bench, theirs: list[Run], ours: list[Run]) -> list[Figure]:
    """Return rates and CPU for each reading, then ours as a ratio to theirs (above 1: better)."""
    parts = {
        "acknowledged": ("readings/s", lambda run: run.acked),
        "in InfluxDB": ("readings/s", lambda run: run.stored),
        "CPU": ("µs/reading", lambda run: run.subject_cpu),
        "broker's CPU": ("µs/reading", lambda run: run.broker_cpu),
        "InfluxDB's CPU": ("µs/reading", lambda run: run.influx_cpu),
    }
    found = [
        Figure(f"{bench.shape}, {name}: {what}", median(map(of, runs)), unit)
        for name, runs in (("Telegraf", theirs), ("Quanyan", ours))
        for what, (unit, of) in parts.items()
    ]
    value = {figure.name.removeprefix(f"{bench.shape}, "): figure.value for figure in found}
    for what in ("acknowledged", "in InfluxDB"):
        ratio = value[f"Quanyan: {what}"] / value[f"Telegraf: {what}"]
        found.append(Figure(f"{bench.shape}, ours to theirs: rate {what}", ratio, "times"))
    saved = value["Telegraf: CPU"] / value["Quanyan: CPU"]
    return [*found, Figure(f"{bench.shape}, theirs to ours: CPU", saved, "times")]


def main() -> None:
    """Run A B A B for singles, then for batches."""
    parser = argparse.ArgumentParser(description="Quanyan and Telegraf side by side")
    parser.add_argument("--messages", type=int, default=300_000, help="queued single messages (0: none)")
    parser.add_argument("--batches", type=int, default=6_000, help="queued batches of 92 readings (0: none)")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--apart", action="store_true", help="ours as three processes: ingest, engine, api")
    asked = parser.parse_args()
    binary = servers.telegraf()
    found: list[Figure] = []
    with ground(influx=True) as on:
        assert on.influx is not None
        for shape, count in (("singles", asked.messages), ("batches", asked.batches)):
            if count:
                bench = Bench(on.home, on.broker, on.influx, shape, count, asked.apart)
                theirs, ours = [], []
                for number in range(asked.rounds):
                    theirs.append(of_telegraf(bench, binary, number))
                    ours.append(of_quanyan(bench, number))
                found += figures(bench, theirs, ours)
    print(f"kept in {report(found)}")


if __name__ == "__main__":
    main()
