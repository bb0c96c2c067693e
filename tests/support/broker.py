"""A real Mosquitto for one test."""

import os
from dataclasses import dataclass
from pathlib import Path

from tests.support.processes import Program, ServerProcess, accepts_tcp, free_port

_CONFIG = """\
listener {port} 127.0.0.1
allow_anonymous true
persistence true
persistence_location {home}/
autosave_interval {autosave_s}
max_inflight_messages 0
max_queued_messages {queued}
max_queued_bytes 0
set_tcp_nodelay true
log_dest stderr
log_type error
log_type warning
{user}
"""


@dataclass(frozen=True)
class Mosquitto:
    """A broker with no limit on flight, and on the queue none but by request.

    It comes back on the same port with what it had persisted.
    """

    port: int
    process: ServerProcess
    host: str = "127.0.0.1"

    @classmethod
    def create(cls, program: Program, home: Path, autosave_s: int = 1, queued: int = 0) -> "Mosquitto":
        """Write the configuration of a broker, not yet started, that saves what it holds every `autosave_s` seconds.

        `queued`: how many messages it keeps for a client; it drops what comes beyond. 0 = any number.
        """
        home.mkdir()
        port = free_port()
        config = home / "mosquitto.conf"
        # As root it would give up its rights and could not write into the test's folder.
        user = "user root" if os.geteuid() == 0 else ""
        content = _CONFIG.format(port=port, home=home, user=user, autosave_s=autosave_s, queued=queued)
        config.write_text(content, encoding="utf-8")
        ready = lambda: accepts_tcp("127.0.0.1", port)  # noqa: E731
        return cls(port, ServerProcess(program, ("mosquitto", "-c", str(config)), home, ready))

    def start(self) -> None:
        """Start, and wait until it accepts connections."""
        self.process.start()

    def stop(self) -> None:
        """End in good order: what is queued is persisted."""
        self.process.stop()

    def kill(self) -> None:
        """SIGKILL: what was not yet persisted is lost."""
        self.process.kill()

    def restart(self) -> None:
        """Stop in good order and start again."""
        self.process.restart()
