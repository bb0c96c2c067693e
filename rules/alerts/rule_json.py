"""A rule as plain JSON, for people and pages to read: what it is about, when, and how it is told."""

from dataclasses import fields, is_dataclass
from datetime import time, timedelta
from enum import Enum
from typing import Any

from rules.alerts.rule import AlertRule


def rule_to_json(rule: AlertRule) -> dict[str, Any]:
    """Return a rule; spans are in seconds."""
    return {
        "name": rule.name,
        "title": rule.title,
        "kind": rule.kind,
        "condition": {"type": type(rule.condition).__name__, **_plain(rule.condition)},
        "ladder": [_plain(rung) for rung in rule.timing.rungs],
        "clear_hold": rule.timing.clear_hold.total_seconds(),
        "flap": None if rule.timing.flap is None else _plain(rule.timing.flap),
        "group": rule.group,
        "inhibits": sorted(rule.inhibits),
        "where": {name: sorted(values) for name, values in rule.where.items()},
        "lamp_time": None if rule.lamp_time is None else _plain(rule.lamp_time),
        "hours": None if rule.hours is None else _plain(rule.hours),
        "or_report_at": _plain(rule.or_report_at),
        "fresh": _plain(rule.fresh),
        "incident": None if rule.opens is None else _plain(rule.opens),
        "text": rule.text,
        "runbook": rule.runbook,
        "responsible_unit": rule.responsible_unit,
        "file": rule.file,
    }


def _plain(value: Any) -> Any:  # noqa: PLR0911 - one for each type
    """Return a value of the rules as plain JSON."""
    match value:
        case Enum():
            return value.value
        case timedelta():
            return value.total_seconds()
        case time():
            return value.isoformat("minutes")
        case frozenset():
            return sorted(_plain(v) for v in value)
        case dict():
            return {k: _plain(v) for k, v in value.items()}
        case tuple() | list():
            return [_plain(v) for v in value]
        case _ if is_dataclass(value) and not isinstance(value, type):
            return {f.name: _plain(getattr(value, f.name)) for f in fields(value)}
        case _:
            return value
