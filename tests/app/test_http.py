"""The HTTP server answers at once on a kept connection, says which port is taken, and has room for so many."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
import pytest

from api.crowd import Crowd
from app.http import HttpServer, bind
from domain.errors import ConfigError
from domain.record import Role
from tests.support.api_services import small_city
from tests.support.processes import wait_until


def test_small_answers_are_not_held_back() -> None:
    """asyncio sets TCP_NODELAY only on sockets that name their protocol."""
    with bind("127.0.0.1", 0) as listener:
        assert listener.proto == socket.IPPROTO_TCP


def test_a_taken_port_is_named() -> None:
    with bind("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ConfigError, match=f"cannot listen on 127.0.0.1:{port}"):
            bind("127.0.0.1", port)


@contextmanager
def served(folder: Path, crowd: Crowd) -> Iterator[tuple[int, dict[str, str]]]:
    """Serve a small city; yield the port and what a reader sends."""
    with small_city(folder) as city:
        listener = bind("127.0.0.1", 0)
        port = listener.getsockname()[1]
        server = HttpServer(city.api, listener, crowd)
        server.start()
        try:
            assert httpx.get(f"http://127.0.0.1:{port}/livez", timeout=20).is_success
            wait_until(lambda: crowd.connections == 0, "nobody is there")
            yield port, {"Authorization": f"Bearer {city.secrets[Role.READ]}"}
        finally:
            server.stop()


def test_a_connection_too_many_is_told_so_probes_are_answered_and_many_more_are_closed(tmp_path: Path) -> None:
    crowd = Crowd(most_connections=2, spare=1, silent_s=600)
    with served(tmp_path, crowd) as (port, key), ExitStack() as stack:

        def taken() -> socket.socket:
            """Take one place."""
            return stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=20))

        def get(path: str) -> httpx.Response:
            """Ask on a connection of its own, when the one before is gone."""
            wait_until(lambda: crowd.connections == places, "nobody else is there")
            return httpx.get(f"http://127.0.0.1:{port}{path}", headers=key, timeout=20)

        taken()
        taken()
        places = 2
        assert get("/livez").is_success, "a crowded service is not a dead one"
        refused = get("/api/v1/kinds")
        assert (refused.status_code, refused.headers["retry-after"]) == (503, "5")
        assert refused.headers["content-type"] == "application/problem+json"
        assert refused.headers["x-content-type-options"] == "nosniff"
        assert refused.headers["connection"] == "close"
        taken()
        places = 3
        with pytest.raises(httpx.TransportError):
            get("/livez")
        assert (crowd.refused, crowd.closed) == (1, 1)
        stack.close()
        places = 0
        assert get("/api/v1/kinds").is_success, "there is room again"


def test_a_connection_that_asks_for_nothing_is_closed(tmp_path: Path) -> None:
    crowd = Crowd(silent_s=0.2)
    with served(tmp_path, crowd) as (port, _), socket.create_connection(("127.0.0.1", port), timeout=20) as silent:
        silent.sendall(b"GET /li")  # half a question is none
        assert silent.recv(1) == b""
        wait_until(lambda: crowd.connections == 0, "it is gone")
