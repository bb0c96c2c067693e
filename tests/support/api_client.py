"""A client of the application in this process."""

import asyncio
from typing import Any

import httpx
from fastapi import FastAPI


class Client:
    """Talks to the application in this process. Every request is complete before it returns."""

    def __init__(self, api: FastAPI, secret: str | None = None, *, reraise: bool = True) -> None:
        """Send `secret` with every request; without `reraise` a bug is an answer of 500."""
        self._transport = httpx.ASGITransport(api, raise_app_exceptions=reraise)
        self._headers = {} if secret is None else {"Authorization": f"Bearer {secret}"}

    def request(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Send one request."""
        return asyncio.run(self._send(method, path, options))

    async def _send(self, method: str, path: str, options: dict[str, Any]) -> httpx.Response:
        base = "http://quanyan.test"
        async with httpx.AsyncClient(transport=self._transport, base_url=base, headers=self._headers) as client:
            return await client.request(method, path, **options)

    def get(self, path: str, **options: Any) -> httpx.Response:
        """GET."""
        return self.request("GET", path, **options)

    def post(self, path: str, **options: Any) -> httpx.Response:
        """POST."""
        return self.request("POST", path, **options)

    def put(self, path: str, **options: Any) -> httpx.Response:
        """PUT."""
        return self.request("PUT", path, **options)

    def delete(self, path: str, **options: Any) -> httpx.Response:
        """DELETE."""
        return self.request("DELETE", path, **options)
