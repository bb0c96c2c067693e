"""Alerting of a service: its rules, its board and its files, made from the settings."""

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from app.alert_rules import SHIPPED, load_book
from app.alerting import Alerting, AlertParts
from app.notify import Office
from app.telling import Telling
from domain.alert_ports import TickRecord
from domain.measure import Target
from store.operational.facade import OperationalStore


def open_alerting(
    folder: Path | None,
    operational: OperationalStore,
    wall: Callable[[], datetime],
    targets: Sequence[Target],
    office: Office,
) -> tuple[Alerting, Path]:
    """Read the rules of a folder (None = those that ship), make what runs them, and say where they are.

    `office` says whom to tell.

    Raises:
        ConfigError: a rule file is wrong.
    """
    place = folder or SHIPPED
    telling = Telling(operational.alerts, lambda: (office.roster.plan, office.plan))
    parts = AlertParts(operational.alerts, operational.mutes, telling, load_book(place), wall)
    return Alerting(parts, targets), place


def committer(operational: OperationalStore, wake: Callable[[], None]) -> Callable[[TickRecord], None]:
    """Return what commits a tick and lets the channels know when there is something to tell."""

    def commit(record: TickRecord) -> None:
        operational.alerts.commit(record)
        if record.notices:
            wake()

    return commit
