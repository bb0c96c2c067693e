"""Every way in which a server, or something that stands before it, can answer wrongly or not at all."""

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from typing_extensions import override

from domain.errors import StoreUnavailable
from store.telemetry.influx import InfluxStore
from store.telemetry.influx_client import InfluxClient, Refusal
from store.telemetry.influx_options import InfluxOptions
from tests.store.telemetry.builders import STORED, reading
from tests.store.telemetry.suite import outcomes


@dataclass
class Peer:
    """An HTTP server that answers as it is told, and keeps the sizes of what was written."""

    status: int = 204
    body: bytes = b""
    most_lines: int = 10**9
    sizes: list[int] = field(default_factory=list)
    url: str = ""

    def answer_to(self, path: str, sent: bytes) -> tuple[int, bytes]:
        if not path.startswith("/api/v2/write"):
            return (200, b'{"results":[]}\n') if self.status == 204 else (self.status, self.body)
        lines = sent.count(b"\n") + 1
        if lines > self.most_lines:
            return 413, b"<html>too large</html>"
        if self.status == 204:
            self.sizes.append(lines)
        return self.status, self.body


@pytest.fixture
def peer() -> Iterator[Peer]:
    peer = Peer()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            sent = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            status, body = peer.answer_to(self.path, sent)
            self.send_response(status)
            if status != 204:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        @override
        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        peer.url = f"http://127.0.0.1:{server.server_port}"
        yield peer
        server.shutdown()
        thread.join()


@contextmanager
def client_of(url: str, timeout: float = 5) -> Iterator[InfluxClient]:
    client = InfluxClient(InfluxOptions(url, "secret-7", "quanyan", "telemetry", timeout=timeout))
    yield client
    client.close()


def said(message: str) -> bytes:
    return json.dumps({"code": "invalid", "message": message}).encode()


@pytest.mark.parametrize("status", [401, 403, 404, 408, 429, 500, 502, 503, 504])
def test_what_is_not_the_data_s_fault_is_unavailable(peer: Peer, status: int) -> None:
    peer.status, peer.body = status, said("because")
    with client_of(peer.url) as client:
        with pytest.raises(StoreUnavailable, match=f"{status}.*because"):
            client.write(["k v=1"])
        with pytest.raises(StoreUnavailable, match=f"{status}.*because"):
            list(client.query(["SELECT 1"]))


@pytest.mark.parametrize("body", [b"<html>Bad Request</html>", b"", b"[1]", b'{"error":"x"}', b"\xff"])
@pytest.mark.parametrize("status", [400, 422])
def test_a_refusal_in_other_words_than_influxdb_s_is_no_verdict_on_the_data(
    peer: Peer, status: int, body: bytes
) -> None:
    peer.status, peer.body = status, body
    with client_of(peer.url) as client, pytest.raises(StoreUnavailable):
        client.write(["k v=1"])


@pytest.mark.parametrize(
    ("status", "body", "refusal"),
    [
        (400, said("unable to parse"), Refusal("unable to parse", None)),
        (422, said("partial write: dropped=12 for database"), Refusal("partial write: dropped=12 for database", 12)),
        (413, b"<html>", Refusal("the request is too large", None)),
    ],
)
def test_a_refusal_is_a_value(peer: Peer, status: int, body: bytes, refusal: Refusal) -> None:
    peer.status, peer.body = status, body
    with client_of(peer.url) as client:
        assert client.write(["k v=1"]) == refusal


def test_what_is_too_large_in_one_piece_is_written_in_smaller_ones(peer: Peer) -> None:
    peer.most_lines = 30
    store = InfluxStore(InfluxOptions(peer.url, "secret-7", "quanyan", "telemetry"))
    assert outcomes(store, *[reading(f"LD-{n}") for n in range(100)]) == STORED * 100
    assert sum(peer.sizes) == 100
    assert max(peer.sizes) <= 30
    store.close()


@pytest.mark.parametrize(
    "body",
    [b'{"results":[', b"no json", b'{"results":[{"error":"database not found: x"}]}', b"\xff\n", b"[1]", b'{"x":1}'],
)
def test_an_answer_that_makes_no_sense_is_unavailable(peer: Peer, body: bytes) -> None:
    peer.status, peer.body = 200, body
    with client_of(peer.url) as client, pytest.raises(StoreUnavailable):
        list(client.query(["SELECT 1"]))


def test_a_server_that_never_answers_is_unavailable_after_the_time_out() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with client_of(url, timeout=0.1) as client:
            with pytest.raises(StoreUnavailable):
                client.write(["k v=1"])
            with pytest.raises(StoreUnavailable):
                list(client.query(["SELECT 1"]))


def test_an_answer_that_breaks_off_is_unavailable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def break_off() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(b'HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n{"results":[]}\n{"res')

        thread = threading.Thread(target=break_off)
        thread.start()
        with client_of(f"http://127.0.0.1:{listener.getsockname()[1]}") as client, pytest.raises(StoreUnavailable):
            list(client.query(["SELECT 1"]))
        thread.join()


def test_no_error_shows_the_token(peer: Peer) -> None:
    peer.status, peer.body = 500, said("inner")
    with client_of(peer.url) as client, pytest.raises(StoreUnavailable) as caught:
        client.write(["k v=1"])
    error: BaseException | None = caught.value
    while error is not None:
        assert "secret-7" not in str(error)
        error = error.__cause__
