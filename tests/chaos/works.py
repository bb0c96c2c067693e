"""Everything that can fail, real: broker, InfluxDB, PostgreSQL, the network between them, and the service."""

import contextlib
import signal
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import psycopg

from app.clock import wall_now
from domain.device import Device
from domain.kind import Value
from domain.ports import DeviceChange
from domain.record import Role
from store.operational import OperationalStore
from store.operational.keys import new_key
from tests.chaos.plan import SERVERS, Fault, Trouble
from tests.chaos.sender import LAMPS, PATIENCE_S
from tests.support.broker import Mosquitto
from tests.support.city import night_place, place_settings
from tests.support.disk import FailingDisk
from tests.support.influx import InfluxServer
from tests.support.jumping_clock import JumpingClock
from tests.support.postgres import Postgres
from tests.support.processes import Program, wait_until
from tests.support.servers import Found, compiler, faketime, influxdb, mosquitto, postgresql, toxiproxy
from tests.support.service import Service, influx_settings
from tests.support.toxiproxy import Toxiproxy

Server = Mosquitto | InfluxServer | Postgres
BUCKET = "chaos"
DATABASE = "chaos"
_DISK = {Fault.FULL: "full", Fault.READONLY: "readonly", Fault.FSYNC: "fsync"}
_PARTS = {"journal": "journal", "all": ""}


class Keeper:
    """Starts the service again whenever it has ended, as every supervisor of processes does."""

    def __init__(self, service: Service) -> None:
        self.service, self.ended = service, 0
        """How often the service ended by itself: it could not start, say, while a server was away."""
        self._paused, self._closed = threading.Event(), threading.Event()
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="keeper")
        service.launch()
        self._thread.start()

    def kill(self) -> None:
        """SIGKILL; it stays away until `release`."""
        with self._lock:
            self._paused.set()
            self.service.kill()

    def release(self) -> None:
        """Let it start again."""
        self._paused.clear()

    def close(self) -> None:
        """End the service for good."""
        self._closed.set()
        self._thread.join()
        self.service.close()

    def _run(self) -> None:
        while not self._closed.wait(0.2):
            with self._lock:
                if not self._paused.is_set() and not self.service.running:
                    self.ended += self.service.exit_code not in (None, -signal.SIGKILL)
                    self.service.launch()


