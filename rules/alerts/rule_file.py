"""Alert rules as people write them in TOML: `[[rule]]` tables become rules, each mistake a `Problem` with its line.

A set of files is taken or refused as a whole.
"""

import tomllib
from collections.abc import Mapping, Sequence
from datetime import time, timedelta
from typing import Any, Final

from domain.errors import ConfigError, Problem
from domain.kinds import KINDS
from domain.scope import ScopeKind
from domain.severity import Severity
from rules.alerts.book import RuleBook
from rules.alerts.condition import ONE_DEVICE, ShareOfRule
from rules.alerts.condition_file import parse_condition
from rules.alerts.course import Flap, Rung, Timing
from rules.alerts.rule import ALWAYS_DAYS, AlertRule, Hours, LampTime, Opening
from rules.alerts.table import Lines, Table
from rules.alerts.wording import FIELDS, unknown_fields
from rules.lighting.schedule import Duty

_DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
GROUPS: Final = ("subject", "gateway", *(s.value for s in ScopeKind))
_NAME: Final = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-")
LONGEST: Final = 64


def parse_book(files: Mapping[str, str]) -> RuleBook:
    """Return the rules of a set of files: name → text.

    Raises:
        ConfigError: with every mistake of every file: file, line, field and reason. Nothing is taken over.
    """
    problems: list[Problem] = []
    rules: list[AlertRule] = []
    places: dict[str, Table] = {}
    for file in sorted(files):
        for table, rule in _read(file, files[file], problems):
            if rule.name in places:
                table.wrong("name", f"{rule.name!r} is taken by another rule")
            places[rule.name] = table
            rules.append(rule)
    _cross_check(rules, places)
    if problems:
        raise ConfigError(problems)
    return RuleBook(rules)


def _read(file: str, text: str, problems: list[Problem]) -> list[tuple[Table, AlertRule]]:
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        problems.append(Problem(file, _line(str(error)), "", f"is no TOML: {error}"))
        return []
    top = Table(content, (), file, Lines(text), problems)
    found = [(table, rule) for table in top.tables("rule") if (rule := _rule(table, file)) is not None]
    top.finish()
    return found


def _line(message: str) -> int:
    """Return the line that tomllib's message names, or 0."""
    _, _, rest = message.partition("(at line ")
    digits = rest.partition(",")[0]
    return int(digits) if digits.isdecimal() else 0


def _rule(table: Table, file: str) -> AlertRule | None:
    before = len(table.problems)
    name = table.text("name", needed=True)
    if not set(name) <= _NAME or len(name) > LONGEST:
        table.wrong("name", f"must be of the letters a-z, digits and -, up to {LONGEST}")
    kind = table.choice("kind", tuple(KINDS)) if "kind" in table else ""
    condition_table = table.table("condition")
    if condition_table is None:
        if "condition" not in table:
            table.wrong("condition", "is missing")
        return None
    rungs = table.tables("ladder")
    levels = rungs or [condition_table]
    condition = parse_condition(condition_table, levels, kind)
    timing = _timing(table, rungs)
    for one in (condition_table, *rungs):
        one.finish()
    shape = _shape(table, kind)
    table.finish()
    if condition is None or len(table.problems) > before:
        return None
    return AlertRule(name=name, kind=kind, condition=condition, timing=timing, file=file, **shape)


def _timing(table: Table, rungs: Sequence[Table]) -> Timing:
    hold, reports = table.span("hold"), table.whole("reports", default=1)
    found = []
    if not rungs:
        found.append(Rung(_severity(table), hold, reports, table.text("label")))
    for rung in rungs:
        held = rung.span("hold", default=hold)
        found.append(Rung(_severity(rung), held, rung.whole("reports", default=reports), rung.text("label")))
    ranks = [rung.severity.rank for rung in found]
    if ranks != sorted(ranks):
        table.wrong("ladder", "must go from the mildest rung to the worst")
    return Timing(tuple(found), table.span("clear_hold"), _flap(table))


def _severity(table: Table) -> Severity:
    return Severity(table.choice("severity", tuple(Severity), default=Severity.MINOR, needed=True))


