"""Chains of escalation as people write them in TOML: a parsed mapping becomes an `EscalationPlan`, whole or not."""

import re
from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Any, Final, TypeVar

from domain.duty import ContactKind, DutyRole
from domain.errors import ConfigError, Problem
from domain.escalation import (
    EscalationChain,
    EscalationPlan,
    EscalationStep,
    Recipient,
    RecipientKind,
    ReportingDeadline,
)
from domain.severity import EmergencyGrade, Severity

_SPAN: Final = re.compile(r"(\d{1,6})(s|min|h|d)")
_UNITS: Final = {"s": "seconds", "min": "minutes", "h": "hours", "d": "days"}
_DEFAULTS: Final = EscalationStep(Recipient(RecipientKind.GROUP), ())
_Closed = TypeVar("_Closed", bound=StrEnum)


def parse_plan(data: Mapping[str, Any], file: str, channels: Mapping[str, ContactKind | None]) -> EscalationPlan:
    """Return the plan of a parsed TOML file. `channels` are those that are configured, with the address each needs.

    Raises:
        ConfigError: with every mistake: the file, the table and key, and the reason.
    """
    reader = _Reader(file, channels)
    known = {"chains", "severity", "fallback", "roster", "digest", "deadline"}
    reader.unknown(data, known, "")
    chains = {name: chain for name, row in _table(data, "chains").items() if (chain := reader.chain(name, row))}
    by_severity = reader.severities(_table(data, "severity"), _table(data, "chains"))
    fallback = reader.step(_table(data, "fallback"), "fallback")
    roster, digest = _table(data, "roster"), _table(data, "digest")
    reader.unknown(roster, {"needed", "gap_warning"}, "roster")
    reader.unknown(digest, {"channels"}, "digest")
    needed = tuple(role for text in roster.get("needed", ["officer", "leader"]) if (role := reader.role(text)))
    warning = reader.span_of(roster, "gap_warning", timedelta(days=7), "roster")
    digest_channels = reader.channels_of(digest.get("channels", []), "digest.channels", group=True)
    deadlines = tuple(
        deadline
        for n, row in enumerate(data.get("deadline", []), 1)
        if (deadline := reader.deadline(row, f"deadline {n}", _table(data, "chains")))
    )
    if reader.problems or fallback is None:
        raise ConfigError(reader.problems)
    needs = {name: kind for name, kind in channels.items() if kind is not None}
    return EscalationPlan(chains, by_severity, fallback, deadlines, needed, warning, digest_channels, needs)


