"""Alerts, mutes and courses as plain JSON and back, for snapshots and for the operational database."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any, Final

from domain.alert import Alert, AlertGroup, AlertState, Verdict
from domain.severity import Severity
from rules.alerts.course import Course, Finding, Spell

_INSTANTS: Final = frozenset(
    {"since", "fired_at", "changed_at", "acknowledged_at", "acknowledged_until", "shelved_until", "recovered_at"}
)


def instant(at: datetime | None) -> str | None:
    """Write an instant."""
    return None if at is None else at.isoformat()


def read_instant(text: str | None) -> datetime | None:
    """Read what `instant` wrote."""
    return None if text is None else datetime.fromisoformat(text)


def alert_to_json(alert: Alert) -> dict[str, Any]:
    """Return an alert as plain JSON."""
    said: dict[str, Any] = {f.name: getattr(alert, f.name) for f in fields(alert)}
    said |= {name: instant(said[name]) for name in _INSTANTS}
    said["group"] = [alert.group.key, alert.group.name]
    said["within"] = list(alert.within)
    said |= {name: said[name].value for name in ("severity", "state", "verdict")}
    return said


def alert_from_json(said: Mapping[str, Any]) -> Alert:
    """Return the alert that `alert_to_json` wrote."""
    changed: dict[str, Any] = {name: read_instant(said[name]) for name in _INSTANTS}
    changed["group"] = AlertGroup(*said["group"])
    changed["within"] = tuple(said["within"])
    changed["severity"] = Severity(said["severity"])
    changed["state"] = AlertState(said["state"])
    changed["verdict"] = Verdict(said["verdict"])
    return Alert(**{**said, **changed})


def course_to_json(course: Course) -> list[Any]:
    """Return a course as a compact row."""
    return [
        [
            [int(s.on), instant(s.since), s.held.total_seconds(), s.reports, s.cleared.total_seconds()]
            for s in course.spells
        ],
        course.verdict.value,
        course.level,
        *(instant(i) for i in (course.mark, course.report, course.opened, course.since, course.unknown_since)),
        [course.acknowledged_by, instant(course.acknowledged_at), instant(course.acknowledged_until)],
        [course.shelved_by, instant(course.shelved_until)],
        [instant(r) for r in course.raises],
        int(course.flapping),
    ]


def course_from_json(row: Any) -> Course:
    """Return the course of a row."""
    spells, verdict, level, mark, report, opened, since, unknown, acknowledged, shelved, raises, flapping = row
    return Course(
        spells=tuple(_spell(s) for s in spells),
        verdict=Verdict(verdict),
        level=level,
        mark=datetime.fromisoformat(mark),
        report=read_instant(report),
        opened=read_instant(opened),
        since=read_instant(since),
        unknown_since=read_instant(unknown),
        acknowledged_by=acknowledged[0],
        acknowledged_at=read_instant(acknowledged[1]),
        acknowledged_until=read_instant(acknowledged[2]),
        shelved_by=shelved[0],
        shelved_until=read_instant(shelved[1]),
        raises=tuple(datetime.fromisoformat(r) for r in raises),
        flapping=bool(flapping),
    )


def _spell(row: Any) -> Spell:
    on, since, held, reports, cleared = row
    return Spell(bool(on), read_instant(since), seconds(held), reports, seconds(cleared))


def seconds(number: float) -> timedelta:
    """Return a span of so many seconds, exact to the microsecond."""
    return timedelta(microseconds=round(number * 1_000_000))


def finding_to_json(found: Finding | None) -> list[Any] | None:
    """Return a finding as a compact row."""
    if found is None:
        return None
    return [
        found.verdict.value,
        instant(found.at),
        found.level,
        instant(found.report),
        found.value,
        found.limit,
        found.why,
        int(found.fires_now),
    ]


def finding_from_json(row: Any) -> Finding | None:
    """Return the finding of a row."""
    if row is None:
        return None
    verdict, at, level, report, value, limit, why, now = row
    return Finding(
        Verdict(verdict),
        datetime.fromisoformat(at),
        level,
        read_instant(report),
        value,
        limit,
        why,
        fires_now=bool(now),
    )
