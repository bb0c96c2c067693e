"""Alerts as tests need them: a lamp that is dark."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from domain.alert import Alert, AlertGroup, AlertState, Verdict
from domain.severity import Severity


def dark_lamp(number: int, at: datetime, **changes: Any) -> Alert:
    """An alert that fired at an instant and is open. `changes`: other fields."""
    plain = Alert(
        id=f"a{number}",
        rule="lamp-dark",
        title="熄灯",
        subject=f"device:L{number}",
        name=f"灯{number}",
        group=AlertGroup("road:经十路", "经十路"),
        severity=Severity.MINOR,
        state=AlertState.FIRING,
        verdict=Verdict.BREACH,
        since=at,
        fired_at=at,
        changed_at=at,
    )
    return replace(plain, **changes)
