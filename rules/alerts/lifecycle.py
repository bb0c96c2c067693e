"""The life cycle of an alert: a pure state machine in event time.

`advance` first lets time pass under what was known before, firing, clearing and lapsing at the very instants at which
holds end, whenever it is called; then it takes the new finding. So what comes out does not depend on how often it was
called in between, and a replay after a crash finds the same instants.

UNKNOWN stops the clock: it neither completes a hold nor a clear-hold, and it resolves nothing.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from domain.alert import ChangeKind, Verdict
from rules.alerts.course import IDLE, NOWHERE, PATIENCE, ZERO, Course, Finding, Spell, Step, Timing

Advanced = tuple[Course | None, tuple[Step, ...]]


def advance(course: Course | None, finding: Finding | None, now: datetime, timing: Timing) -> Advanced:
    """Let event time pass until `now`, then take a finding (None = nothing new). Return the course and what happened.

    A `now` before the course's mark counts as the mark: what was said of an instant is not taken back.
    """
    if course is None:
        if finding is None or finding.verdict is not Verdict.BREACH:
            return None, ()
        course = Course((IDLE,) * len(timing.rungs), Verdict.UNKNOWN, NOWHERE, now)
        course, happened = _take(course, finding, now, timing)
        return _tidied(course, now, timing), tuple(happened)
    if course.verdict is Verdict.UNKNOWN and finding is not None and now < course.mark:
        course = course._replace(mark=now, unknown_since=now)  # backlog of a time of which nothing was known
    now = max(now, course.mark)
    course, steps = _pass(course, now, timing)
    if finding is not None:
        course, taken = _take(course, finding, now, timing)
        steps += taken
    return _tidied(course, now, timing), tuple(steps)


def due(course: Course, timing: Timing) -> datetime | None:
    """Return the next instant at which time alone changes something on a course; None when it never does."""
    instants = [i for i, _ in _flips(course, timing)]
    instants += [i for i in (course.acknowledged_until, course.shelved_until) if i is not None]
    if course.pending and course.unknown_since is not None:
        instants.append(course.unknown_since + _patience(timing))
    if course.opened is None and course.raises and timing.flap is not None:
        instants.append(course.raises[-1] + timing.flap.window)
    return min(instants, default=None)


def acknowledge(course: Course, by: str, until: datetime | None, now: datetime, *, comment: str = "") -> Advanced:
    """Note that somebody takes it, until an instant or for good. One that is not open stays as it is."""
    if course.opened is None:
        return course, ()
    course = course._replace(acknowledged_by=by, acknowledged_at=now, acknowledged_until=until)
    return course, (_step(ChangeKind.ACKNOWLEDGED, now, course, course, by=by, comment=comment),)


def shelve(course: Course, by: str, until: datetime, now: datetime, *, comment: str = "") -> Advanced:
    """Put it aside until an instant. One that is not open stays as it is."""
    if course.opened is None or until <= now:
        return course, ()
    course = course._replace(shelved_by=by, shelved_until=until)
    return course, (_step(ChangeKind.SHELVED, now, course, course, by=by, comment=comment),)


def unshelve(course: Course, by: str, now: datetime, *, comment: str = "") -> Advanced:
    """Take it back from the shelf."""
    if course.opened is None or course.shelved_until is None:
        return course, ()
    course = course._replace(shelved_by="", shelved_until=None)
    return course, (_step(ChangeKind.UNSHELVED, now, course, course, by=by, comment=comment),)


def retire(course: Course, now: datetime, why: str) -> Advanced:
    """Close a course whose subject or rule is gone."""
    if course.opened is None:
        return None, ()
    closed = _closed(course)
    return None, (_step(ChangeKind.RECOVERED, now, closed, course, why=why),)


def reset_pending(course: Course) -> Course | None:
    """Forget what is pending, as when the condition was changed; what is open stays until it is seen to be clear."""
    if course.opened is None and not course.raises:
        return None
    spells = tuple(s if s.on else IDLE for s in course.spells)
    return course._replace(
        spells=spells, verdict=Verdict.UNKNOWN, level=NOWHERE, report=None, unknown_since=course.mark
    )


# -- time passes ------------------------------------------------------------------------------------------------------


def _pass(course: Course, now: datetime, timing: Timing) -> tuple[Course, list[Step]]:
    steps: list[Step] = []
    while True:
        found = _next(course, now, timing)
        if found is None:
            return _roll(course, now), steps
        instant, rung = found
        course = _roll(course, instant)
        course, happened = _lapse(course, instant) if rung is None else _flip(course, rung, instant, timing)
        steps += happened


def _next(course: Course, now: datetime, timing: Timing) -> tuple[datetime, int | None] | None:
    """Return the earliest thing that time brings until `now`: a rung that flips, or (None) an end that is reached."""
    coming: list[tuple[datetime, int | None]] = [(i, r) for i, r in _flips(course, timing) if i <= now]
    if course.opened is not None:
        ends = (course.acknowledged_until, course.shelved_until)
        coming += [(max(i, course.mark), None) for i in ends if i is not None and i <= now]
    if len(coming) <= 1:
        return coming[0] if coming else None
    return min(coming, key=lambda c: (c[0], _order(course, c[1])))


def _order(course: Course, rung: int | None) -> int:
    """At one instant the highest rung goes on first and the lowest goes off first: one step, not one for each rung."""
    if rung is None:
        return 0
    return rung if course.spells[rung].on else -rung


def _flips(course: Course, timing: Timing) -> Iterator[tuple[datetime, int]]:
    """Yield at which instants rungs go on or off if the verdict stays what it is."""
    if course.verdict is Verdict.UNKNOWN:
        return
    for number, (spell, rung) in enumerate(zip(course.spells, timing.rungs, strict=True)):
        if number <= course.level:
            if not spell.on and spell.reports >= rung.reports:
                yield course.mark + max(ZERO, rung.hold - spell.held), number
        elif spell.on:
            yield course.mark + max(ZERO, _clear_hold(course, timing) - spell.cleared), number


def _clear_hold(course: Course, timing: Timing) -> timedelta:
    calm = timing.flap.calm if timing.flap is not None and course.flapping else ZERO
    return max(timing.clear_hold, calm)


def _roll(course: Course, now: datetime) -> Course:
    """Count the time from the mark to `now` under the present verdict."""
    passed = now - course.mark
    if passed <= ZERO:
        return course
    if course.verdict is Verdict.UNKNOWN:
        return course._replace(mark=now)
    spells = tuple(_rolled(s, passed, breached=r <= course.level) for r, s in enumerate(course.spells))
    return course._replace(mark=now, spells=spells)


def _rolled(spell: Spell, passed: timedelta, *, breached: bool) -> Spell:
    if breached:
        return Spell(spell.on, spell.since, spell.held + passed, spell.reports, spell.cleared)
    return spell._replace(cleared=spell.cleared + passed) if spell.on else spell


# -- what happens -----------------------------------------------------------------------------------------------------


def _flip(course: Course, number: int, now: datetime, timing: Timing) -> tuple[Course, list[Step]]:
    """Turn a rung on or off, and say what that makes of the alert."""
    before, spell = course.top, course.spells[number]
    flipped = IDLE if spell.on else Spell(on=True, since=spell.since, held=spell.held, reports=spell.reports)
    spells = (*course.spells[:number], flipped, *course.spells[number + 1 :])
    if before == NOWHERE:
        return _raised(course, spells, now, timing)
    course = course._replace(spells=spells)
    after = course.top
    if after == NOWHERE:
        closed = _closed(course)
        return closed, [_step(ChangeKind.RECOVERED, now, closed, course)]
    if after > before:
        course = course._replace(acknowledged_by="", acknowledged_at=None, acknowledged_until=None)
        return course, [_step(ChangeKind.WORSENED, now, course, course)]
    return course, [_step(ChangeKind.EASED, now, course, course)] if after < before else []


def _raised(course: Course, spells: tuple[Spell, ...], now: datetime, timing: Timing) -> tuple[Course, list[Step]]:
    since = min((s.since for s in spells if s.since is not None), default=now)
    course = course._replace(spells=spells, opened=now, since=since)
    flap = timing.flap
    if flap is None:
        return course, [_step(ChangeKind.RAISED, now, course, course)]
    raises = (*(r for r in course.raises if r > now - flap.window), now)
    course = course._replace(raises=raises)
    steps = [_step(ChangeKind.RAISED, now, course, course)]
    if len(raises) >= flap.raises:
        course = course._replace(flapping=True)
        steps.append(_step(ChangeKind.FLAPPING, now, course, course))
    return course, steps


def _closed(course: Course) -> Course:
    """Return what is remembered of an alert that is over: when it was raised, for the flap detection."""
    return course._replace(
        spells=tuple(IDLE if s.on else s for s in course.spells),
        opened=None,
        since=None,
        acknowledged_by="",
        acknowledged_at=None,
        acknowledged_until=None,
        shelved_by="",
        shelved_until=None,
        flapping=False,
    )


def _lapse(course: Course, now: datetime) -> tuple[Course, list[Step]]:
    """End the acknowledgement or the shelving whose end is reached."""
    if course.acknowledged_until is not None and course.acknowledged_until <= now:
        course = course._replace(acknowledged_by="", acknowledged_at=None, acknowledged_until=None)
        return course, [_step(ChangeKind.LAPSED, now, course, course, why="the acknowledgement has ended")]
    course = course._replace(shelved_by="", shelved_until=None)
    return course, [_step(ChangeKind.LAPSED, now, course, course, why="the shelving has ended")]


def _take(course: Course, finding: Finding, now: datetime, timing: Timing) -> tuple[Course, list[Step]]:
    """Take a finding, and let what it completes happen at once."""
    before = course.verdict
    course = _seen(course, finding, now)
    steps: list[Step] = []
    if course.opened is not None and (before is Verdict.UNKNOWN) != (finding.verdict is Verdict.UNKNOWN):
        kind = ChangeKind.LOST if finding.verdict is Verdict.UNKNOWN else ChangeKind.SEEN
        steps.append(_step(kind, now, course, course, why=finding.why))
    if finding.fires_now:
        course = course._replace(spells=tuple(_ripe(s, r, finding, timing) for r, s in enumerate(course.spells)))
    course, completed = _pass(course, now, timing)
    return course, steps + completed


def _ripe(spell: Spell, number: int, finding: Finding, timing: Timing) -> Spell:
    rung = timing.rungs[number]
    if spell.on or number > finding.level:
        return spell
    return spell._replace(held=max(spell.held, rung.hold), reports=max(spell.reports, rung.reports))


def _seen(course: Course, finding: Finding, now: datetime) -> Course:
    if finding.verdict is Verdict.UNKNOWN:
        since = course.unknown_since if course.verdict is Verdict.UNKNOWN else None
        return course._replace(verdict=Verdict.UNKNOWN, level=NOWHERE, unknown_since=since or now)
    level = finding.level if finding.verdict is Verdict.BREACH else NOWHERE
    news = finding.report is None or finding.report != course.report
    return course._replace(
        spells=tuple(_told(s, now, breached=r <= level, news=news) for r, s in enumerate(course.spells)),
        verdict=finding.verdict,
        level=level,
        report=finding.report if finding.report is not None else course.report,
        unknown_since=None,
    )


def _told(spell: Spell, now: datetime, *, breached: bool, news: bool) -> Spell:
    if not breached:
        return spell if spell.on else IDLE
    since = now if spell.since is None else spell.since
    return Spell(spell.on, since, spell.held, spell.reports + news)


def _patience(timing: Timing) -> timedelta:
    return max(PATIENCE, *(r.hold for r in timing.rungs))


def _tidied(course: Course, now: datetime, timing: Timing) -> Course | None:
    """Forget what can no longer matter; None when nothing is left."""
    if course.opened is not None:
        return course
    if course.pending and course.unknown_since is not None and now - course.unknown_since >= _patience(timing):
        course = course._replace(spells=(IDLE,) * len(course.spells), report=None)
    if course.raises and (timing.flap is None or course.raises[-1] + timing.flap.window <= now):
        course = course._replace(raises=())
    return course if course.pending or course.raises else None


def _step(
    kind: ChangeKind, at: datetime, after: Course, of: Course, *, by: str = "", why: str = "", comment: str = ""
) -> Step:
    return Step(kind, at, after, of.since or at, of.opened or at, by, why, comment=comment)
