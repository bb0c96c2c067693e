"""The state of an escalation as plain JSON and back: it is kept with the alerts, in their transaction."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from domain.escalation import Escalation
from domain.severity import Severity

_INSTANTS = ("stepped_at", "due", "suspended", "acknowledged_until")


def dump(state: Escalation) -> dict[str, Any]:
    """Return the state as plain JSON."""
    return {
        "group": state.group,
        "opened": state.opened.isoformat(),
        "severity": state.severity.value,
        "chain": state.chain,
        "unit": state.unit,
        "facts": dict(state.facts),
        "round": state.round,
        "step": state.step,
        "repeat": state.repeat,
        "stepped_at": _written(state.stepped_at),
        "due": _written(state.due),
        "held": state.held,
        "suspended": _written(state.suspended),
        "acknowledged_by": state.acknowledged_by,
        "acknowledged_until": _written(state.acknowledged_until),
        "serial": state.serial,
        "told": [list(pair) for pair in state.told],
    }


def load(document: Mapping[str, Any]) -> Escalation:
    """Return the state that `dump` wrote."""
    instants = {k: _read(document[k]) for k in _INSTANTS}
    return Escalation(
        **{
            **document,
            **instants,
            "opened": datetime.fromisoformat(document["opened"]),
            "severity": Severity(document["severity"]),
            "told": tuple((person, channel) for person, channel in document["told"]),
        }
    )


def _written(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()


def _read(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
