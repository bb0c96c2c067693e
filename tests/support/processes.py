"""Server processes of the tests: start, wait until ready, stop, kill, start again."""

import contextlib
import os
import pwd
import random
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

_NEVER = threading.Event()
_PORTS = range(20_000, 32_000)
"""Below the ephemeral range, so that no client's own port can take a server's port while it is being restarted."""


def wait_until(holds: Callable[[], bool], what: str, timeout: float = 180) -> None:
    """Poll until `holds()`; fail the test with `what` after `timeout` seconds.

    The time is no measure of anything: long enough for a machine that is busy with something else.
    """
    deadline = time.monotonic() + timeout
    while not holds():
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {timeout} s in vain: {what}")
        _NEVER.wait(0.02)


def free_port() -> int:
    """Return a loopback port that nothing listens on."""
    for port in random.SystemRandom().sample(_PORTS, 100):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
            return port
    raise AssertionError("no free port among 100 tried")


def accepts_tcp(host: str, port: int) -> bool:
    """Return whether something accepts connections there."""
    with contextlib.suppress(OSError), socket.create_connection((host, port), timeout=1):
        return True
    return False


def children(pid: int) -> list[int]:
    """Return the processes that a process of ours has started."""
    text = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    return [int(child) for child in text.split()]


@dataclass(frozen=True)
class Program:
    """How to run the programs of a server: straight from `folder`, or inside a container of `image`."""

    folder: Path | None
    image: str = ""

    def command(self, program: str, *args: str, home: Path, name: str, user: str) -> list[str]:
        """Return the command line. A container shares the network and `home`, so the same arguments hold inside."""
        if self.folder is not None:
            return [str(self.folder / program), *args]
        options = ["--rm", "--init", "--network=host", f"--user={user}", f"--volume={home}:{home}", "--entrypoint="]
        return ["docker", "run", *options, f"--name={name}", self.image, program, *args]


@dataclass
class ServerProcess:
    """A server that can be killed and come back on the same port with the same files."""

    program: Program
    argv: Sequence[str]
    home: Path
    ready: Callable[[], bool]
    user: str | None = None
    _child: subprocess.Popen[bytes] | None = None
    _name: str = field(default_factory=lambda: f"quanyan-test-{uuid4().hex[:12]}")

    @property
    def running(self) -> bool:
        """Whether the process is there."""
        return self._child is not None and self._child.poll() is None

    @property
    def pid(self) -> int:
        """The process id of a running server."""
        assert self._child is not None
        return self._child.pid

    @property
    def log(self) -> Path:
        """What the server printed."""
        return self.home / "server.log"

    def start(self) -> None:
        """Start the server and wait until it answers. Does nothing when it runs."""
        if self.running:
            return
        self._child = self._launch()
        try:
            wait_until(lambda: not self.running or self.ready(), f"{self.argv[0]} is ready")
        except AssertionError:
            self.kill()
            raise
        if not self.running:
            raise AssertionError(f"{self.argv[0]} ended at once:\n{self._said()}")

    def run_once(self) -> None:
        """Run a program that ends by itself, and fail when it fails."""
        if self._launch().wait(120):
            raise AssertionError(f"{self.argv[0]} failed:\n{self._said()}")

    def stop(self) -> None:
        """Ask the server to end, and wait for it."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """SIGKILL: the server has no chance to save anything."""
        self._end(signal.SIGKILL)

    def send(self, how: signal.Signals) -> None:
        """Send a signal to a running server; one that does not run gets none."""
        if not self.running:
            return
        if self.program.folder is None:  # a signal to the docker client would not reach the server
            subprocess.run(["docker", "kill", f"--signal={how.name}", self._name], capture_output=True, check=False)
        else:
            os.kill(self.pid, how)

    def restart(self) -> None:
        """Stop in good order and start again."""
        self.stop()
        self.start()

    def _launch(self) -> subprocess.Popen[bytes]:
        command = self.program.command(*self.argv, home=self.home, name=self._name, user=self._ids())
        user, groups = self.user, () if self.user else None
        with self.log.open("ab") as log:
            return subprocess.Popen(
                command, stdout=log, stderr=log, cwd=self.home, user=user, group=user, extra_groups=groups
            )

    def _ids(self) -> str:
        """Return who runs it inside a container, as `uid:gid`."""
        if self.user is None:
            return f"{os.getuid()}:{os.getgid()}"
        entry = pwd.getpwnam(self.user)
        return f"{entry.pw_uid}:{entry.pw_gid}"

    def _said(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")[-2000:]

    def _end(self, how: signal.Signals) -> None:
        self.send(how)
        child, self._child = self._child, None
        if child is None:
            return
        try:
            child.wait(30)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait(30)
