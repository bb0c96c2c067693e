"""What the event log says of alerts, as plain JSON."""

from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

from app.events import instant
from domain.alert import Alert, AlertChange
from domain.record import EventType, NewEvent

FLOOD: Final = 200
"""More changes than this in one tick are told in numbers: the log is bounded, and nobody reads them one by one."""


def alert_events(changes: Sequence[AlertChange]) -> list[NewEvent]:
    """Return the events of one tick's changes."""
    if len(changes) <= FLOOD:
        return [NewEvent(EventType(f"alert.{c.kind.value}"), c.at, _data(c)) for c in changes]
    counts = Counter((c.kind.value, c.alert.rule) for c in changes)
    data = {"changes": [{"kind": k, "rule": r, "count": n} for (k, r), n in sorted(counts.items())]}
    return [NewEvent(EventType.ALERT_FLOOD, changes[-1].at, data)]


def subject_of(event: NewEvent) -> str:
    """Return what an event of alerts is about: a rule at a subject, or a flood."""
    return event.type.value if event.type is EventType.ALERT_FLOOD else f"{event.data['rule']} {event.data['subject']}"


def _data(change: AlertChange) -> dict[str, Any]:
    return {**alert_data(change.alert), "by": change.by, "why": change.why}


def alert_data(alert: Alert) -> dict[str, Any]:
    """Return an alert in short."""
    return {
        "alert": alert.id,
        "rule": alert.rule,
        "title": alert.title,
        "subject": alert.subject,
        "name": alert.name,
        "group": alert.group.key,
        "severity": alert.severity.value,
        "state": alert.state.value,
        "since": instant(alert.since),
        "fired_at": instant(alert.fired_at),
        "text": alert.text,
        "value": alert.value,
        "limit": alert.limit,
        "quiet": alert.muted,
        "version": alert.version,
    }
