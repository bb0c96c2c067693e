"""Calls another process of this machine; connections are kept and shared by any number of threads."""

import socket
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from app.apart.server import receive
from app.apart.wire import Calls
from domain.errors import StoreUnavailable

_KEPT: Final = 64
"""Idle connections."""


class CallClient:
    """Stands for the other process: `client.measure(...)` is asked there. Errors are those that the call raised.

    `StoreUnavailable`: the process does not answer; a call that was under way may have been carried out.
    """

    def __init__(self, calls: Calls, path: Path, process: str, patience: float = 10) -> None:
        """Call the process that listens at `path`; `patience`: seconds to wait for an answer."""
        self._calls, self._path, self._process, self._patience = calls, str(path), process, patience
        self._idle: list[socket.socket] = []
        self._lock = threading.Lock()

    def __getattr__(self, name: str) -> Any:
        if name not in self._calls:
            raise AttributeError(name)
        return lambda *arguments: self._call(name, arguments)

    def _call(self, name: str, arguments: tuple[Any, ...]) -> Any:
        request = self._calls.request(name, arguments)
        with self._lock:
            kept = self._idle.pop() if self._idle else None
        content = self._asked(kept, request) if kept is not None else None
        if content is None:  # new, or the process was started anew since that connection was made
            content = self._asked(self._connected(), request)
        if content is None:
            raise StoreUnavailable(f"the {self._process} process went away during a call of {name}")
        return self._calls.answered(name, content)

    def _connected(self) -> socket.socket:
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(self._patience)
        try:
            connection.connect(self._path)
        except OSError as error:
            connection.close()
            raise StoreUnavailable(f"the {self._process} process does not answer: {error.strerror or error}") from None
        return connection

    def _asked(self, connection: socket.socket, request: bytes) -> bytes | None:
        """Return the content of the answer, None when the other side has gone."""
        try:
            connection.sendall(request)
            content = receive(connection)
        except TimeoutError:
            connection.close()
            raise StoreUnavailable(f"the {self._process} process did not answer in {self._patience:g} s") from None
        except OSError:
            content = None
        if content is None:
            connection.close()
            return None
        with self._lock:
            if len(self._idle) < _KEPT:
                self._idle.append(connection)
                return content
        connection.close()
        return content

    def close(self) -> None:
        """Let go of the idle connections."""
        with self._lock:
            idle, self._idle = self._idle, []
        for connection in idle:
            with suppress(OSError):
                connection.close()
