"""Alerts that are over, and dead letters, are let go of when they are too old or too many; counted, never silently."""

import logging
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Final

from prometheus_client.core import CounterMetricFamily, Metric
from prometheus_client.registry import Collector
from typing_extensions import override

from app.alert_settings import AlertSettings
from app.schedule import Schedule
from domain.alert_ports import AlertExpiry, AlertStore
from domain.errors import Unavailable
from domain.notice import NoticeState
from domain.ports import Clock, Outbox
from store.operational.facade import OperationalStore

logger = logging.getLogger(__name__)

EVERY_S: Final = 600
_CHUNKS: Final = 50
"""Transactions of one run, so that it is short: 5,000 alerts at most, the next run goes on."""


class AlertRetention(Collector):
    """What the settings no longer keep goes, a little with every run. Its counts are those of this process."""

    def __init__(
        self,
        settings: AlertSettings,
        stores: tuple[AlertStore, Outbox],
        clocks: tuple[Clock, Callable[[], datetime]],
    ) -> None:
        """`clocks`: city, by which alerts are old, and wall, by which notices are."""
        self._settings, (self._alerts, self._outbox) = settings, stores
        self._clock, self._wall = clocks
        self.alerts = self.changes = self.letters = 0

    def run(self) -> None:
        """Let go of what is due, or of as much of it as one run does. Never raises: what is left is there next time."""
        before = self._counts()
        try:
            self._expire()
        except Unavailable as away:
            logger.warning("alerts_not_expired", extra={"reason": str(away)})
        alerts, changes, letters = (n - b for n, b in zip(self._counts(), before, strict=True))
        if alerts or letters:
            logger.info("alerts_expired", extra={"alerts": alerts, "changes": changes, "dead_letters": letters})

    def _expire(self) -> None:
        keep = self._settings.keep
        policy = AlertExpiry(None if keep is None else self._clock.now() - keep, self._settings.max_changes)
        for _ in range(_CHUNKS):
            gone = self._alerts.expire(policy)
            if not gone.alerts:
                break
            self.alerts += gone.alerts
            self.changes += gone.changes
        if keep is not None:
            self.letters += self._outbox.forget(self._wall() - keep, NoticeState.DEAD)

    def _counts(self) -> tuple[int, int, int]:
        return self.alerts, self.changes, self.letters

    @override
    def collect(self) -> Iterable[Metric]:
        text = "Alerts that were over and are no longer kept."
        yield CounterMetricFamily("quanyan_alerts_expired", text, self.alerts)
        text = "Changes of alerts that went with them."
        yield CounterMetricFamily("quanyan_alert_changes_expired", text, self.changes)
        text = "Dead letters that are no longer kept."
        yield CounterMetricFamily("quanyan_dead_letters_expired", text, self.letters)


def open_alert_retention(
    settings: AlertSettings,
    operational: OperationalStore,
    clocks: tuple[Clock, Callable[[], datetime]],
    schedule: Schedule,
) -> AlertRetention:
    """Make it and have it run on a schedule."""
    retention = AlertRetention(settings, (operational.alerts, operational.outbox), clocks)
    schedule.every(EVERY_S, "alerts-expire", retention.run)
    return retention
