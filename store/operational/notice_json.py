"""A notice as plain JSON and back."""

from collections.abc import Mapping
from typing import Any

from domain.notice import Notice, NoticeKind
from domain.severity import Severity


def to_json(notice: Notice) -> dict[str, Any]:
    """Return what of the notice has no column of its own."""
    return {
        "kind": notice.kind.value,
        "severity": notice.severity.value,
        "unit": notice.unit,
        "step": notice.step,
        "then": list(notice.then),
        "facts": dict(notice.facts),
    }


def from_json(row: Mapping[str, Any]) -> Notice:
    """Return the notice of a row of the outbox."""
    document = row["document"]
    return Notice(
        key=row["key"],
        kind=NoticeKind(document["kind"]),
        severity=Severity(document["severity"]),
        group=row["alert_group"],
        at=row["at"],
        channel=row["channel"],
        person=row["person"],
        unit=document["unit"],
        step=document["step"],
        digest=row["digest"],
        then=tuple(document["then"]),
        facts=document["facts"],
    )
