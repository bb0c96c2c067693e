"""Mosquitto as the compose file runs it: its configuration, its start script, its secrets."""

import os
import shutil
import subprocess
from pathlib import Path

from tests.support.processes import Program, ServerProcess, accepts_tcp, free_port
from tests.support.servers import ROOT, mosquitto


class DeployedBroker:
    """Started by `config/mosquitto-start.sh` as in the container; only ports and paths are adapted."""

    def __init__(self, home: Path, profiles: str) -> None:
        self.port = free_port()
        self.secrets = home / "secrets"
        subprocess.run(["sh", str(ROOT / "tools" / "make-secrets.sh"), str(self.secrets)], check=True)
        (home / "data").mkdir()
        (home / "mosquitto.conf").write_text(self._adapted(home), encoding="utf-8")
        for name in ("mosquitto.acl", "mosquitto-start.sh"):
            shutil.copy(ROOT / "config" / name, home / name)
        self._home = home
        self._environment = {
            "SECRETS_DIR": str(self.secrets),
            "RUNTIME_DIR": str(home),
            "MOSQUITTO_CONF": str(home / "mosquitto.conf"),
            "COMPOSE_PROFILES": profiles,
        }
        self.process = self._program("sh", str(home / "mosquitto-start.sh"))

    def _program(self, *command: str) -> ServerProcess:
        """Make a command of the broker's container, or of this machine, with the variables of the container."""
        program, environment = mosquitto().program, dict(self._environment)
        assert program is not None
        if program.folder is not None:
            environment["PATH"] = f"{program.folder}:{os.environ['PATH']}"
            program = Program(Path("/usr/bin"))
        argv = ["env", *(f"{name}={value}" for name, value in environment.items()), *command]
        return ServerProcess(program, argv, self._home, lambda: accepts_tcp("127.0.0.1", self.port))

    def add_device(self, device: str) -> None:
        """As docs/operations.md says it: `mosquitto_passwd` on the devices' file."""
        accounts = str(self.secrets / "mqtt_devices")
        self._program("mosquitto_passwd", "-b", accounts, device, f"{device}-pass").run_once()

    def _adapted(self, home: Path) -> str:
        text = (ROOT / "config" / "mosquitto.conf").read_text(encoding="utf-8")
        for container, here in (
            ("listener 1883", f"listener {self.port} 127.0.0.1"),
            ("/run/mosquitto/passwd", str(home / "passwd")),
            ("/mosquitto/config/mosquitto.acl", str(home / "mosquitto.acl")),
            ("/mosquitto/data/", f"{home / 'data'}/"),
        ):
            assert container in text
            text = text.replace(container, here)
        return text + ("\nuser root\n" if os.geteuid() == 0 else "")

    def secret(self, name: str) -> str:
        return (self.secrets / name).read_text(encoding="utf-8")