def _flap(table: Table) -> Flap | None:
    flap = table.table("flap")
    if flap is None:
        return None
    plain = Flap()
    found = Flap(
        flap.whole("raises", default=plain.raises, lowest=2),
        flap.span("window", default=plain.window),
        flap.span("calm", default=plain.calm),
    )
    flap.finish()
    return found


def _shape(table: Table, kind: str) -> dict[str, Any]:
    """Return everything of a rule but its condition and its timing."""
    text = table.text("text")
    for field in unknown_fields(text):
        table.wrong("text", f"names {field!r}; it may name {', '.join(sorted(FIELDS))}")
    lamp_time, hours = _schedule(table, kind)
    return {
        "title": table.text("title", needed=True),
        "group": table.choice("group", GROUPS, default="subject"),
        "inhibits": frozenset(table.texts("inhibits")),
        "text": text,
        "runbook": table.text("runbook"),
        "responsible_unit": table.text("responsible_unit"),
        "or_report_at": table.clock("or_report_at"),
        "fresh": table.span("fresh") if "fresh" in table else None,
        "where": _where(table, kind),
        "opens": _opening(table),
        "lamp_time": lamp_time,
        "hours": hours,
    }


def _opening(table: Table) -> Opening | None:
    incident = table.table("incident")
    if incident is None:
        return None
    found = Opening(_severity(incident), incident.text("category", needed=True))
    incident.finish()
    return found


def _where(table: Table, kind: str) -> dict[str, frozenset[str]]:
    where = table.table("where")
    if where is None:
        return {}
    known = KINDS.get(kind)
    if known is None:
        table.wrong("where", "is for rules that name the `kind` of their devices")
        return {}
    columns = {"district", "management_area", "responsible_unit", "id", *(a.name for a in known.attributes)}
    found = {}
    for name in sorted(columns):
        if name in where:
            found[name] = frozenset(where.texts(name, blank=True))
    where.finish()
    return found


def _schedule(table: Table, kind: str) -> tuple[LampTime | None, Hours | None]:
    schedule = table.table("schedule")
    if schedule is None:
        return None, None
    lamp_time = None
    after, before = schedule.span("after"), schedule.span("before")
    if "lamps" in schedule:
        lamp_time = LampTime(Duty(schedule.choice("lamps", ("on", "off"), default="on")), after, before)
        if kind != "streetlight":
            schedule.wrong("lamps", "only streetlights have a timetable")
    elif after or before:
        schedule.wrong("after", "belongs to `lamps`")
    hours = _hours(schedule)
    schedule.finish()
    return lamp_time, hours


def _hours(schedule: Table) -> Hours | None:
    text, days = schedule.text("hours"), schedule.texts("days")
    for day in days:
        if day not in _DAYS:
            schedule.wrong("days", f"{day!r} is none of {', '.join(_DAYS)}")
    wanted = frozenset(_DAYS.index(d) for d in days if d in _DAYS) or ALWAYS_DAYS
    if not text:
        return Hours(time(0), time(0), wanted) if days else None
    start, dash, until = text.partition("-")
    if not dash:
        schedule.wrong("hours", "must be written like 06:00-22:00")
        return None
    begin, end = schedule.read_clock("hours", start.strip()), schedule.read_clock("hours", until.strip())
    return None if begin is None or end is None else Hours(begin, end, wanted)


def _cross_check(rules: Sequence[AlertRule], places: Mapping[str, Table]) -> None:
    """Check what one rule says of another."""
    names = {rule.name for rule in rules}
    for rule in rules:
        for name in sorted(rule.inhibits - names):
            places[rule.name].wrong("inhibits", f"there is no rule {name!r}")
        if isinstance(rule.condition, ShareOfRule) and rule.condition.rule not in names - {rule.name}:
            places[rule.name].wrong(
                "condition", f"counts alerts of {rule.condition.rule!r}: there is no such other rule"
            )
        needs_kind = isinstance(rule.condition, ONE_DEVICE) and not rule.kind
        if needs_kind:
            places[rule.name].wrong("kind", "is missing")
        if rule.fresh is not None and rule.fresh <= timedelta(0):
            places[rule.name].wrong("fresh", "must be longer than nothing")
