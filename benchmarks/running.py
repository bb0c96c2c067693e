"""What benchmarks of the whole chain share: servers of their own, Quanyan in one process or in three, what it takes."""

import contextlib
import os
import signal
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.__main__ import program
from tests.support import servers
from tests.support.apart import apart
from tests.support.broker import Mosquitto
from tests.support.influx import InfluxServer
from tests.support.service import Service, influx_settings

_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Ground:
    """A folder with a running broker and, where it was asked for, a running InfluxDB."""

    home: Path
    broker: Mosquitto
    influx: InfluxServer | None

    def store(self, bucket: str) -> dict[str, str]:
        """Return the settings of a store: a fresh bucket, or without InfluxDB none, which is DuckDB."""
        if self.influx is None:
            return {}
        self.influx.make_bucket(bucket)
        return influx_settings(self.influx, bucket)


@contextlib.contextmanager
def ground(*, influx: bool, queued: int = 0) -> Iterator[Ground]:
    """Run the servers. `queued`: messages that the broker keeps for a client (0: any number)."""
    with tempfile.TemporaryDirectory(prefix="quanyan-bench-") as folder, contextlib.ExitStack() as stack:
        home = Path(folder)
        broker = Mosquitto.create(program(servers.mosquitto()), home / "mosquitto", autosave_s=1800, queued=queued)
        broker.start()
        stack.callback(broker.kill)
        server = None
        if influx:
            (home / "influx").mkdir()
            server = InfluxServer.create(program(servers.influxdb()), home / "influx")
            server.start()
            stack.callback(server.kill)
        yield Ground(home, broker, server)


@dataclass(frozen=True)
class Running:
    """Quanyan at work: who answers, and every process of it."""

    api: Service
    processes: Sequence[Service]

    @property
    def pids(self) -> list[int]:
        """Its processes."""
        return [process.pid for process in self.processes]


@contextlib.contextmanager
def running(subject: Service, *, parted: bool = False, ready: bool = True) -> Iterator[Running]:
    """Run Quanyan as one process, or as ingest, engine and api; it ends in good order."""
    if not parted:
        subject.start(ready=ready)
        yield Running(subject, (subject,))
        subject.stop()
        return
    with apart(subject.home, subject.environment, key=subject.key, ready=ready) as found:
        yield Running(found.api, found.all)
        for process in found.all:
            process.stop()


@contextlib.contextmanager
def standing_still(broker: Mosquitto) -> Iterator[None]:
    """Let the broker stand still, so that what follows does not count."""
    os.kill(broker.process.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(broker.process.pid, signal.SIGCONT)


def cpu(pid: int) -> float:
    """Return the CPU seconds of a process so far, all threads."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def resident(pid: int) -> float:
    """Return the resident memory of a process in MiB."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS"))
