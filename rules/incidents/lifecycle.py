"""The course of an incident as a pure function: what an action makes of a case file, or why it may not be done now."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any, Final, assert_never
from zoneinfo import ZoneInfo

from domain import incident_actions as act
from domain.errors import Conflict
from domain.incident import Incident, IncidentState, Limit, Task, TaskState
from rules.incidents.follow import joined
from rules.incidents.limits import WorkingDay, due

_ORDER: Final = (TaskState.DISPATCHED, TaskState.ACCEPTED, TaskState.HANDLING, TaskState.REPORTED)
_STATE: Final = {
    TaskState.DISPATCHED: IncidentState.DISPATCHED,
    TaskState.ACCEPTED: IncidentState.ACCEPTED,
    TaskState.HANDLING: IncidentState.HANDLING,
    TaskState.REPORTED: IncidentState.REPORTED,
}


class Desk:
    """Where case files are worked on: the limits of the categories, the calendar and the zone."""

    def __init__(self, limits: Callable[[str], Limit], works: WorkingDay, tz: ZoneInfo) -> None:
        """Take the limit of each category, what is a working day, and the city's zone."""
        self._limits, self._works, self._tz = limits, works, tz

    def advance(self, incident: Incident, action: act.Action, now: datetime) -> Incident:
        """Return what an action at `now` makes of an incident.

        Raises:
            Conflict: it may not be done now; the message says why.
        """
        if not isinstance(action, act.Comment | act.Report) and not incident.state.open:
            raise Conflict(f"{incident.id} is {incident.state.word}: nothing can be done with it any more")
        changed = self._changed(incident, action, now)
        return replace(changed, version=incident.version + 1)

    def _changed(self, incident: Incident, action: act.Action, now: datetime) -> Incident:  # noqa: C901, PLR0911, PLR0912 - one case a line
        match action:
            case act.Dispatch():
                return self._dispatch(incident, action, now)
            case act.Accept() | act.Begin() | act.Feedback() | act.SendBack() | act.Redo():
                return _moved(incident, action, now)
            case act.Extend() | act.Suspend() | act.Resume():
                return _timed(incident, action, now)
            case act.Check():
                _need(incident, IncidentState.REPORTED, "to be checked")
                return replace(incident, state=IncidentState.CHECKING)
            case act.Close():
                return _closed(incident, now)
            case act.Mistake():
                return replace(incident, state=IncidentState.MISTAKEN, closed_at=now)
            case act.Comment():
                return incident
            case act.Upgrade():
                return _upgraded(incident, action, now)
            case act.Report():
                return _reported(incident, action, now)
            case act.Attach():
                return replace(joined(incident, action.alert, action.ticket), version=incident.version)
            case act.Reject():
                return _rejected(incident, action)
            case act.Tick():
                raise Conflict("a measure is ticked off by somebody: use `tick`")
            case act.Recovered():
                return replace(incident, recovered_at=action.at)
            case _:
                assert_never(action)

    def tick(self, incident: Incident, action: act.Tick, author: str, now: datetime) -> Incident:
        """Return an incident with a measure of its checklist ticked off by `author`, or not done after all.

        Raises:
            Conflict: there is no such measure, or the incident is closed.
        """
        if not incident.state.open:
            raise Conflict(f"{incident.id} is {incident.state.word}: its checklist is closed")
        if action.measure not in {m.id for m in incident.checklist}:
            raise Conflict(f"{incident.id} has no measure {action.measure!r}")
        by, at = (author, now) if action.done else ("", None)
        lines = tuple(replace(m, done_by=by, done_at=at) if m.id == action.measure else m for m in incident.checklist)
        return replace(incident, checklist=lines, version=incident.version + 1)

    def _dispatch(self, incident: Incident, action: act.Dispatch, now: datetime) -> Incident:
        if incident.task(action.unit) is not None:
            raise Conflict(f"{action.unit} has a part of {incident.id} already")
        limit = action.limit or self._limits(incident.category)
        ends = due(now, limit, self._works, self._tz)
        task = Task(action.unit, TaskState.DISPATCHED, now, ends, limit, note=action.note)
        return _derived(replace(incident, tasks=(*incident.tasks, task)))


def _upgraded(incident: Incident, action: act.Upgrade, now: datetime) -> Incident:
    """A higher or lower grade has other deadlines, counted from now: what was reported before was another report."""
    if incident.grade is action.grade:
        raise Conflict(f"{incident.id} is {action.grade.word} already")
    return replace(incident, grade=action.grade, upgraded_at=now, phoned_at=None, written_at=None)


def _reported(incident: Incident, action: act.Report, now: datetime) -> Incident:
    if incident.grade is None:
        raise Conflict(f"{incident.id} is no emergency: upgrade it first")
    by_phone = action.report == "phone"
    if (incident.phoned_at if by_phone else incident.written_at) is not None:
        raise Conflict(f"{incident.id} was reported {'by telephone' if by_phone else 'in writing'} already")
    return replace(incident, phoned_at=now) if by_phone else replace(incident, written_at=now)


