"""Rules, chains and channels read again while the service runs: all of them are taken over, or none."""

import logging
import threading
from collections.abc import Mapping
from typing import Any

from app.alert_watch import RuleFiles
from app.notify import Office
from domain.errors import ConfigError, Problem, QuanyanError, Unavailable
from domain.ports import Clock, EventLog
from domain.record import EventType, NewEvent

logger = logging.getLogger(__name__)


class Reloading:
    """`reload` on SIGHUP, by the API and by the command line. Safe from many threads."""

    def __init__(self, rule_files: RuleFiles, office: Office, events: EventLog, clock: Clock) -> None:
        """Reload into these parts; what was taken over is logged as an event."""
        self._rule_files, self._office, self._events, self._clock = rule_files, office, events, clock
        self._lock = threading.Lock()

    def reload(self, author: str) -> Mapping[str, Any]:
        """Read everything again, take it over, and return what that changes.

        Raises:
            ConfigError: with every mistake of every file; what runs goes on as it is.
            StoreUnavailable: the database is away; the same.
        """
        with self._lock:
            problems: list[Problem] = []
            rules = read = None
            try:
                rules = self._rule_files.read()
            except ConfigError as error:
                problems += error.problems
            try:
                read = self._office.read()
            except ConfigError as error:
                problems += error.problems
            if rules is None or read is None:
                raise ConfigError(problems)
            said = {**self._office.take(*read), "rules": self._rule_files.take(rules)}
        self._log(said, author)
        return said

    def on_signal(self) -> None:
        """Reload for SIGHUP. Never raises: what is wrong is told in the log, and what runs stays."""
        try:
            self.reload("SIGHUP")
        except QuanyanError as error:
            logger.error("reload_refused", extra={"reason": str(error)})  # noqa: TRY400 - the mistakes are told

    def _log(self, said: Mapping[str, Any], author: str) -> None:
        logger.info("reloaded", extra={"author": author, **said})
        try:
            event = NewEvent(EventType.CONFIG_RELOADED, self._clock.now(), {**said, "author": author})
            self._events.commit([event])
        except Unavailable as away:
            logger.warning("reload_not_logged", extra={"reason": str(away)})
