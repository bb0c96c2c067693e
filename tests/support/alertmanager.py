"""A real Alertmanager for one test, with a webhook to see what it sends on."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from tests.support.processes import Program, ServerProcess, free_port
from tests.support.vendors import Asked, Said, Vendor

_CONFIG = """\
route:
  receiver: test
  group_by: [unit]
  group_wait: 200ms
  group_interval: 300ms
receivers:
  - name: test
    webhook_configs:
      - url: {url}/hook
        send_resolved: true
"""


@dataclass(frozen=True)
class Alertmanager:
    """Runs on a free port; `sent` is what it told its receiver, newest last."""

    port: int
    process: ServerProcess
    receiver: Vendor

    @classmethod
    def create(cls, program: Program, home: Path) -> "Alertmanager":
        """Write the configuration of a server, not yet started."""
        home.mkdir()
        receiver = Vendor(_taken)
        port = free_port()
        config = home / "alertmanager.yml"
        config.write_text(_CONFIG.format(url=receiver.url), encoding="utf-8")
        folder = program.folder
        debian = folder is not None and (folder / "prometheus-alertmanager").exists()
        argv = (
            "prometheus-alertmanager" if debian else "alertmanager",
            f"--config.file={config}",
            f"--storage.path={home / 'data'}",
            f"--web.listen-address=127.0.0.1:{port}",
            "--cluster.listen-address=",
        )
        return cls(port, ServerProcess(program, argv, home, lambda: _ready(port)), receiver)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def sent(self) -> list[Any]:
        return [asked.json for asked in self.receiver.asked]

    def alerts(self) -> list[Any]:
        """Return what it holds as active."""
        found: list[Any] = httpx.get(f"{self.url}/api/v2/alerts", timeout=10).json()
        return found

    def start(self) -> None:
        self.receiver.start()
        self.process.start()

    def stop(self) -> None:
        self.process.stop()
        self.receiver.stop()


def _taken(_: Asked) -> Said:
    return Said()


def _ready(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/-/ready", timeout=2).is_success
    except httpx.HTTPError:
        return False
