"""Headers that every answer carries, whatever made it."""

from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_ALWAYS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
}


class SecurityHeaders:
    """ASGI middleware: nothing is sniffed, framed or loaded; what does not say otherwise is not stored."""

    def __init__(self, app: ASGIApp, *, simulated: bool) -> None:
        """With `simulated`, every answer says that its times are those of a simulated clock."""
        self._app = app
        self._simulated = simulated

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on and add the headers to the start of the answer."""

        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _ALWAYS.items():
                    headers.setdefault(name, value)  # the page says which of its own files it loads
                headers.setdefault("Cache-Control", "no-store")
                if self._simulated:
                    headers["Quanyan-Clock"] = "simulated"
            await send(message)

        await self._app(scope, receive, dressed)
