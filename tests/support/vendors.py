"""Small local servers that behave as each vendor documents: signatures, limits, error bodies, slow, down, dropped."""

import base64
import hashlib
import hmac
import json
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from typing_extensions import override

FALLBACK = """
[fallback]
to = "group"
channels = ["hook"]
"""
"""A duty file that tells everything to the channel `hook`."""
URGENT = (
    """
[severity]
critical = "urgent"
[chains.urgent]
title = "紧急"
ack_expires = "1h"
[[chains.urgent.step]]
to = "group"
channels = ["hook"]
"""
    + FALLBACK
)
"""The same, with a chain for what is critical."""
HOOK = """
[channels.hook]
kind = "webhook"
url = "{url}"
allowed_hosts = ["127.0.0.1"]
private = true
secret_env = "HOOK_SECRET"
"""
"""A channels file with a webhook of a vendor here, to be formatted with its `url`."""


@dataclass(frozen=True)
class Asked:
    """One request as it came in."""

    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Said:
    """An answer. `drop` closes the connection without one, after the request was taken."""

    status: int = 200
    body: Any = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    drop: bool = False
    slow: threading.Event | None = None


Rule = Callable[[Asked], Said]


class Vendor:
    """Serves on a free port of loopback. `script` comes before `rule`, one entry a request."""

    def __init__(self, rule: Rule, certificate: tuple[str, str] | None = None) -> None:
        self.rule, self.script, self.asked = rule, list[Said](), list[Asked]()
        vendor = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length", "0")))
                parts = urlsplit(self.path)
                query = {k: v[0] for k, v in parse_qs(parts.query).items()}
                asked = Asked(parts.path, query, {k.lower(): v for k, v in self.headers.items()}, body)
                vendor.asked.append(asked)
                said = vendor.script.pop(0) if vendor.script else vendor.rule(asked)
                if said.slow is not None:
                    said.slow.wait(30)
                if said.drop:
                    self.close_connection = True
                    self.connection.close()
                    return
                content = said.body if isinstance(said.body, bytes) else json.dumps(said.body).encode()
                self.send_response(said.status)
                for name, value in {"Content-Length": str(len(content)), **said.headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(content)

            @override
            def log_message(self, *_: object) -> None:
                """Nothing to the test's output."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.handle_error = lambda *_: None  # type: ignore[method-assign]
        if certificate is not None:
            context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            context.load_cert_chain(*certificate)
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        scheme = "http" if certificate is None else "https"
        self.url = f"{scheme}://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@contextmanager
def served(rule: Rule, certificate: tuple[str, str] | None = None) -> Iterator[Vendor]:
    vendor = Vendor(rule, certificate)
    vendor.start()
    try:
        yield vendor
    finally:
        vendor.stop()


@dataclass
class RobotGroup:
    """A chat's robot: counts what was posted, with the vendor's limit by the clock of the test."""

    now: Callable[[], datetime]
    secret: str = "SEC-robot"
    count: int = 20
    seconds: float = 60
    posted: list[tuple[datetime, str]] = field(default_factory=list)
    too_fast: int = 0

    def _full(self) -> bool:
        since = self.now() - timedelta(seconds=self.seconds)
        if sum(at > since for at, _ in self.posted) < self.count:
            return False
        self.too_fast += 1
        return True

    def dingtalk(self, asked: Asked) -> Said:
        """errcode 310000 for a wrong signature or time, 130101 over 20 a minute; all with HTTP 200."""
        stamp = asked.query.get("timestamp", "")
        digest = hmac.new(self.secret.encode(), f"{stamp}\n{self.secret}".encode(), hashlib.sha256).digest()
        skew = abs(int(stamp or 0) / 1000 - self.now().timestamp())
        if asked.query.get("sign") != base64.b64encode(digest).decode() or skew > 3600:
            return Said(body={"errcode": 310000, "errmsg": "sign not match"})
        if self._full():
            return Said(body={"errcode": 130101, "errmsg": "send too fast"})
        self.posted.append((self.now(), asked.json["text"]["content"]))
        return Said(body={"errcode": 0, "errmsg": "ok"})

    def wecom(self, asked: Asked) -> Said:
        """errcode 93000 for a wrong key, 45009 over 20 a minute, 40058 for a text of more than 2,048 bytes."""
        if asked.query.get("key") != self.secret:
            return Said(body={"errcode": 93000, "errmsg": "invalid webhook url"})
        text = asked.json["text"]["content"]
        if len(text.encode()) > 2048:
            return Said(body={"errcode": 40058, "errmsg": "content exceed max length"})
        if self._full():
            return Said(body={"errcode": 45009, "errmsg": "api freq out of limit"})
        self.posted.append((self.now(), text))
        return Said(body={"errcode": 0, "errmsg": "ok"})

    def feishu(self, asked: Asked) -> Said:
        """code 19021 for a wrong signature, 9499 with HTTP 400 over the limit."""
        document = asked.json
        key = f"{document['timestamp']}\n{self.secret}".encode()
        if document["sign"] != base64.b64encode(hmac.new(key, b"", hashlib.sha256).digest()).decode():
            return Said(body={"code": 19021, "msg": "sign match fail or timestamp is not within one hour"})
        if self._full():
            return Said(400, {"code": 9499, "msg": "too many request"})
        self.posted.append((self.now(), document["content"]["text"]))
        return Said(body={"code": 0, "msg": "success", "data": {}})