def _rejected(incident: Incident, action: act.Reject) -> Incident:
    """What belongs to a case file is no offer any more; saying the same thing twice is a mistake that is told."""
    if action.offer in (*incident.all_alerts, *incident.all_tickets):
        raise Conflict(f"{action.offer} belongs to {incident.id} already")
    if (action.offer in incident.rejected) is action.rejected:
        raise Conflict(f"{action.offer} is {'rejected already' if action.rejected else 'not rejected'}")
    kept = tuple(offer for offer in incident.rejected if offer != action.offer)
    return replace(incident, rejected=(*kept, action.offer) if action.rejected else kept)


def _moved(
    incident: Incident, action: act.Accept | act.Begin | act.Feedback | act.SendBack | act.Redo, now: datetime
) -> Incident:
    task = _task(incident, action.unit)
    match action:
        case act.Accept():
            changed = _from(task, {TaskState.DISPATCHED}, state=TaskState.ACCEPTED)
        case act.Begin():
            changed = _from(task, {TaskState.DISPATCHED, TaskState.ACCEPTED}, state=TaskState.HANDLING)
        case act.Feedback():
            allowed = {TaskState.DISPATCHED, TaskState.ACCEPTED, TaskState.HANDLING}
            changed = _from(task, allowed, state=TaskState.REPORTED, note=action.note, done_at=now)
        case act.SendBack():
            allowed = {TaskState.DISPATCHED, TaskState.ACCEPTED}
            changed = _from(task, allowed, state=TaskState.RETURNED, note=action.reason, done_at=now)
        case act.Redo():
            changed = _from(task, {TaskState.REPORTED}, state=TaskState.HANDLING, done_at=None)
        case _:
            assert_never(action)
    return _put(incident, task, changed)


def _timed(incident: Incident, action: act.Extend | act.Suspend | act.Resume, now: datetime) -> Incident:
    task = _task(incident, action.unit)
    match action:
        case act.Extend():
            if not task.live:
                raise Conflict(f"{task.unit} is done with its part: there is nothing to extend")
            if action.due <= task.due:
                raise Conflict("an extension must end later than the limit")
            changed = replace(task, due=action.due)
        case act.Suspend():
            if action.until <= now:
                raise Conflict("a suspension must end in the future")
            allowed = {TaskState.DISPATCHED, TaskState.ACCEPTED, TaskState.HANDLING}
            changed = _from(task, allowed, state=TaskState.SUSPENDED, suspended_at=now, suspended_until=action.until)
        case act.Resume():
            changed = resumed(task, now)
        case _:
            assert_never(action)
    return _put(incident, task, changed)


def resumed(task: Task, now: datetime) -> Task:
    """Return a suspended task that goes on; the time it waited does not count. Raises `Conflict` if it is none."""
    if task.state is not TaskState.SUSPENDED or task.suspended_at is None:
        raise Conflict(f"{task.unit} is not suspended")
    waited = now - task.suspended_at
    return replace(
        task,
        state=TaskState.HANDLING,
        started=task.started + waited,
        due=task.due + waited,
        suspended_at=None,
        suspended_until=None,
    )


def _closed(incident: Incident, now: datetime) -> Incident:
    if incident.tasks:
        _need(incident, IncidentState.CHECKING, "to be closed: it has to be checked first")
    undone = [m.text for m in incident.checklist if m.done_at is None]
    if undone:
        raise Conflict(f"{len(undone)} measures of the checklist are not ticked off, the first: {undone[0]}")
    return replace(incident, state=IncidentState.CLOSED, closed_at=now)


def _task(incident: Incident, unit: str) -> Task:
    task = incident.task(unit)
    if task is None:
        raise Conflict(f"{unit} has no part of {incident.id}")
    return task


def _from(task: Task, allowed: set[TaskState], **changes: Any) -> Task:
    if task.state not in allowed:
        known = " or ".join(sorted(s.value for s in allowed))
        raise Conflict(f"{task.unit} is {task.state.value} with its part; this can be done when it is {known}")
    return replace(task, **changes)


def _put(incident: Incident, old: Task, new: Task) -> Incident:
    return _derived(replace(incident, tasks=tuple(new if t is old else t for t in incident.tasks)))


def _derived(incident: Incident) -> Incident:
    """An incident is as far as the least advanced of its parts; without any it is new again."""
    parts = [t for t in incident.tasks if t.state is not TaskState.RETURNED]
    if not parts:
        return replace(incident, state=IncidentState.NEW)
    states = [TaskState.HANDLING if t.state is TaskState.SUSPENDED else t.state for t in parts]
    return replace(incident, state=_STATE[min(states, key=_ORDER.index)])


def _need(incident: Incident, state: IncidentState, why: str) -> None:
    if incident.state is not state:
        raise Conflict(f"{incident.id} is {incident.state.word} and not {state.word}, {why}")
