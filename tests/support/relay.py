"""A cable between two ports that a test can cut and mend."""

import contextlib
import socket
import threading

from tests.support.processes import free_port


class Relay:
    """Passes TCP on from a port of its own to another one. Cut, it drops what is open and refuses what is new."""

    def __init__(self, to: int) -> None:
        """Pass on to the loopback port `to`."""
        self.port = free_port()
        self._to = to
        self._listener: socket.socket | None = None
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()

    @property
    def url(self) -> str:
        """Where HTTP goes in."""
        return f"http://127.0.0.1:{self.port}"

    def mend(self) -> None:
        """Take connections from now on."""
        self._listener = socket.create_server(("127.0.0.1", self.port), backlog=64)
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def cut(self) -> None:
        """Drop every connection, and refuse new ones."""
        if self._listener is not None:
            _shut(self._listener)
            self._listener = None
        with self._lock:
            dropped, self._open = self._open, set()
        for end in dropped:
            _shut(end)

    def _accept(self, listener: socket.socket) -> None:
        with contextlib.suppress(OSError):  # it was cut
            while True:
                near, _ = listener.accept()
                self._join(near)

    def _join(self, near: socket.socket) -> None:
        try:
            far = socket.create_connection(("127.0.0.1", self._to))
        except OSError:  # nobody is there: the caller sees a closed connection, as behind a real cable
            _shut(near)
            return
        with self._lock:
            self._open |= {near, far}
        for source, sink in ((near, far), (far, near)):
            threading.Thread(target=_pump, args=(source, sink), daemon=True).start()


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while chunk := source.recv(65536):
            sink.sendall(chunk)
    _shut(source)
    _shut(sink)


def _shut(end: socket.socket) -> None:
    with contextlib.suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()
