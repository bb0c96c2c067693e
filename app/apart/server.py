"""Answers the calls of the other processes of this machine on a Unix socket that only their user may open."""

import logging
import os
import socket
import threading
from contextlib import suppress
from pathlib import Path
from typing import Final

from app.apart.wire import LENGTH, MOST, Calls, failed
from domain.errors import ConfigError, Problem

logger = logging.getLogger(__name__)

_LONGEST: Final = 107
"""Bytes of a Unix socket's path on Linux."""
_BACKLOG: Final = 128


def receive(connection: socket.socket) -> bytes | None:
    """Return the content of the next frame, None when the other side has gone. Raises `OSError`."""
    head = _exactly(connection, LENGTH.size)
    if head is None:
        return None
    (length,) = LENGTH.unpack(head)
    if length > MOST:
        raise OSError(f"a frame of {length} bytes is too long")
    return _exactly(connection, length)


def _exactly(connection: socket.socket, count: int) -> bytes | None:
    parts = bytearray()
    while len(parts) < count:
        part = connection.recv(min(1 << 20, count - len(parts)))
        if not part:
            return None
        parts += part
    return bytes(parts)


class CallServer:
    """Thread `calls` accepts; each connection has a thread, and its calls are answered one after the other."""

    def __init__(self, calls: Calls, target: object, path: Path) -> None:
        """Answer for `target`. The socket exists from `start` on; one that a killed process left is replaced.

        Raises:
            ConfigError: the path is too long for a socket.
        """
        if len(os.fsencode(path)) > _LONGEST:
            reason = f"{path} is too long for a socket, at most {_LONGEST} bytes: choose a shorter folder"
            raise ConfigError([Problem("settings", 0, "processes.folder", reason)])
        self._calls, self._target, self._path = calls, target, path
        self._stopping = threading.Event()
        self._open: set[socket.socket] = set()
        self._changing = threading.Lock()
        self._listener = socket.socket(socket.AF_UNIX)
        self._thread = threading.Thread(target=self._accept, name="calls", daemon=True)

    def start(self) -> None:
        """Listen, then start the thread. Raises `OSError`."""
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._path.unlink(missing_ok=True)
        self._listener.bind(str(self._path))
        self._path.chmod(0o600)
        self._listener.listen(_BACKLOG)
        self._thread.start()

    def stop(self) -> None:
        """Take no more calls and let go of the connections; a call in hand may lose its answer."""
        self._stopping.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        with self._changing:
            for connection in self._open:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
        self._path.unlink(missing_ok=True)

    def alive(self) -> bool:
        """Return whether calls are taken."""
        return self._thread.is_alive()

    def _accept(self) -> None:
        while not self._stopping.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError as error:
                if not self._stopping.is_set():
                    logger.warning("call_not_accepted", extra={"reason": str(error)})
                    self._stopping.wait(0.1)
                continue
            with self._changing:
                self._open.add(connection)
            threading.Thread(target=self._serve, args=(connection,), name="call", daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        try:
            while not self._stopping.is_set() and (content := receive(connection)) is not None:
                connection.sendall(self._answer(content))
        except OSError:
            pass  # the other side has gone; it will come again
        finally:
            with self._changing:
                self._open.discard(connection)
            connection.close()

    def _answer(self, content: bytes) -> bytes:
        try:
            return self._calls.perform(self._target, content)
        except Exception as error:
            name = content.partition(b"\n")[0].decode("ascii", "replace")
            logger.exception("call_failed", extra={"call": name})
            return failed(f"{name} failed: {type(error).__name__}")
