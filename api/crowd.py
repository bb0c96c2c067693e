"""How many may be connected and follow events at once; whoever comes beyond that is told so at once, and counted.

A connection beyond the limit gets a 503 whatever it asks, but for the probes: a service that is crowded is not a dead
one. Everything here happens on the event loop; any thread may read the counts.
"""

from collections import Counter
from dataclasses import dataclass, field
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
    most_streams_of_one: int = 200
    """Event streams of one key, so that it cannot take them all; who needs no key counts as one, too."""
    silent_s: float = 10
    """A connection that has asked for nothing by then is closed."""
    connections: int = 0
    """Open now."""
    streams: Counter[str] = field(default_factory=Counter)
    """Event streams open now, by the name of their key."""
    refused: int = 0
    """Requests that were answered with a 503 for want of room."""
    closed: int = 0
    """Connections that were closed unanswered."""
    streams_refused: int = 0

    def enter_stream(self, caller: str) -> None:
        """Count one more event stream of a key. Raises `Refused`: 503 when no more fit, 429 when it has its share."""
        full = self.streams.total() >= self.most_streams
        if not full and self.streams[caller] < self.most_streams_of_one:
            self.streams[caller] += 1
            return
        self.streams_refused += 1
        detail = (
            f"{self.most_streams} event streams are open, and that is as many as fit. Come back later."
            if full
            else f"{self.most_streams_of_one} event streams of this key are open, and that is its share."
        )
        raise Refused(503 if full else 429, detail, headers={"Retry-After": str(RETRY_AFTER_S)})

    def leave_stream(self, caller: str) -> None:
        """Count one less."""
        self.streams[caller] -= 1
        if not self.streams[caller]:
            del self.streams[caller]

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