@dataclass
class Works:
    """All parts, running. A fault is begun and mended; `mend` brings everything back."""

    folder: Path
    losses: list[tuple[float, bool]] = field(default_factory=list)
    """When (monotonic) the broker was killed, and whether it kept nothing at all."""

    def __post_init__(self) -> None:
        self._postgres_home = tempfile.TemporaryDirectory(prefix="quanyan-chaos-postgres-")
        self.began = wall_now()
        self.place = night_place(self.began)
        self.broker = Mosquitto.create(_program(mosquitto()), self.folder / "mosquitto")
        (self.folder / "influx").mkdir()
        self.influx = InfluxServer.create(_program(influxdb()), self.folder / "influx")
        self.postgres = Postgres.create(_program(postgresql()), Path(self._postgres_home.name))
        self.network = Toxiproxy.create(_program(toxiproxy()), self.folder / "toxiproxy")
        self.servers: dict[str, Server] = {"broker": self.broker, "influx": self.influx, "postgres": self.postgres}
        try:
            self._start()
        except BaseException:
            self.close()
            raise

    def _start(self) -> None:
        for server in (self.broker, self.influx, self.postgres, self.network.process):
            server.start()
        self.influx.make_bucket(BUCKET)
        with psycopg.connect(self.postgres.url, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {DATABASE}".encode())
        ports = {"broker": self.broker.port, "influx": int(self.influx.url.rsplit(":", 1)[1])}
        ports["postgres"] = self.postgres.port
        self.links = {f"link to {name}": self.network.link(name, port) for name, port in ports.items()}
        home = self.folder / "service"
        home.mkdir()
        self.disk = FailingDisk.create(_found(compiler()).how, home, self.folder / "disk")
        self.clock = JumpingClock.create(Path(_found(faketime()).how), self.folder / "clock")
        libraries = f"{self.disk.library}:{self.clock.library}"
        troubled = {**self.disk.environment, **self.clock.environment, "LD_PRELOAD": libraries}
        self.service = Service(home, self._settings() | troubled)
        self._record()
        self.keeper = Keeper(self.service)
        self.ready()

    def _record(self) -> None:
        """Register the lamps and make a key, in this process: commands would take longer than a round."""
        store = OperationalStore(self._database(self.postgres.port))
        changes = [DeviceChange(_lamp(name), self.began - timedelta(days=1)) for name in LAMPS]
        store.register.record(changes, "chaos", self.began)
        key, self.service.key = new_key("chaos", Role.ADMIN, self.began)
        store.keys.add(key)
        self.register = store.register.load()
        store.close()

    def _database(self, port: int) -> str:
        return f"postgresql+psycopg://postgres@127.0.0.1:{port}/{DATABASE}"

    def _settings(self) -> dict[str, str]:
        influx = f"http://127.0.0.1:{self.links['link to influx'].port}"
        return influx_settings(self.influx, BUCKET) | place_settings(self.place) | {
            "QUANYAN_TELEMETRY__URL": influx,
            "QUANYAN_TELEMETRY__TIMEOUT_S": "5",
            "QUANYAN_OPERATIONAL__URL": self._database(self.links["link to postgres"].port),
            "QUANYAN_MQTT__PORT": str(self.links["link to broker"].port),
            "QUANYAN_MQTT__KEEPALIVE_S": "5",
            "QUANYAN_JOURNAL__ROLL_BYTES": "500000",
            "QUANYAN_ENGINE__SNAPSHOT_EVERY_S": "5",
            "QUANYAN_ARRIVALS__ASK_BACK": "false",
            "QUANYAN_ARCHIVE__FLUSH_S": "3600",  # so the journal keeps everything, and can be asked afterwards
            "QUANYAN_ARCHIVE__FLUSH_READINGS": "1000000",
            "QUANYAN_LOG__LEVEL": "WARNING",
        }  # fmt: skip

    def ready(self) -> None:
        """Wait until the service says that all is well."""
        wait_until(
            lambda: self.service.answers("/livez") and self.service.answers("/readyz"),
            "the service is ready",
            PATIENCE_S,
        )

    # -- faults -------------------------------------------------------------------------------------------------

    def run(self, troubles: Sequence[Trouble]) -> None:
        """Let it all happen at its instants, then mend everything."""
        began = time.monotonic()
        steps = [(t.at, self._begin, t) for t in troubles] + [(t.at + t.lasts, self._end, t) for t in troubles]
        try:
            for at, step, trouble in sorted(steps, key=lambda one: one[0]):
                threading.Event().wait(max(0.0, began + at - time.monotonic()))
                step(trouble)
        finally:
            self.mend()

    def mend(self) -> None:
        """Bring everything back."""
        for link in self.links.values():
            link.mend()
        self.disk.heal()
        self.clock.show(0)
        for name in SERVERS:
            self._signal(name, signal.SIGCONT)
        for server in self.servers.values():
            server.start()
        self.keeper.release()

    def _begin(self, trouble: Trouble) -> None:
        match trouble.fault:
            case Fault.KILL | Fault.SESSION_LOST:
                self._kill(trouble)
            case Fault.STOP:
                self._signal(trouble.victim, signal.SIGSTOP)
            case Fault.CUT:
                self.links[trouble.victim].cut()
            case Fault.RESET:
                self.links[trouble.victim].reset()
            case Fault.HALF_OPEN:
                self.links[trouble.victim].half_open(trouble.detail)
            case Fault.SLOW:
                latency, rate = (int(part.split()[0]) for part in trouble.detail.split(", "))
                self.links[trouble.victim].slow(latency, rate)
            case Fault.FULL | Fault.READONLY | Fault.FSYNC:
                self.disk.fail(_DISK[trouble.fault], _PARTS[trouble.detail])
            case Fault.JUMP:
                self.clock.show(int(trouble.detail.split()[0]))

    def _end(self, trouble: Trouble) -> None:
        match trouble.fault:
            case Fault.KILL | Fault.SESSION_LOST:
                self._start_again(trouble.victim)
            case Fault.STOP:
                self._signal(trouble.victim, signal.SIGCONT)
            case Fault.CUT | Fault.RESET | Fault.HALF_OPEN | Fault.SLOW:
                self.links[trouble.victim].mend()
            case Fault.FULL | Fault.READONLY | Fault.FSYNC:
                self.disk.heal()
            case Fault.JUMP:
                self.clock.show(0)

    def _kill(self, trouble: Trouble) -> None:
        if trouble.victim == "service":
            self.keeper.kill()
            return
        self.servers[trouble.victim].kill()
        if trouble.loses:
            everything = trouble.fault is Fault.SESSION_LOST
            self.losses.append((time.monotonic(), everything))
            for file in self.broker.process.home.glob("mosquitto.db*") if everything else ():
                file.unlink()

    def _start_again(self, victim: str) -> None:
        if victim == "service":
            self.keeper.release()
        else:
            self.servers[victim].start()

    def _signal(self, victim: str, number: signal.Signals) -> None:
        if victim == "service":
            with contextlib.suppress(ProcessLookupError):
                self.service.send(number)
        elif (process := self.servers[victim].process) is not None:  # an InfluxDB of INFLUXDB_URL is not ours to stop
            process.send(number)

    def close(self) -> None:
        """End every process."""
        with contextlib.suppress(AttributeError):  # it had not come so far
            self.keeper.close()
        for server in (self.broker, self.influx, self.postgres, self.network.process):
            server.kill()
        self._postgres_home.cleanup()


def _found(found: Found) -> Found:
    if found.missing:
        raise SystemExit(found.how)
    return found


def _program(found: Found) -> Program:
    program = _found(found).program
    assert program is not None, found.how
    return program


def _lamp(name: str) -> Device:
    attributes: dict[str, Value] = {
        "road": "经十路",
        "road_class": "arterial",
        "supply_point": "SP1",
        "lighting_use": "functional",
        "rated_power": 150.0,
    }
    return Device(name, "streetlight", f"灯{name}", "370102", "370102", "照明中心", attributes=attributes)
