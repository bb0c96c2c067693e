"""Escalation (逐级上报) as a pure state machine: `advance` moves one alert group and says what is told to whom.

Everything happens at its own instant, however late or seldom `advance` is called: who is on duty is asked for that
instant, and the notices are the same. Instants are aware and in UTC, so neither midnight nor a change of the zone
moves a timer.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from domain.escalation import Escalation, EscalationChain, EscalationPlan, EscalationStep, GroupChange, GroupChangeKind
from domain.notice import KEY_LENGTH, Notice, NoticeKind
from domain.severity import Severity
from rules.duty.plan import DutyPlan
from rules.duty.recipients import Call, calls, people

_OPENING = {GroupChangeKind.RAISED, GroupChangeKind.UPDATED, GroupChangeKind.WORSENED}
_AT_ONCE = Severity.MAJOR
"""From this severity on the first message of a group goes at once; below it waits for the digest (our choice)."""

Told = tuple[Escalation | None, Sequence[Notice]]


def advance(
    group: str,
    state: Escalation | None,
    change: GroupChange | None,
    now: datetime,
    roster: DutyPlan,
    plan: EscalationPlan,
) -> Told:
    """Return the state after `change` (None = time passes) at `now`, and what is told.

    What was due before the change is told first. None = the group is told of no more: it never was, or recovered.
    Safe to repeat: the same call gives the same keys, and the outbox takes a key once. A group must not open twice at
    one instant, since its keys are made of when it opened.
    """
    run = _Run(roster, plan)
    state = run.fitted(state)
    if change is not None:
        state = run.through(state, change.at, inclusive=False)
        state = run.change(group, state, change)
    state = run.through(state, now, inclusive=True)
    return state, tuple(run.notices)


class _Run:
    """One call of `advance`: collects the notices."""

    def __init__(self, roster: DutyPlan, plan: EscalationPlan) -> None:
        self._roster, self._plan = roster, plan
        self.notices: list[Notice] = []

    def fitted(self, state: Escalation | None) -> Escalation | None:
        """Fit a state to a plan that was changed under it: a chain that is gone is that of its severity from now on."""
        if state is None or state.chain is None:
            return state
        if state.chain not in self._plan.chains:
            state = _chained(state, state.severity, self._plan)
        chain = self._chain(state)
        return state if chain is None or state.step < len(chain.steps) else replace(state, step=len(chain.steps) - 1)

    def through(self, state: Escalation | None, now: datetime, *, inclusive: bool) -> Escalation | None:
        """Do what has become due, in order, each at its instant."""
        while state is not None and state.due is not None and (state.due < now or (inclusive and state.due == now)):
            state = self._due(state, state.due)
        return state

    # -- changes ------------------------------------------------------------------------------------------------

    def change(self, group: str, state: Escalation | None, change: GroupChange) -> Escalation | None:
        if state is None:
            return self._open(group, change) if change.kind in _OPENING else None
        state = replace(state, facts=state.facts if change.facts is None else change.facts)
        match change.kind:
            case GroupChangeKind.RAISED | GroupChangeKind.UPDATED | GroupChangeKind.WORSENED:
                return self._update(state, change)
            case GroupChangeKind.ACKNOWLEDGED:
                return self._acknowledge(state, change)
            case GroupChangeKind.HELD:
                return state if state.held else replace(state, held=True, suspended=state.due, due=None)
            case GroupChangeKind.RESUMED:
                return _resumed(state, change.at) if state.held else state
            case GroupChangeKind.RECOVERED:
                self._tell_known(state, NoticeKind.RECOVERED, change.at, None)
        return None

    def _update(self, state: Escalation, change: GroupChange) -> Escalation:
        if change.severity.rank > state.severity.rank:
            return self._begin(_chained(state, change.severity, self._plan), NoticeKind.WORSENED, change.at)
        state = replace(state, severity=change.severity)  # the chain that has begun goes on
        return state if state.held else self._tell_known(state, NoticeKind.UPDATED, change.at, None)

    def _open(self, group: str, change: GroupChange) -> Escalation:
        fresh = Escalation(group, change.at, change.severity, None, change.unit, change.facts or {})
        return self._begin(_chained(fresh, change.severity, self._plan), NoticeKind.RAISED, change.at)

    def _begin(self, state: Escalation, kind: NoticeKind, at: datetime) -> Escalation:
        state = replace(
            state,
            round=1,
            step=-1,
            repeat=0,
            stepped_at=at,
            due=None,
            held=False,
            suspended=None,
            acknowledged_by=None,
            acknowledged_until=None,
        )
        chain = self._chain(state)
        if chain is None:
            return self._tell(state, kind, at, [Call(channel) for channel in self._plan.digest_channels])
        if chain.steps[0].wait:
            return replace(state, due=at + chain.steps[0].wait)
        return self._step(state, chain, 0, kind, at)

    def _acknowledge(self, state: Escalation, change: GroupChange) -> Escalation:
        chain = self._chain(state)
        if chain is None:
            return state
        until = change.at + chain.ack_expires
        if state.acknowledged_by is None:
            state = self._tell_known(state, NoticeKind.ACKNOWLEDGED, change.at, change.by, by=self._name(change.by))
        state = replace(state, acknowledged_by=change.by or "", acknowledged_until=until)
        return replace(state, suspended=until) if state.held else replace(state, due=until)

    # -- what becomes due ---------------------------------------------------------------------------------------

    def _due(self, state: Escalation, at: datetime) -> Escalation:
        chain = self._chain(state)
        if chain is None:  # its chain was taken out of the plan while somebody was still to be told
            left = calls(self._plan.fallback, at, self._roster, self._plan, state.unit)
            return replace(self._tell(state, NoticeKind.EXHAUSTED, at, left), due=None)
        if state.stepped_at is None:
            return replace(state, due=None)
        if state.acknowledged_until is not None:
            by = state.acknowledged_by or ""
            state = replace(state, acknowledged_by=None, acknowledged_until=None)
            return self._step(state, chain, max(state.step, 0), NoticeKind.ACK_EXPIRED, at, by=by)
        if state.step < 0:
            return self._step(state, chain, 0, NoticeKind.RAISED, at)
        onward = _onward(state, chain)
        if onward is None or at < onward:
            told = self._tell(state, NoticeKind.REMINDER, at, self._calls(state, chain, state.step, at))
            return _timed(replace(told, repeat=state.repeat + 1), chain)
        return self._onward(state, chain, at)

    def _onward(self, state: Escalation, chain: EscalationChain, at: datetime) -> Escalation:
        if state.step + 1 < len(chain.steps):
            return self._step(state, chain, state.step + 1, NoticeKind.ESCALATED, at)
        if state.round < chain.rounds:
            return self._step(replace(state, round=state.round + 1), chain, 0, NoticeKind.ESCALATED, at)
        exhausted = calls(self._plan.fallback, at, self._roster, self._plan, state.unit)
        return replace(self._tell(state, NoticeKind.EXHAUSTED, at, exhausted), due=None)

    def _step(
        self, state: Escalation, chain: EscalationChain, step: int, kind: NoticeKind, at: datetime, **said: str
    ) -> Escalation:
        state = replace(state, step=step, repeat=0, stepped_at=at)
        return _timed(self._tell(state, kind, at, self._calls(state, chain, step, at), **said), chain)

    # -- telling ------------------------------------------------------------------------------------------------

    def _calls(self, state: Escalation, chain: EscalationChain, step: int, at: datetime) -> Sequence[Call]:
        later = [p.id for s in chain.steps[step + 1 :] for p in people(s.to, at, self._roster, state.unit)]
        return calls(chain.steps[step], at, self._roster, self._plan, state.unit, tuple(dict.fromkeys(later)))

    def _tell(self, state: Escalation, kind: NoticeKind, at: datetime, to: Sequence[Call], **said: str) -> Escalation:
        serial = state.serial + 1
        first = kind is not NoticeKind.UPDATED and state.severity.rank >= _AT_ONCE.rank
        for call in to:
            facts = {**state.facts, **said, **call.said, "step": state.step + 1, "round": state.round}
            self.notices.append(_notice(state, kind, at, serial, call, facts, digest=not first))
        known = dict.fromkeys([*state.told, *((c.person, c.channel) for c in to)])
        return replace(state, serial=serial, told=tuple(known))

    def _tell_known(
        self, state: Escalation, kind: NoticeKind, at: datetime, but: str | None, **said: str
    ) -> Escalation:
        """Tell everybody who was told, in the next digest; `but` knows already."""
        serial = state.serial + 1
        for person, channel in state.told:
            if person is None or person != but:
                call = Call(channel, person)
                self.notices.append(_notice(state, kind, at, serial, call, {**state.facts, **said}, digest=True))
        return replace(state, serial=serial)

    def _name(self, by: str | None) -> str:
        """Return how somebody is called: a person of the roster by name, a key as it is."""
        person = self._roster.people.get(by or "")
        return (by or "") if person is None else person.name

    def _chain(self, state: Escalation) -> EscalationChain | None:
        return None if state.chain is None else self._plan.chains.get(state.chain)


def _chained(state: Escalation, severity: Severity, plan: EscalationPlan) -> Escalation:
    return replace(state, severity=severity, chain=plan.by_severity.get(severity))


def _resumed(state: Escalation, at: datetime) -> Escalation:
    """Go on where it was held; what became due meanwhile is due now, once."""
    due = None if state.suspended is None else max(at, state.suspended)
    return replace(state, held=False, suspended=None, due=due)


def _onward(state: Escalation, chain: EscalationChain) -> datetime | None:
    """Return when the chain goes on from its present step: the next one, the next round, or the end."""
    if state.stepped_at is None:
        return None
    step = chain.steps[state.step]
    if state.step + 1 < len(chain.steps):
        return state.stepped_at + chain.steps[state.step + 1].wait
    return state.stepped_at + max(chain.again_after, step.repeats * step.every)


def _timed(state: Escalation, chain: EscalationChain) -> Escalation:
    """Set when something is due next: a repeat of this step, unless the chain goes on before."""
    onward, step = _onward(state, chain), chain.steps[state.step]
    again = _again(state, step)
    due = onward if again is None or (onward is not None and onward <= again) else again
    return replace(state, due=due)


def _again(state: Escalation, step: EscalationStep) -> datetime | None:
    if state.stepped_at is None or state.repeat >= step.repeats:
        return None
    return state.stepped_at + (state.repeat + 1) * step.every


def _notice(
    state: Escalation,
    kind: NoticeKind,
    at: datetime,
    serial: int,
    call: Call,
    facts: Mapping[str, Any],
    *,
    digest: bool,
) -> Notice:
    return Notice(
        key=notice_key(state.group, state.opened, f"{serial}:{kind}:{call.person or ''}:{call.channel}"),
        kind=kind,
        severity=state.severity,
        group=state.group,
        at=at,
        channel=call.channel,
        person=call.person,
        unit=state.unit,
        step=max(state.step, 0),
        digest=digest,
        then=call.then,
        facts=facts,
    )


def notice_key(group: str, opened: datetime, rest: str) -> str:
    """Return the dedup key: the group, when it opened, and what of it is told. A long one keeps a hash of its group."""
    stamp = f"@{opened:%Y%m%dT%H%M%S.%fZ}:{rest}"
    if len(group) + len(stamp) <= KEY_LENGTH:
        return group + stamp
    whole = hashlib.blake2b(f"{group}{stamp}".encode(), digest_size=16).hexdigest()
    return f"{group[: KEY_LENGTH - len(whole) - 1]}:{whole}"


def next_due(states: Sequence[Escalation]) -> datetime | None:
    """Return when the next of the groups has something to tell."""
    return min((s.due for s in states if s.due is not None), default=None)
