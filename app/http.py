"""The HTTP server as a part: uvicorn in a thread, on a socket that was bound before anything else started."""

import asyncio
import socket
import threading
from typing import cast

import uvicorn
from fastapi import FastAPI
from starlette.types import ASGIApp
from typing_extensions import override
from uvicorn._types import ASGI3Application
from uvicorn.protocols.http.h11_impl import H11Protocol

from api.crowd import Crowd
from api.server import close_streams
from domain.errors import ConfigError, Problem

GRACE_S = 5
BACKLOG = 2048


def bind(host: str, port: int, field: str = "api.port") -> socket.socket:
    """Return a listening socket; `field` is the setting that an error names.

    Raises:
        ConfigError: the address is taken or not ours.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Naming the protocol matters: asyncio sets TCP_NODELAY only where it is named, and without it an answer on a kept
    # connection waits 40 ms for a delayed acknowledgement.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        reason = f"cannot listen on {host}:{port}: {error.strerror}"
        raise ConfigError([Problem("settings", 0, field, reason)]) from None
    return listener


class _Config(uvicorn.Config):
    """What a connection knows of the server: who is there, and what answers when it is one too many."""

    crowd: Crowd
    beyond: ASGIApp


class _Connection(H11Protocol):
    """A connection that counts, and that has to ask something."""

    @override
    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        super().connection_made(transport)
        config = cast("_Config", self.config)
        crowd = config.crowd
        crowd.connections = len(self.connections)
        self._asks = self.loop.call_later(crowd.silent_s, self._ask_or_go)
        if crowd.connections > crowd.most_connections + crowd.spare:
            crowd.closed += 1
            transport.abort()
        elif crowd.connections > crowd.most_connections:
            self.app = cast("ASGI3Application", config.beyond)

    def _ask_or_go(self) -> None:
        if cast("object", self.cycle) is None and not self.transport.is_closing():
            self.transport.abort()

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._asks.cancel()
        cast("_Config", self.config).crowd.connections = len(self.connections)


class HttpServer:
    """Serves the application until stopped; open event streams are closed after a grace time."""

    def __init__(self, application: FastAPI, listener: socket.socket, crowd: Crowd) -> None:
        """Serve `application` on `listener`; `crowd` says how many fit."""
        config = _Config(
            application,
            http=_Connection,
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=GRACE_S,
            lifespan="on",
        )
        config.crowd = crowd
        config.beyond = crowd.probes_only(application, simulated=application.state.services.simulated)
        self._server = uvicorn.Server(config)
        self._application = application
        self._listener = listener
        self._thread = threading.Thread(target=self._run, name="http", daemon=True)

    def _run(self) -> None:
        self._server.run(sockets=[self._listener])

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> None:
        """End the event streams, finish the requests in hand, then stop."""
        close_streams(self._application)
        self._server.should_exit = True
        self._thread.join(GRACE_S + 5)
        self._listener.close()

    def alive(self) -> bool:
        """Return whether the server runs."""
        return self._thread.is_alive()
