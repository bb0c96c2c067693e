"""A real InfluxDB 2 for the tests of one worker."""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.processes import Program, ServerProcess, free_port


@dataclass(frozen=True)
class InfluxServer:
    """A server that was set up with an organisation and an all-access token. `process` is None when it is not ours."""

    url: str
    token: str
    org: str
    process: ServerProcess | None

    @classmethod
    def create(cls, program: Program, home: Path) -> "InfluxServer":
        """Describe a server of our own, not yet started."""
        port = free_port()
        argv = [
            *("influxd", "--http-bind-address", f"127.0.0.1:{port}", "--reporting-disabled", "--log-level", "error"),
            *("--engine-path", str(home / "engine"), "--bolt-path", str(home / "influxd.bolt")),
            *("--sqlite-path", str(home / "influxd.sqlite"), "--query-concurrency", "8", "--query-queue-size", "64"),
        ]
        url = f"http://127.0.0.1:{port}"
        process = ServerProcess(program, argv, home, lambda: _healthy(url))
        return cls(url, secrets.token_urlsafe(32), "quanyan", process)

    def start(self) -> None:
        """Start (when it does not run) and wait until it is healthy; the first time, set it up."""
        if self.process is None:
            return
        self.process.start()
        if httpx.get(f"{self.url}/api/v2/setup", timeout=10).json()["allowed"]:
            person = {"username": "test", "password": secrets.token_urlsafe(16)}
            place = {"org": self.org, "bucket": "unused", "token": self.token}
            httpx.post(f"{self.url}/api/v2/setup", json=person | place, timeout=30).raise_for_status()

    def kill(self) -> None:
        """SIGKILL. A server of INFLUXDB_URL is not ours to kill."""
        if self.process is None:
            pytest.skip("the server of INFLUXDB_URL is not ours to kill")
        self.process.kill()

    def make_bucket(self, name: str) -> None:
        """Make a bucket without retention."""
        self._call("POST", "buckets", json={"name": name, "orgID": self._org_id(), "retentionRules": []})

    def keep(self, bucket: str, retention: timedelta) -> None:
        """Set how long a bucket keeps its data."""
        rules = [{"type": "expire", "everySeconds": round(retention.total_seconds())}]
        for found in self._call("GET", "buckets", params={"name": bucket})["buckets"]:
            self._call("PATCH", f"buckets/{found['id']}", json={"retentionRules": rules})

    def make_token(self, bucket: str, *actions: str) -> str:
        """Return a new token that may only do `actions` (`read`, `write`) in one bucket."""
        [found] = self._call("GET", "buckets", params={"name": bucket})["buckets"]
        resource = {"type": "buckets", "id": found["id"], "orgID": found["orgID"]}
        permissions = [{"action": action, "resource": resource} for action in actions]
        made = self._call("POST", "authorizations", json={"orgID": found["orgID"], "permissions": permissions})
        return str(made["token"])

    def drop_bucket(self, name: str) -> None:
        """Remove a bucket, if it is still there."""
        for bucket in self._call("GET", "buckets", params={"name": name}).get("buckets", []):
            self._call("DELETE", f"buckets/{bucket['id']}")

    def flux(self, query: str) -> str:
        """Return the annotated CSV that answers a Flux query."""
        return self._request("POST", "query", params={"org": self.org}, json={"query": query}).text

    def _org_id(self) -> str:
        return str(self._call("GET", "orgs", params={"org": self.org})["orgs"][0]["id"])

    def _call(self, method: str, path: str, **arguments: Any) -> Any:
        response = self._request(method, path, **arguments)
        return response.json() if response.content else {}

    def _request(self, method: str, path: str, **arguments: Any) -> httpx.Response:
        headers = {"Authorization": f"Token {self.token}"}
        response = httpx.request(method, f"{self.url}/api/v2/{path}", headers=headers, timeout=30, **arguments)
        if response.status_code == httpx.codes.NOT_FOUND:
            return httpx.Response(200, content=b"")
        return response.raise_for_status()


def _healthy(url: str) -> bool:
    try:
        return httpx.get(f"{url}/health", timeout=2).is_success
    except httpx.HTTPError:
        return False
