"""Quanyan itself as a process: started as a user starts it, killed as a power cut kills it."""

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from app.clock import wall_now
from domain.record import Role
from store.operational.facade import OperationalStore
from store.operational.keys import new_key
from store.register_files import load_register
from tests.support.influx import InfluxServer
from tests.support.processes import free_port, wait_until

REPOSITORY = Path(__file__).parents[2]
_KEPT = httpx.Limits(keepalive_expiry=2)
"""Connections are kept for less than the five seconds after which the service closes them, as it may while we ask."""


@dataclass
class Service:
    """`quanyan serve` in a folder of its own. `environment` holds settings (QUANYAN_…).

    `only`: one of the processes ingest, engine and api, which share folder and settings.
    """

    home: Path
    environment: Mapping[str, str]
    port: int = field(default_factory=free_port)
    key: str = ""
    only: str = ""
    _http: httpx.Client = field(
        default_factory=lambda: httpx.Client(timeout=60, verify=False, limits=_KEPT)  # noqa: S501 - no TLS
    )
    _child: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The base URL of the API."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def running(self) -> bool:
        """Whether the process is there."""
        return self._child is not None and self._child.poll() is None

    @property
    def exit_code(self) -> int | None:
        """How the last process ended, negative for a signal; None while it runs, or when there was none."""
        return None if self._child is None else self._child.poll()

    @property
    def pid(self) -> int:
        """The process id of the running service."""
        assert self._child is not None
        return self._child.pid

    def cli(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run a sub-command of `quanyan` with the same settings."""
        command = [sys.executable, "-m", "app", *arguments]
        done = subprocess.run(
            command, env=self._env(), cwd=REPOSITORY, capture_output=True, text=True, timeout=300, check=False
        )
        assert not check or done.returncode == 0, done.stdout + done.stderr
        return done

    def start(self, *, ready: bool = True) -> None:
        """Start the service; wait until it is ready, or only until it has taken up the city's state."""
        if not self.key:
            self.prepare()
        self.launch()
        wait_until(lambda: self._up("/readyz") if ready else self._begun(), f"quanyan is up; {self.log}")

    def prepare(self, register: Path | None = None) -> None:
        """Make the database with a key and the devices of a file, in this process: a command takes seconds to load."""
        now = wall_now()
        store = OperationalStore(self._database())
        try:
            key, self.key = new_key("tests", Role.ADMIN, now)
            store.keys.add(key)
            if register is not None:
                store.register.record(load_register(register, now), "tests", now)
        finally:
            store.close()

    def _database(self) -> str:
        folder = Path(self.environment.get("QUANYAN_DATA_DIR", self.home))
        folder.mkdir(parents=True, exist_ok=True)
        return self.environment.get("QUANYAN_OPERATIONAL__URL", f"sqlite:///{folder / 'operational.sqlite'}")

    @property
    def log(self) -> Path:
        """What the process printed."""
        return self.home / f"service{'-' if self.only else ''}{self.only}.log"

    def launch(self) -> None:
        """Start the process and wait for nothing."""
        only = ("--only", self.only) if self.only else ()
        log = self.log.open("ab")
        self._child = subprocess.Popen(
            [sys.executable, "-m", "app", "serve", *only],
            env=self._env(),
            cwd=REPOSITORY,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        log.close()

    def _up(self, path: str) -> bool:
        assert self.running, self.log.read_text()[-4000:]
        return self.answers(path)

    def _begun(self) -> bool:
        return self._up("/livez") and "engine" not in self.failures()

    def answers(self, path: str) -> bool:
        """Whether a path answers with 200 now."""
        with contextlib.suppress(httpx.TransportError):
            return self._http.get(f"{self.url}{path}", timeout=5).status_code == httpx.codes.OK
        return False

    def failures(self) -> dict[str, str]:
        """Why it is not ready, by part; empty when it is."""
        failures: dict[str, str] = self._http.get(f"{self.url}/readyz", timeout=5).json()["failures"]
        return failures

    def kill(self) -> None:
        """SIGKILL."""
        self._end(signal.SIGKILL)

    def close(self) -> None:
        """SIGKILL, and let go of the connections."""
        self.kill()
        self._http.close()

    def send(self, number: signal.Signals) -> None:
        """Send a signal to the process."""
        assert self._child is not None
        self._child.send_signal(number)

    def stop(self) -> int:
        """SIGTERM; return the exit code."""
        return self._end(signal.SIGTERM)

    def _end(self, number: signal.Signals) -> int:
        if self._child is None or self._child.poll() is not None:
            return 0
        self._child.send_signal(number)
        return self._child.wait(60)

    def get(self, path: str, **params: str) -> Any:
        """GET a path of the API and return its JSON; fails the test on an error."""
        answer = self._http.get(f"{self.url}/api/v1/{path}", params=params, headers=self._auth())
        assert answer.is_success, f"{answer.status_code} {answer.text}"
        return answer.json()

    def fetch(self, path: str, **params: str) -> bytes:
        """GET any path and return the body."""
        return self._http.get(f"{self.url}{path}", params=params, headers=self._auth()).raise_for_status().content

    def metrics(self) -> str:
        """The metrics of the process."""
        return self._http.get(f"{self.url}/metrics", headers=self._auth()).raise_for_status().text

    def post(self, path: str, body: object) -> httpx.Response:
        """POST JSON to a path of the API."""
        return self._send("POST", path, body)

    def put(self, path: str, body: object) -> httpx.Response:
        """PUT JSON to a path of the API."""
        return self._send("PUT", path, body)

    def _send(self, method: str, path: str, body: object) -> httpx.Response:
        content = json.dumps(body).encode()
        headers = self._auth() | {"Content-Type": "application/json"}
        return self._http.request(method, f"{self.url}/api/v1/{path}", content=content, headers=headers)

    def _auth(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}"}

    def _env(self) -> dict[str, str]:
        ours = {k: v for k, v in os.environ.items() if not k.startswith("QUANYAN_")}
        port = f"PROCESSES__{self.only}_PORT".upper() if self.only in {"ingest", "engine"} else "API__PORT"
        settings = {"QUANYAN_DATA_DIR": str(self.home), f"QUANYAN_{port}": str(self.port)}
        return ours | settings | dict(self.environment)


def influx_settings(server: InfluxServer, bucket: str) -> dict[str, str]:
    """Return the settings that point at a server of the tests."""
    return {
        "QUANYAN_TELEMETRY__KIND": "influx",
        "QUANYAN_TELEMETRY__URL": server.url,
        "QUANYAN_TELEMETRY__ORG": server.org,
        "QUANYAN_TELEMETRY__BUCKET": bucket,
        "QUANYAN_TELEMETRY__TOKEN": server.token,
    }
