"""The open alerts: records made of the life cycle's steps, and what keeps some of them quiet.

An alert below an open one that explains it is not raised at all: it is *withheld*, and raised when the one above is
over and its own condition still holds. So a circuit that fails writes one alert and not ninety.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from hashlib import blake2b
from typing import Final, NamedTuple

from domain.alert import Alert, AlertChange, AlertGroup, AlertState, ChangeKind, Mute
from rules.alerts.course import NOWHERE, Finding, Step
from rules.alerts.places import Place
from rules.alerts.rule import AlertRule
from rules.alerts.wording import text_of

Key = tuple[str, str]
"""(rule, subject)."""
_ENDING: Final = frozenset({ChangeKind.RECOVERED, ChangeKind.CORRECTED})


class Told(NamedTuple):
    """A step of the life cycle with what is needed to make a record of it. `group` is set when it raises."""

    rule: AlertRule
    place: Place
    step: Step
    finding: Finding | None
    group: AlertGroup | None = None

    @property
    def key(self) -> Key:
        """(rule, subject)."""
        return self.rule.name, self.place.subject


def alert_id(rule: str, subject: str, since: datetime) -> str:
    """Return the id of an alert: it follows from what it is about, so that a replay finds the same."""
    return blake2b(f"{rule}\n{subject}\n{since.isoformat()}".encode(), digest_size=10).hexdigest()


class Ledger:
    """The open alerts by (rule, subject), what explains them, and what silences them."""

    def __init__(self) -> None:
        """Start without alerts."""
        self.open: dict[Key, Alert] = {}
        self.withheld: dict[Key, Told] = {}
        self._mutes: tuple[Mute, ...] = ()
        self._in_force: tuple[Mute, ...] = ()
        self._sources: dict[str, dict[str, frozenset[str]]] = {}
        self._below: dict[str, set[Key]] = {}
        self._within: dict[Key, tuple[str, ...]] = {}
        self.changes: list[AlertChange] = []

    def take(self) -> list[AlertChange]:
        """Return the changes since the last call, and forget them."""
        taken, self.changes = self.changes, []
        return taken

    def record(self, told: Told, at: datetime) -> None:
        """Make the record of a step at the tick `at`."""
        key, kind = told.key, told.step.kind
        if kind is ChangeKind.RAISED:
            self._raise(told, at)
        elif key in self.withheld:
            self._while_withheld(told)
        elif key in self.open:
            alert = _moved(self.open[key], told, at)
            self._keep(told.key, alert, AlertChange(kind, alert, at, told.step.by, told.step.why, _detail(told)))
            if kind is ChangeKind.RECOVERED:
                self._close(key, alert, at)

    def correct(self, told: Told, raised: Told, at: datetime) -> None:
        """Record what was raised and over again before anybody could be told: late data, for the record only."""
        alert = _moved(_new(raised, at), told, at)
        self.changes.append(AlertChange(ChangeKind.CORRECTED, alert, at, detail=_detail(raised)))

    # -- inhibition -----------------------------------------------------------------------------------------------

    def _raise(self, told: Told, at: datetime) -> None:
        self._enter(told)
        explained = self._explained_by(told.key)
        if explained:
            self.withheld[told.key] = told
            return
        self._open(told, at)

    def _open(self, told: Told, at: datetime) -> None:
        alert = _new(told, at)
        muted = next((m for m in self._in_force if matches(m, alert)), None)
        if muted is not None:
            alert = replace(alert, silenced_by=muted.id)
        self._keep(told.key, alert, AlertChange(ChangeKind.RAISED, alert, at, detail=_detail(told)))
        if told.rule.inhibits:
            self._sources.setdefault(told.place.subject, {})[alert.id] = told.rule.inhibits
            self._explain(told, alert, at)

    def _while_withheld(self, told: Told) -> None:
        if told.step.kind is ChangeKind.RECOVERED:
            del self.withheld[told.key]
            self._leave(told.key)
        else:
            before = self.withheld[told.key]
            step = told.step._replace(kind=ChangeKind.RAISED)
            self.withheld[told.key] = before._replace(step=step, finding=told.finding or before.finding)

    def _enter(self, told: Told) -> None:
        self._within[told.key] = told.place.within
        for scope in told.place.within:
            self._below.setdefault(scope, set()).add(told.key)

    def _leave(self, key: Key) -> None:
        for scope in self._within.pop(key, ()):
            self._below[scope].discard(key)
            if not self._below[scope]:
                del self._below[scope]

    def _explained_by(self, key: Key) -> str:
        """Return the alert that explains one: of a rule that says so, at a scope that it lies in."""
        rule, _ = key
        own = self.open.get(key)
        for scope in self._within.get(key, ()):
            for source, names in self._sources.get(scope, {}).items():
                if rule in names and (own is None or source != own.id):
                    return source
        return ""

    def _explain(self, told: Told, source: Alert, at: datetime) -> None:
        """Mute what is open below a new alert that explains it."""
        for key in sorted(self._below.get(told.place.subject, ())):
            alert = self.open.get(key)
            if alert is not None and key[0] in told.rule.inhibits and not alert.inhibited_by and alert.id != source.id:
                self._mute(key, alert, ChangeKind.INHIBITED, at, inhibited_by=source.id)

    def _close(self, key: Key, alert: Alert, at: datetime) -> None:
        del self.open[key]
        self._leave(key)
        names = self._sources.get(key[1], {}).pop(alert.id, None)
        if names is not None:
            self._release(key[1], alert.id, names, at)

    def _release(self, scope: str, source: str, names: Collection[str], at: datetime) -> None:
        for key in sorted(k for k in self._below.get(scope, ()) if k[0] in names):
            explained = self._explained_by(key)
            alert, held = self.open.get(key), self.withheld.get(key)
            if held is not None and not explained:
                del self.withheld[key]
                self._open(held, at)
            elif alert is not None and alert.inhibited_by == source:
                kind = ChangeKind.INHIBITED if explained else ChangeKind.RELEASED
                self._mute(key, alert, kind, at, inhibited_by=explained)

    # -- silences and work orders -----------------------------------------------------------------------------------

    def set_mutes(self, mutes: Iterable[Mute]) -> None:
        """Take over the silences and work orders as recorded; `watch` applies them."""
        self._mutes = tuple(mutes)

    def watch(self, at: datetime) -> None:
        """Let silences and work orders begin and end at a tick."""
        in_force = tuple(m for m in self._mutes if m.recorded_at <= at and m.covers(at))
        if in_force == self._in_force:
            return
        self._in_force = in_force
        for key, alert in sorted(self.open.items()):
            muted = next((m.id for m in in_force if matches(m, alert)), "")
            if bool(muted) != bool(alert.silenced_by):
                self._mute(key, alert, ChangeKind.SILENCED if muted else ChangeKind.RELEASED, at, silenced_by=muted)
            elif muted != alert.silenced_by:
                self.open[key] = replace(alert, silenced_by=muted)

    def _mute(self, key: Key, alert: Alert, kind: ChangeKind, at: datetime, **changed: str) -> None:
        alert = replace(alert, changed_at=at, version=alert.version + 1, **changed)  # type: ignore[arg-type]
        self._keep(key, alert, AlertChange(kind, alert, at))

    def _keep(self, key: Key, alert: Alert, change: AlertChange) -> None:
        self.open[key] = alert
        self.changes.append(change)

    # -- questions ----------------------------------------------------------------------------------------------------

    def open_below(self, rule: str, scope: str) -> set[str]:
        """Return the subjects in a scope that have an open alert of a rule, withheld ones too."""
        return {subject for name, subject in self._below.get(scope, ()) if name == rule}

    def explained(self, alert_id: str) -> list[Key]:
        """Return what is withheld because of an open alert."""
        return sorted(key for key in self.withheld if self._explained_by(key) == alert_id)

    def restore(self, open_: Mapping[Key, Alert], withheld: Mapping[Key, Told], rules: Mapping[str, AlertRule]) -> None:
        """Take in what a snapshot held, or what is left after a change of the rules."""
        self.open, self.withheld = dict(open_), dict(withheld)
        self._sources, self._below, self._within = {}, {}, {}
        for key, alert in self.open.items():
            self._within[key] = alert.within
            rule = rules.get(key[0])
            if rule is not None and rule.inhibits:
                self._sources.setdefault(key[1], {})[alert.id] = rule.inhibits
        for key, told in self.withheld.items():
            self._within[key] = told.place.within
        for key, within in self._within.items():
            for scope in within:
                self._below.setdefault(scope, set()).add(key)


def matches(mute: Mute, alert: Alert) -> bool:
    """Return whether a silence or work order is about an alert: every matcher agrees."""
    said = {
        "rule": alert.rule,
        "subject": alert.subject,
        "group": alert.group.key,
        "severity": alert.severity.value,
        "district": alert.district,
        "unit": alert.unit,
    }
    return all(
        value in alert.within if name == "within" else said.get(name) == value for name, value in mute.matchers.items()
    )


def _new(told: Told, at: datetime) -> Alert:
    rule, place, step, found = told.rule, told.place, told.step, told.finding
    figured = found is not None and found.value is not None
    return Alert(
        id=alert_id(rule.name, place.subject, step.since),
        rule=rule.name,
        title=rule.title,
        subject=place.subject,
        name=place.name,
        group=told.group or AlertGroup(place.subject, place.name),
        severity=rule.timing.rungs[max(step.course.top, 0)].severity,
        state=step.course.state,
        verdict=step.course.verdict,
        since=step.since,
        fired_at=step.raised_at,
        changed_at=at,
        unit=place.unit,
        district=place.district,
        value=found.value if found is not None and figured else None,
        limit=found.limit if found is not None and figured else None,
        text=text_of(rule, place, found, step.course.top),
        runbook=rule.runbook,
        synthetic=place.synthetic,
        within=place.within,
        raises=max(1, len(step.course.raises)),
    )


def _figured(alert: Alert, told: Told) -> Alert:
    found = told.finding
    if found is None or found.value is None:
        return alert
    text = text_of(told.rule, told.place, found, told.step.course.top)
    return replace(alert, value=found.value, limit=found.limit, text=text)


def _moved(alert: Alert, told: Told, at: datetime) -> Alert:
    """Return an alert as a step makes it."""
    step, course = told.step, told.step.course
    ended = step.kind in _ENDING
    severity = alert.severity if course.top == NOWHERE else told.rule.timing.rungs[course.top].severity
    alert = replace(
        alert,
        state=AlertState.RECOVERED if ended else course.state,
        verdict=course.verdict,
        severity=severity,
        changed_at=at,
        version=alert.version + 1,
        acknowledged_by=alert.acknowledged_by if ended else course.acknowledged_by,
        acknowledged_at=alert.acknowledged_at if ended else course.acknowledged_at,
        acknowledged_until=alert.acknowledged_until if ended else course.acknowledged_until,
        shelved_by="" if ended else course.shelved_by,
        shelved_until=None if ended else course.shelved_until,
        recovered_at=step.at if ended else None,
        flapping=course.flapping,
    )
    return alert if ended else _figured(alert, told)


def _detail(told: Told) -> dict[str, object]:
    found = told.finding
    detail: dict[str, object] = {"event_at": told.step.at.isoformat()}
    if told.step.comment:
        detail["comment"] = told.step.comment
    if found is not None:
        detail |= {"verdict": found.verdict.value, "value": found.value, "limit": found.limit, "why": found.why}
        detail["report"] = None if found.report is None else found.report.isoformat()
    return detail
