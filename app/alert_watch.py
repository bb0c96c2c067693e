"""The rule files of a running service: looked at on a schedule, taken over whole or not at all."""

import logging
import threading
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from app.alert_rules import Fingerprint, fingerprint, load_book
from app.alerting import Alerting, difference
from domain.errors import ConfigError
from rules.alerts.book import RuleBook
from rules.alerts.rule_json import rule_to_json

logger = logging.getLogger(__name__)


class RuleFiles:
    """Implements `domain.alert_ports.AlertRules`. Safe from many threads."""

    def __init__(self, folder: Path, alerting: Alerting, city: AbstractContextManager[object]) -> None:
        """Watch `folder`, whose rules `alerting` started with; `city` is the lock under which it runs."""
        self._folder, self._alerting, self._city = folder, alerting, city
        self._lock = threading.Lock()
        self._seen = fingerprint(folder)
        self.failure: str | None = None
        """Why the files that are there now were refused; None when they are in use."""

    def rules(self) -> Sequence[Mapping[str, Any]]:
        """Return the running rules as plain JSON, by name."""
        return [rule_to_json(rule) for rule in self._alerting.book.rules.values()]

    def read(self) -> tuple[RuleBook, Fingerprint]:
        """Read the files that are there now; nothing is taken over. Raises `ConfigError`."""
        seen = fingerprint(self._folder)  # before they are read: a change in between is seen by the next look
        return load_book(self._folder), seen

    def take(self, read: tuple[RuleBook, Fingerprint]) -> Mapping[str, Any]:
        """Use other rules from the next tick on, and return what that changes."""
        book, self._seen = read
        self.failure = None
        said = difference(self._alerting.book, book)
        self._alerting.set_rules(book)
        return said

    def reload(self) -> Mapping[str, Any]:
        """Read the files again and return what it changes with the next tick. Raises `ConfigError`: nothing then."""
        with self._lock:
            self._seen = fingerprint(self._folder)
            try:
                read = self.read()
            except ConfigError as error:
                self.failure = str(error)
                raise
            return self.take(read)

    def look(self) -> None:
        """Take over files that have changed. Called on a schedule; never raises."""
        if fingerprint(self._folder) == self._seen:
            return
        try:
            self.reload()
        except ConfigError as error:
            logger.error("alert_rules_refused", extra={"reason": str(error)})  # noqa: TRY400 - the mistakes are told

    def withheld(self, alert_id: str) -> Sequence[str]:
        """Return the subjects whose own alerts an open alert explains, as `rule subject`."""
        with self._city:
            return self._alerting.withheld(alert_id)
