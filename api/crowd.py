"""How many may be connected and follow events at once; whoever comes beyond that is told so at once, and counted.

A connection beyond the limit gets a 503 whatever it asks, but for the probes: a service that is crowded is not a dead
one. Everything here happens on the event loop; any thread may read the counts.
"""

from dataclasses import dataclass
from typing import Final

from starlette.types import ASGIApp, Receive, Scope, Send

from api.headers import SecurityHeaders
from api.problems import RETRY_AFTER_S, Refused, problem

PROBES: Final = frozenset({"/livez", "/readyz", "/metrics"})
_FULL: Final = "Too many connections are open. Repeat the request later."


@dataclass
class Crowd:
    """The limits of one process (our choice: together below the 1,024 open files that a process has by default)."""

    most_connections: int = 700
    spare: int = 50
    """Connections beyond the limit that are answered; more are closed unanswered."""
    most_streams: int = 400
    silent_s: float = 10
    """A connection that has asked for nothing by then is closed."""
    connections: int = 0
    """Open now."""
    streams: int = 0
    """Event streams open now."""
    refused: int = 0
    """Requests that were answered with a 503 for want of room."""
    closed: int = 0
    """Connections that were closed unanswered."""
    streams_refused: int = 0

    def enter_stream(self) -> None:
        """Count one more event stream. Raises `Refused` (503) when there are as many as fit."""
        if self.streams >= self.most_streams:
            self.streams_refused += 1
            detail = f"{self.most_streams} event streams are open, and that is as many as fit. Come back later."
            raise Refused(503, detail, headers={"Retry-After": str(RETRY_AFTER_S)})
        self.streams += 1

    def leave_stream(self) -> None:
        """Count one less."""
        self.streams -= 1

    def probes_only(self, app: ASGIApp, *, simulated: bool) -> ASGIApp:
        """Return what answers on a connection beyond the limit."""

        async def answer(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["path"] in PROBES:
                await app(scope, receive, send)
                return
            self.refused += 1
            headers = {"Retry-After": str(RETRY_AFTER_S), "Connection": "close"}
            await problem(503, _FULL, headers=headers)(scope, receive, send)

        return SecurityHeaders(answer, simulated=simulated)
