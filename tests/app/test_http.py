"""The HTTP server answers at once on a kept connection, and says which port is taken."""

import socket

import pytest

from app.http import bind
from domain.errors import ConfigError


def test_small_answers_are_not_held_back() -> None:
    """asyncio sets TCP_NODELAY only on sockets that name their protocol."""
    with bind("127.0.0.1", 0) as listener:
        assert listener.proto == socket.IPPROTO_TCP


def test_a_taken_port_is_named() -> None:
    with bind("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ConfigError, match=f"cannot listen on 127.0.0.1:{port}"):
            bind("127.0.0.1", port)