def _table(data: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = data.get(key, {})
    return found if isinstance(found, dict) else {}


class _Reader:
    """Reads tables; collects every mistake."""

    def __init__(self, file: str, channels: Mapping[str, ContactKind | None]) -> None:
        self._file, self._channels = file, channels
        self.problems: list[Problem] = []

    def wrong(self, where: str, reason: str) -> None:
        self.problems.append(Problem(self._file, 0, where, reason))

    def unknown(self, row: Mapping[str, Any], known: set[str], where: str) -> None:
        for key in row:
            if key not in known:
                self.wrong(f"{where}.{key}".lstrip("."), f"unknown key; known: {', '.join(sorted(known))}")

    def chain(self, name: str, row: Any) -> EscalationChain | None:
        where = f"chains.{name}"
        if not isinstance(row, dict):
            self.wrong(where, "must be a table")
            return None
        self.unknown(row, {"title", "ack_expires", "rounds", "again_after", "step"}, where)
        rows = row.get("step", [])
        if not isinstance(rows, list) or not rows:
            self.wrong(f"{where}.step", "a chain needs at least one [[chains.NAME.step]]")
            return None
        steps = [self.step(step, f"{where}.step {n}") for n, step in enumerate(rows, 1)]
        for n, step in enumerate(steps[1:], 2):
            if step is not None and not step.wait:
                self.wrong(f"{where}.step {n}.wait", "must be longer than 0: else two steps are told at once")
        rounds = self.count(row, "rounds", 1, where, least=1)
        chain = EscalationChain(
            id=name,
            title=str(row.get("title", name)),
            steps=tuple(step for step in steps if step is not None),
            ack_expires=self.span_of(row, "ack_expires", timedelta(hours=2), where),
            rounds=rounds,
            again_after=self.span_of(row, "again_after", timedelta(minutes=30), where),
        )
        if not chain.ack_expires or not chain.again_after:
            self.wrong(where, "ack_expires and again_after must be longer than 0")
        return chain

    def step(self, row: Any, where: str) -> EscalationStep | None:
        if not isinstance(row, dict) or not row:
            self.wrong(where, "is missing: a table with `to` and `channels`")
            return None
        self.unknown(row, {"to", "channels", "wait", "repeats", "every"}, where)
        try:
            to = recipient(str(row.get("to", "")))
        except ValueError as error:
            self.wrong(f"{where}.to", str(error))
            return None
        group = to.kind is RecipientKind.GROUP
        channels = self.channels_of(row.get("channels", []), f"{where}.channels", group=group)
        if not channels:
            self.wrong(f"{where}.channels", "must name at least one channel")
        every = self.span_of(row, "every", _DEFAULTS.every, where)
        if not every:
            self.wrong(f"{where}.every", "must be longer than 0")
        wait = self.span_of(row, "wait", _DEFAULTS.wait, where)
        return EscalationStep(to, channels, wait, self.count(row, "repeats", 0, where, least=0), every)

    def severities(self, row: Mapping[str, Any], chains: Mapping[str, Any]) -> Mapping[Severity, str]:
        found = {}
        for name, chain in row.items():
            severity = self.member(Severity, name, f"severity.{name}")
            if chain not in chains:
                self.wrong(
                    f"severity.{name}", f"{chain!r} is none of the chains {', '.join(chains) or '(there are none)'}"
                )
            elif severity is not None:
                found[severity] = chain
        return found

    def deadline(self, row: Any, where: str, chains: Mapping[str, Any]) -> ReportingDeadline | None:
        if not isinstance(row, dict):
            self.wrong(where, "must be a [[deadline]] table")
            return None
        self.unknown(row, {"grade", "phone", "writing", "warn_before", "to", "chain"}, where)
        grade = self.member(EmergencyGrade, row.get("grade"), f"{where}.grade")
        if row.get("chain") not in chains:
            self.wrong(f"{where}.chain", f"{row.get('chain')!r} is none of the chains")
        phone = self.span_of(row, "phone", None, where)
        writing = self.span_of(row, "writing", None, where)
        warn = self.span_of(row, "warn_before", timedelta(0), where)
        if phone > writing:
            self.wrong(f"{where}.writing", "must not be before the report by telephone")
        if warn >= phone:
            self.wrong(f"{where}.warn_before", "must be shorter than the deadline by telephone")
        if grade is None:
            return None
        return ReportingDeadline(grade, phone, writing, warn, str(row.get("to", "")), str(row.get("chain")))

    def channels_of(self, names: Any, where: str, *, group: bool) -> tuple[str, ...]:
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            self.wrong(where, "must be a list of names of channels")
            return ()
        for name in names:
            if name not in self._channels:
                self.wrong(where, f"{name!r} is none of the channels {', '.join(self._channels)}")
            elif group and self._channels[name] is not None:
                self.wrong(where, f"{name!r} reaches persons only; a group needs a channel with a group")
        return tuple(dict.fromkeys(names))

    def role(self, text: Any) -> DutyRole | None:
        return self.member(DutyRole, text, "roster.needed")

    def member(self, closed: type[_Closed], text: Any, where: str) -> _Closed | None:
        try:
            return closed(text)
        except ValueError:
            self.wrong(where, f"{text!r} is none of {', '.join(m.value for m in closed)}")
            return None

    def span_of(self, row: Mapping[str, Any], key: str, default: timedelta | None, where: str) -> timedelta:
        text = row.get(key)
        if text is None and default is not None:
            return default
        match = _SPAN.fullmatch(text) if isinstance(text, str) else None
        if match is None:
            self.wrong(f"{where}.{key}", f"{text!r} is no length of time, such as 30s, 5min, 2h or 7d")
            return timedelta(minutes=1)
        return timedelta(**{_UNITS[match[2]]: int(match[1])})

    def count(self, row: Mapping[str, Any], key: str, default: int, where: str, *, least: int) -> int:
        value = row.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= 100:  # noqa: PLR2004
            self.wrong(f"{where}.{key}", f"must be a whole number from {least} to 100")
            return default
        return value


def recipient(text: str) -> Recipient:
    """Read `role:officer`, `bureau`, `bureau:<unit>`, `person:<id>` or `group`.

    Raises:
        ValueError: it is none of them.
    """
    name, _, ident = text.partition(":")
    try:
        kind = RecipientKind(name)
    except ValueError:
        raise ValueError(f"{text!r} is none of role:<role>, bureau, bureau:<unit>, person:<id>, group") from None
    if kind is RecipientKind.ROLE and ident not in {role.value for role in DutyRole}:
        raise ValueError(f"{ident!r} is none of the roles {', '.join(r.value for r in DutyRole)}")
    if kind is RecipientKind.PERSON and not ident:
        raise ValueError("write person:<id>")
    if kind is RecipientKind.GROUP and ident:
        raise ValueError("a group has no name: the channels name it")
    return Recipient(kind, ident)
