"""Where a demo may run: a data folder of its own and free ports; a second start never collides with the first."""

import fcntl
import shutil
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from domain.errors import ConfigError, Problem

MARKER = ".quanyan-demo"
LOOPBACK = "127.0.0.1"
TRIES = 20


@dataclass(frozen=True, slots=True)
class DemoFolder:
    """A locked data folder. The lock falls when the process ends, however it ends."""

    path: Path
    fresh: bool
    lock: IO[str]

    def release(self) -> None:
        """Let another demo use the folder."""
        self.lock.close()


def claim_folder(wanted: Path, *, keep: bool) -> DemoFolder:
    """Lock `wanted`, or `wanted-2`, `wanted-3` … when another demo runs there; empty it unless `keep`.

    Raises:
        ConfigError: the folder holds something that no demo made; nothing was deleted.
    """
    for number in range(1, TRIES):
        path = wanted if number == 1 else wanted.with_name(f"{wanted.name}-{number}")
        if path.exists() and any(path.iterdir()) and not (path / MARKER).exists():
            reason = "holds files that no demo made; choose another with --data-dir"
            raise ConfigError([Problem(str(path), 0, "", reason)])
        path.mkdir(parents=True, exist_ok=True)
        lock = (path / MARKER).open("a")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            lock.close()
            continue
        fresh = not keep or not any(p.name != MARKER for p in path.iterdir())
        if fresh:
            _empty(path)
        return DemoFolder(path, fresh, lock)
    raise ConfigError([Problem(str(wanted), 0, "", f"{TRIES} demos run already")])


def is_demo(folder: Path) -> bool:
    """Return whether a data folder is a demo's."""
    return (folder / MARKER).exists()


def _empty(folder: Path) -> None:
    for path in folder.iterdir():
        if path.name == MARKER:
            continue
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()


def free_port(wanted: int) -> int:
    """Return `wanted`, or the next port on the loopback that nobody listens on.

    Raises:
        ConfigError: none of the next ports is free.
    """
    for port in range(wanted, min(wanted + TRIES, 65536)):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((LOOPBACK, port))
            except OSError:
                continue
            return port
    raise ConfigError([Problem("command line", 0, "port", f"{wanted} and the {TRIES} after it are taken")])
