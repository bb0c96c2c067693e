"""The services of the compose file together, with its own settings, on the real servers of this machine.

What a container would add (users, mounts, networks) is checked in `test_compose.py`.
"""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
import yaml

from tests.deployment.broker import DeployedBroker
from tests.support.influx import InfluxServer
from tests.support.processes import free_port, wait_until
from tests.support.servers import ROOT

pytestmark = [pytest.mark.broker, pytest.mark.influx, pytest.mark.postgres]

SERVICES = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))["services"]
Run = Callable[..., str]


class Stack:
    """Runs the commands of the compose file's services here."""

    def __init__(self, home: Path, broker: DeployedBroker, influx: InfluxServer, bucket: str, postgres: str) -> None:
        self.port = free_port()
        self._home = home
        (broker.secrets / "influxdb_token").chmod(0o644)
        (broker.secrets / "influxdb_token").write_text(influx.token, encoding="utf-8")
        database = urlsplit(postgres)
        self._here = {
            "QUANYAN_DATA_DIR": str(home / "data"),
            "QUANYAN_OPERATIONAL__URL": f"postgresql+psycopg://postgres@{database.netloc.rpartition('@')[2]}{database.path}",
            "QUANYAN_TELEMETRY__URL": influx.url,
            "QUANYAN_TELEMETRY__ORG": influx.org,
            "QUANYAN_TELEMETRY__BUCKET": bucket,
            "QUANYAN_MQTT__HOST": "127.0.0.1",
            "QUANYAN_MQTT__PORT": str(broker.port),
            "QUANYAN_API__HOST": "127.0.0.1",
            "QUANYAN_API__PORT": str(self.port),
        }
        self._secrets = broker.secrets

    def environment(self, service: str) -> Mapping[str, str]:
        """The service's variables, with the places of this machine."""
        given = SERVICES[service]["environment"]
        there = {name: value.replace("/run/secrets", str(self._secrets)) for name, value in given.items()}
        return there | {name: value for name, value in self._here.items() if name in given}

    def start(self, service: str, *arguments: str) -> subprocess.Popen[bytes]:
        """Start a service, or another command of `quanyan` with its variables."""
        command = list(arguments) or SERVICES[service]["command"]
        command = [str(ROOT / "config" / "city.toml") if c == "/etc/quanyan/city.toml" else c for c in command]
        with (self._home / f"{service}.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "app", *command],
                env={**self.environment(service), "PYTHONPATH": str(ROOT)},
                cwd=self._home,
                stdout=log,
                stderr=log,
            )

    def run(self, service: str, *arguments: str) -> str:
        """Run a command to its end; return what it and those before it said."""
        code = self.start(service, *arguments).wait(180)
        said = (self._home / f"{service}.log").read_text(encoding="utf-8")
        assert code == 0, said
        return said

    def answer(self, path: str, key: str) -> Any:
        """Ask the API."""
        response = httpx.get(f"http://127.0.0.1:{self.port}{path}", headers={"Authorization": f"Bearer {key}"})
        return response.raise_for_status().json()

    def ready(self) -> bool:
        """Whether every part answers."""
        try:
            return httpx.get(f"http://127.0.0.1:{self.port}/readyz").is_success
        except httpx.TransportError:
            return False


@pytest.fixture
def stack(tmp_path: Path, influx_server: InfluxServer, influx_bucket: str, postgres_url: str) -> Iterator[Stack]:
    broker = DeployedBroker(tmp_path, profiles="fleet")
    broker.process.start()
    yield Stack(tmp_path, broker, influx_server, influx_bucket, postgres_url)
    broker.process.stop()


def test_the_services_of_the_compose_file_work_together(stack: Stack, tmp_path: Path) -> None:
    stack.run("init")
    stack.run("init", "register", "generate", "city.csv", "--devices", "100")
    assert "recorded" in stack.run("init", "register", "load", "city.csv")
    running = [service := stack.start("quanyan")]
    try:
        key = stack.run("init", "keys", "create", "test", "--role", "read").splitlines()[-2]
        wait_until(lambda: service.poll() is not None or stack.ready(), "the service is ready")
        running.append(stack.start("fleet"))
        wait_until(lambda: _stored(stack, key) > 0, "readings of the fleet are stored")
        account = stack.answer("/api/v1/ingest", key)["accounting"]
    finally:
        for process in reversed(running):
            process.terminate()
        codes = [process.wait(60) for process in running]
    assert account["readings"]["conflict"] == account["readings"]["quarantined"] == 0, json.dumps(account)
    assert codes == [0] * len(codes), (tmp_path / "quanyan.log").read_text(encoding="utf-8")


def _stored(stack: Stack, key: str) -> int:
    return int(stack.answer("/api/v1/ingest", key)["accounting"]["readings"]["stored"])
