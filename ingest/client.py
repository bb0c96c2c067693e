"""The MQTT source: keeps one connection to the broker standing, whatever happens to it."""

import logging
import ssl
import threading
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from domain.errors import ConfigError, Problem
from domain.outage import Outage
from domain.ports import Clock
from ingest.accounting import Ledger
from ingest.backoff import Backoff
from ingest.connection import Connection, MqttOptions, Seat
from ingest.inbox import Inbox
from ingest.session_mark import SessionMark

logger = logging.getLogger(__name__)

_LOOK: Final = 0.5
"""Seconds between two looks at whether the network thread lives."""
_LONGEST: Final = 5.0
"""Seconds between two attempts: what devices tell a broker that has lost our session goes nowhere until we are back."""
_STABLE: Final = 10.0
"""A connection that stood this long was a good one: the next attempt comes soon."""


@dataclass(frozen=True, slots=True)
class SourceStatus:
    """How the link to the broker is. `since` (UTC, city clock) is when `connected` last changed."""

    connected: bool
    since: datetime
    reconnects: int
    """Connections after the first one that stood."""
    lost_sessions: int
    """Those, and the first if we had one before, to which the broker knew no session: what it had for us is gone."""
    dead: int
    """Network threads that were found dead and replaced."""
    error: str | None
    """Why the last attempt failed or the last connection ended; None while connected."""


class MqttSource:
    """Thread `mqtt-supervisor`: one connection after the other, with back-off and jitter in between."""

    def __init__(
        self, options: MqttOptions, inbox: Inbox, ledger: Ledger, clock: Clock, session: Path | None = None
    ) -> None:
        """Nothing is connected before `start`. `session`: a file that remembers that there was a session.

        Raises:
            ConfigError: a TLS file cannot be used.
        """
        self._options, self._inbox, self._clock = options, inbox, clock
        self._session = SessionMark(f"{options.client_id}@{options.host}:{options.port}", session)
        self._tls = tls_context(options) if options.tls else None
        self._woken, self._stop, self._draining = threading.Event(), threading.Event(), threading.Event()
        self._seat = Seat(inbox, ledger, clock, self._woken.set)
        self._connection: Connection | None = None
        self._outage = Outage()
        self._epoch = self._stood = self._lost = self._dead = 0
        self._state = SourceStatus(
            connected=False, since=clock.now(), reconnects=0, lost_sessions=0, dead=0, error=None
        )
        self._thread = threading.Thread(target=self._run, name="mqtt-supervisor", daemon=True)

    def start(self) -> None:
        """Start the thread; it goes on trying until the broker answers."""
        self._thread.start()

    def stop(self, timeout: float) -> None:
        """Take nothing more, wait until what was taken is journaled and acknowledged, then disconnect.

        Stop the source before the journal's writer. What could not be acknowledged in time stays with the broker.
        """
        self._draining.set()
        if self._connection is not None:
            self._connection.quiesce()
            self._inbox.drained(timeout)
        self._stop.set()
        self._woken.set()
        self._thread.join(timeout)

    def alive(self) -> bool:
        """Return whether the supervisor runs."""
        return self._thread.is_alive()

    def status(self) -> SourceStatus:
        """Return how the link is now."""
        return self._state

    # -- the supervisor -----------------------------------------------------------------------------------------

    def _run(self) -> None:
        backoff = Backoff(longest=_LONGEST)
        while not self._draining.is_set():
            self._epoch += 1
            connection = Connection(self._options, self._tls, self._epoch, self._seat)
            self._connection = connection
            if self._draining.is_set():  # `stop` may have come before it could see this connection
                connection.quiesce()
            opened = time.monotonic()
            try:
                self._serve(connection)
            finally:
                connection.close()
            self._report_end(connection)
            while connection.overflowed and not self._stop.is_set() and not self._inbox.drained(_LOOK):
                pass  # the broker would only repeat what there is no room for
            if time.monotonic() - opened > _STABLE:
                backoff.reset()
            if not self._draining.is_set():
                self._stop.wait(backoff.next())

    def _serve(self, connection: Connection) -> None:
        """Connect and stay until the connection ends, its thread dies, or we stop."""
        try:
            connection.open()
        except (OSError, ValueError) as error:
            connection.error = f"cannot connect: {error}"
            return
        deadline = time.monotonic() + self._options.connect_timeout
        while not self._stop.is_set() and not connection.ended:
            if not connection.alive():
                self._found_dead(connection)
                return
            if connection.subscribed:
                self._report_standing(connection)
            elif time.monotonic() > deadline:
                connection.error = "the broker did not grant the subscription in time"
                return
            self._woken.wait(_LOOK)
            self._woken.clear()

    def _found_dead(self, connection: Connection) -> None:
        if connection.ended:  # it ended in good order between two looks
            return
        self._dead += 1
        connection.error = "the network thread died"
        logger.error("mqtt_network_thread_dead", extra={"epoch": connection.epoch})

    def _report_standing(self, connection: Connection) -> None:
        if self._state.connected:
            return
        seen = self._session.seen
        if seen is not None and not connection.session_present:
            self._lost += 1
            logger.warning("mqtt_session_lost", extra={"epoch": connection.epoch, "since": seen.isoformat()})
        self._session.note(self._clock.now())
        self._stood += 1
        self._outage.back(time.monotonic())
        self._tell(connected=True, error=None)
        logger.info("mqtt_connected", extra={"epoch": connection.epoch, "session_present": connection.session_present})

    def _report_end(self, connection: Connection) -> None:
        error = connection.error or "disconnected"
        if self._state.connected:
            self._session.note(self._clock.now())
        if not self._stop.is_set() and self._outage.away(time.monotonic()):
            logger.warning("mqtt_disconnected", extra={"epoch": connection.epoch, "reason": error})
        self._tell(connected=False, error=error)

    def _tell(self, *, connected: bool, error: str | None) -> None:
        since = self._clock.now() if connected != self._state.connected else self._state.since
        self._state = SourceStatus(connected, since, max(0, self._stood - 1), self._lost, self._dead, error)


def tls_context(options: MqttOptions) -> ssl.SSLContext:
    """Return a context that verifies the broker, with our certificate if there is one.

    Raises:
        ConfigError: a file is missing or is no certificate or key.
    """
    try:
        context = ssl.create_default_context(cafile=options.ca_file)
        if options.cert_file is not None:
            context.load_cert_chain(options.cert_file, options.key_file)
    except OSError as error:
        files = ", ".join(file for file in (options.ca_file, options.cert_file, options.key_file) if file)
        raise ConfigError([Problem(files, 0, "mqtt.tls", str(error))]) from error
    return context
