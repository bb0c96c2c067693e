"""The application on a real uvicorn, and a reader of server-sent events."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import uvicorn
from fastapi import FastAPI

from api.server import close_streams
from tests.support.processes import free_port, wait_until


@contextmanager
def serving(api: FastAPI) -> Iterator[str]:
    """Serve the application on a free port of the loopback; yield its base URL."""
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(api, port=port, log_config=None, timeout_graceful_shutdown=20))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    wait_until(lambda: server.started, "uvicorn serves")
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        close_streams(api)
        server.should_exit = True
        thread.join(30)
        assert not thread.is_alive(), "open streams block stopping"


@dataclass(frozen=True)
class Told:
    """One server-sent event, or a heartbeat (`event` empty)."""

    event: str
    id: int | None
    data: dict[str, Any]
    comment: str


def told(response: httpx.Response) -> Iterator[Told]:
    """Read a stream block by block."""
    fields: dict[str, str] = {}
    for line in response.iter_lines():
        if line:
            name, _, value = line.partition(":")
            fields[name or "comment"] = value.strip()
        elif fields:
            data = json.loads(fields.get("data", "{}"))
            ident = int(fields["id"]) if "id" in fields else None
            yield Told(fields.get("event", ""), ident, data, fields.get("comment", ""))
            fields = {}


@contextmanager
def following(base: str, secret: str, after: int | None = None, **query: str) -> Iterator[Iterator[Told]]:
    """Open the event stream, wait until it is connected, and yield what it tells."""
    headers = {"Authorization": f"Bearer {secret}"}
    if after is not None:
        headers["Last-Event-ID"] = str(after)
    with (
        httpx.Client(base_url=base, headers=headers, timeout=20) as client,
        client.stream("GET", "/api/v1/events", params=query) as response,
    ):
        assert response.status_code == httpx.codes.OK
        stream = told(response)
        assert next(stream).comment == "open"
        if after is None and "last_event_id" not in query:
            assert next(stream).comment == "begins"
        yield stream
