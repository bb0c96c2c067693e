"""What happens to a board beside its ticks: people's commands, other rules, another world, snapshots, a restart."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from domain.alert import Alert, AlertChange, AlertCommand, AlertGroup, AlertState, ChangeKind, CommandKind, Verdict
from rules.alerts import lifecycle
from rules.alerts.alert_json import (
    alert_from_json,
    alert_to_json,
    course_from_json,
    course_to_json,
    finding_from_json,
    finding_to_json,
    instant,
    read_instant,
)
from rules.alerts.board import AlertBoard, Signal
from rules.alerts.book import RuleBook, concerns
from rules.alerts.condition import ONE_DEVICE
from rules.alerts.course import IDLE, NOWHERE, Course, Spell, Step
from rules.alerts.entries import Entry
from rules.alerts.ledger import Key, Told
from rules.alerts.rule import AlertRule

GONE: Final = "the subject is no longer in the register"
REMOVED: Final = "the rule was removed"


# -- people -----------------------------------------------------------------------------------------------------------


def command(board: AlertBoard, wish: AlertCommand, now: datetime) -> list[AlertChange]:
    """Apply what a person asked for, at a tick. Nothing happens to an alert that is not open any more."""
    key = next((k for k, a in board.teller.ledger.open.items() if a.id == wish.alert), None)
    if key is None or key not in board.entries:
        return []
    board.find(key, None, now)
    entry = board.entries.get(key)
    if entry is None:
        return board.teller.tell(board.book, board.places, now)
    board.put(key, *_moved(entry.course, wish, now))
    return board.teller.tell(board.book, board.places, now)


def _moved(course: Course, wish: AlertCommand, now: datetime) -> tuple[Course | None, None, tuple[Step, ...]]:
    match wish.kind:
        case CommandKind.ACKNOWLEDGE:
            moved = lifecycle.acknowledge(course, wish.by, wish.until, now, comment=wish.comment)
            return moved[0], None, moved[1]
        case CommandKind.SHELVE:
            moved = lifecycle.shelve(course, wish.by, wish.until or now, now, comment=wish.comment)
            return moved[0], None, moved[1]
        case CommandKind.UNSHELVE:
            moved = lifecycle.unshelve(course, wish.by, now, comment=wish.comment)
            return moved[0], None, moved[1]


# -- another world, other rules ---------------------------------------------------------------------------------------


def follow_world(board: AlertBoard) -> None:
    """Take over a register or lighting plan that has changed; close what is about a subject that is gone."""
    if board.generation == board.city.generation:
        return
    board.look_up()
    for key, entry in list(board.entries.items()):
        if not _exists(board, key, entry.rule):
            board.put(key, *_retired(entry, board.now, GONE))
        else:
            board.set_timer(key, entry)


def set_rules(board: AlertBoard, book: RuleBook) -> list[AlertChange]:
    """Take over other rules: what a changed one left pending begins anew, what is open stays until it is clear."""
    before = board.book
    for key, entry in list(board.entries.items()):
        rule = book.rules.get(key[0])
        if rule is None:
            board.put(key, *_retired(entry, board.now, REMOVED))
        elif rule != before.rules[key[0]]:
            course = _fitted(entry.course, rule) if _differs(rule, before.rules[key[0]]) else entry.course
            if course is None:
                board.entries.drop(key)
            else:
                entry.rule, entry.course = rule, course
    changes = board.teller.tell(before, board.places, board.now)
    board.read(book)
    ledger = board.teller.ledger
    ledger.restore(ledger.open, ledger.withheld, book.rules)
    for key, entry in board.entries.items():
        board.set_timer(key, entry)
    _look_everywhere(board, [r for r in book.rules.values() if before.rules.get(r.name) != r])
    return changes


def _look_everywhere(board: AlertBoard, rules: Iterable[AlertRule]) -> None:
    """Judge what new or changed rules are about by what is known already, at the next tick."""
    wanted = {rule.name for rule in rules}
    kinds = {board.book.rules[name].kind for name in wanted}
    for reading in list(board.city.readings.values()):
        device = board.places.device(reading.device) if reading.kind in kinds else None
        if device is not None:
            for rule, _ in board.book.of_device(device):
                if rule.name in wanted:
                    board.judge(rule, device, reading, board.now)
    board.scopes.touch((i.name, s) for i in board.city.catalogue() for s in board.city.scopes(i.name))


def _differs(rule: AlertRule, before: AlertRule) -> bool:
    return (rule.condition, rule.timing, rule.where) != (before.condition, before.timing, before.where)


def _fitted(course: Course, rule: AlertRule) -> Course | None:
    """Return a course without what was pending, and with as many rungs as the rule has now."""
    kept = lifecycle.reset_pending(course)
    if kept is None:
        return None
    top = min(kept.top, len(rule.timing.rungs) - 1)
    spells = tuple(
        kept.spells[r]._replace(on=True) if r <= top and r < len(kept.spells) else IDLE
        for r in range(len(rule.timing.rungs))
    )
    return kept._replace(spells=spells)


def _exists(board: AlertBoard, key: Key, rule: AlertRule) -> bool:
    kind, _, ident = key[1].partition(":")
    if kind == "device":
        device = board.places.device(ident)
        return device is not None and isinstance(rule.condition, ONE_DEVICE) and concerns(rule, device)
    return kind in {"city", "target", "feed"} or board.places.of(key[1]).device is not None


def _retired(entry: Entry, now: datetime, why: str) -> tuple[Course | None, None, tuple[Step, ...]]:
    course, steps = lifecycle.retire(entry.course, now, why)
    return course, None, steps


# -- snapshots --------------------------------------------------------------------------------------------------------


def dump(board: AlertBoard) -> Any:
    """Return everything that does not follow from the city and the rules, as plain JSON."""
    return {
        "now": instant(board.now),
        "began": instant(board.began),
        "entries": [
            [*key, course_to_json(e.course), finding_to_json(e.finding), instant(e.heard)]
            for key, e in board.entries.items()
        ],
        "open": [alert_to_json(a) for a in board.teller.ledger.open.values()],
        "withheld": [[*key, t.group.key, t.group.name] for key, t in board.teller.ledger.withheld.items() if t.group],
        "signals": [[s.gateway, instant(s.at), s.online] for s in board.signals],
        "storms": board.teller.storms.dump(),
        "memories": board.memories.dump(),
    }


def restore(board: AlertBoard, dumped: Any) -> None:
    """Take over what `dump` returned, in a board that has ticked nothing yet. Rules that are gone are left out."""
    board.now, board.began = datetime.fromisoformat(dumped["now"]), datetime.fromisoformat(dumped["began"])
    board.listened = board.now
    board.look_up()
    for name, subject, course, finding, heard in dumped["entries"]:
        rule = board.book.rules.get(name)
        read = course_from_json(course)
        if rule is not None and len(read.spells) == len(rule.timing.rungs):
            found = finding_from_json(finding)
            board.entries.keep((name, subject), Entry(rule, read, found, heard=read_instant(heard)))
    alerts = (alert_from_json(said) for said in dumped["open"])
    open_ = {(a.rule, a.subject): a for a in alerts if (a.rule, a.subject) in board.entries}
    groups = {(rule, subject): AlertGroup(*group) for rule, subject, *group in dumped.get("withheld", ())}
    board.teller.ledger.restore(open_, _withheld(board, open_, groups), board.book.rules)
    board.teller.groups.restore(open_.values(), board.now)
    board.signals = [Signal(g, datetime.fromisoformat(at), online) for g, at, online in dumped.get("signals", ())]
    board.teller.storms.restore(dumped["storms"])
    board.memories.restore(dumped["memories"])
    for key, entry in board.entries.items():
        board.set_timer(key, entry)
        board.scopes.remember(key, alive=not isinstance(entry.rule.condition, ONE_DEVICE))


def _withheld(board: AlertBoard, open_: Mapping[Key, Alert], groups: Mapping[Key, AlertGroup]) -> dict[Key, Told]:
    """Return what is raised and has no alert: one above explains it."""
    found = {}
    for key, entry in board.entries.items():
        course = entry.course
        if course.opened is not None and key not in open_:
            step = Step(ChangeKind.RAISED, course.opened, course, course.since or course.opened, course.opened)
            found[key] = Told(entry.rule, board.place(entry.rule, key[1]), step, entry.finding, groups.get(key))
    return found


# -- after a restart --------------------------------------------------------------------------------------------------


def reconcile(board: AlertBoard, recorded: Iterable[Alert]) -> list[AlertChange]:
    """Make the board agree with the alerts that the database knows as open, after the replay of a crash.

    What the database knows was told, so it is kept with its id and goes on; what only the replay found is recorded now.
    """
    ledger = board.teller.ledger
    known = {(a.rule, a.subject): a for a in recorded}
    adopted = {
        key: alert
        for key, alert in known.items()
        if key[0] in board.book.rules and (key not in ledger.open or ledger.open[key].id != alert.id)
    }
    replaced = [ledger.open[key] for key in adopted if key in ledger.open]
    withheld = {key: told for key, told in ledger.withheld.items() if key not in adopted}
    ledger.restore({**ledger.open, **adopted}, withheld, board.book.rules)
    board.teller.groups.forget(replaced)
    board.teller.groups.restore(adopted.values(), board.now)
    for key, alert in adopted.items():
        _adopt(board, key, alert)
    missing = [alert for key, alert in ledger.open.items() if key not in known]
    changes = [AlertChange(ChangeKind.RAISED, alert, board.now, why="found by the replay") for alert in missing]
    return changes + _orphans(board, known)


def _orphans(board: AlertBoard, known: Mapping[Key, Alert]) -> list[AlertChange]:
    gone = [alert for key, alert in known.items() if key[0] not in board.book.rules]
    return [AlertChange(ChangeKind.RECOVERED, _ended(alert, board.now), board.now, why=REMOVED) for alert in gone]


def _ended(alert: Alert, now: datetime) -> Alert:
    return replace(alert, state=AlertState.RECOVERED, recovered_at=now, changed_at=now, version=alert.version + 1)


def _adopt(board: AlertBoard, key: Key, alert: Alert) -> None:
    """Go on with an alert as the database knows it; whether it still holds is found out at the next look."""
    rule, entry = board.book.rules[key[0]], board.entries.get(key)
    rung = max((r for r, x in enumerate(rule.timing.rungs) if x.severity is alert.severity), default=0)
    spells = tuple(Spell(on=True, since=alert.since) if r <= rung else IDLE for r in range(len(rule.timing.rungs)))
    course = Course(spells, Verdict.UNKNOWN, NOWHERE, board.now, unknown_since=board.now)
    if entry is not None and entry.course.opened is not None:
        course = entry.course
    course = course._replace(
        opened=alert.fired_at,
        since=alert.since,
        acknowledged_by=alert.acknowledged_by,
        acknowledged_at=alert.acknowledged_at,
        acknowledged_until=alert.acknowledged_until,
        shelved_by=alert.shelved_by,
        shelved_until=alert.shelved_until,
    )
    entry = Entry(rule, course, entry.finding if entry else None)
    board.entries.keep(key, entry)
    board.set_timer(key, entry)
