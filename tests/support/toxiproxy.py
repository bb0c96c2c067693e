"""A network that fails: Toxiproxy between the service and its servers."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from tests.support.processes import Program, ServerProcess, accepts_tcp, free_port


@dataclass(frozen=True)
class Link:
    """One address through which a server is reached."""

    name: str
    port: int
    control: str

    def cut(self) -> None:
        """Close every connection and take no new one."""
        self._call("POST", "", {"enabled": False})

    def half_open(self, stream: str) -> None:
        """Let nothing through in one direction (`upstream`: to the server) while connections stay open."""
        self._call("POST", "/toxics", {"type": "timeout", "stream": stream, "attributes": {"timeout": 0}})

    def reset(self) -> None:
        """Reset every connection as soon as it says something."""
        self._call("POST", "/toxics", {"type": "reset_peer", "attributes": {"timeout": 0}})

    def slow(self, latency_ms: int, kb_s: int) -> None:
        """Add latency with jitter, and narrow the way to the server and back."""
        delay = {"latency": latency_ms, "jitter": latency_ms // 2}
        for stream in ("upstream", "downstream"):
            self._call("POST", "/toxics", {"type": "latency", "stream": stream, "attributes": delay})
            self._call("POST", "/toxics", {"type": "bandwidth", "stream": stream, "attributes": {"rate": kb_s}})

    def mend(self) -> None:
        """Take every trouble away by a link made anew: a toxic that is taken off a stuck connection waits for ever."""
        link = self._call("GET", "")
        self._call("DELETE", "")
        made = {"name": self.name, "listen": link["listen"], "upstream": link["upstream"], "enabled": True}
        httpx.post(f"{self.control}/proxies", json=made, timeout=30).raise_for_status()

    def _call(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        answer = httpx.request(method, f"{self.control}/proxies/{self.name}{path}", json=body, timeout=30)
        if answer.status_code == httpx.codes.CONFLICT:  # the same trouble already
            return None
        answer.raise_for_status()
        return answer.json() if answer.content else None


@dataclass(frozen=True)
class Toxiproxy:
    """The proxy's process. Its links live as long as it."""

    control: str
    process: ServerProcess

    @classmethod
    def create(cls, program: Program, home: Path) -> "Toxiproxy":
        """Describe a proxy, not yet started."""
        home.mkdir()
        port = free_port()
        argv = ("toxiproxy-server", "-host", "127.0.0.1", "-port", str(port))
        process = ServerProcess(program, argv, home, lambda: accepts_tcp("127.0.0.1", port))
        return cls(f"http://127.0.0.1:{port}", process)

    def link(self, name: str, port: int) -> Link:
        """Open a way to a server on loopback."""
        ours = free_port()
        body = {"name": name, "listen": f"127.0.0.1:{ours}", "upstream": f"127.0.0.1:{port}", "enabled": True}
        httpx.post(f"{self.control}/proxies", json=body, timeout=30).raise_for_status()
        return Link(name, ours, self.control)
