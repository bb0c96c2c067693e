"""What the alerts' life makes of case files: another alert joins, all recover, one comes back. Closes nothing."""

from dataclasses import replace
from datetime import datetime
from typing import Final

from domain.errors import Conflict
from domain.incident import Incident

MOST: Final = 20
"""So many alerts join a case file (our choice); what comes on top in a flood is seen at the alerts' group."""


def joined(case: Incident, alert: str = "", ticket: str = "") -> Incident:
    """Return a case file that an alert or a ticket joins.

    Raises:
        Conflict: it belongs to the case file already, or nothing is given.
    """
    if not alert and not ticket:
        raise Conflict("name an alert or a ticket")
    if (alert and alert in case.all_alerts) or (ticket and ticket in case.all_tickets):
        raise Conflict(f"{alert or ticket} belongs to {case.id} already")
    alerts = (*case.alerts, alert) if alert else case.alerts
    tickets = (*case.tickets, ticket) if ticket else case.tickets
    rejected = tuple(offer for offer in case.rejected if offer not in {alert, ticket})
    return replace(case, alerts=alerts, tickets=tickets, rejected=rejected, version=case.version + 1)


def recovered(case: Incident, at: datetime | None) -> Incident:
    """Return a case file whose alerts have all recovered at an instant, or (None) of which one came back."""
    return replace(case, recovered_at=at, version=case.version + 1)
