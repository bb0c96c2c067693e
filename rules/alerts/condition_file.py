"""The `[rule.condition]` table of a rule file becomes a condition; each mistake is noted with its place."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Final

from domain.kind import SensorKind, ValueType
from domain.kinds import KINDS
from domain.measure import Direction
from domain.scope import ScopeKind
from rules.alerts.condition import (
    Condition,
    FeedSilence,
    GatewayOffline,
    Given,
    Grade,
    Grader,
    IndicatorThreshold,
    Levels,
    Occurrence,
    Part,
    Parts,
    PlanTarget,
    Rate,
    ShareOfDevices,
    ShareOfIndicator,
    ShareOfRule,
    Silence,
    State,
    Stuck,
    TargetMissed,
    Threshold,
)
from rules.alerts.table import Table
from rules.indicators import INDICATORS

NO_LEVELS: Final = Levels((), (), above=True)
_DIRECTIONS: Final = {d.value: d for d in Direction}


def parse_condition(table: Table, rungs: Sequence[Table], kind: str) -> Condition | None:
    """Return the condition of a rule about devices of `kind` (empty: about scopes).

    `rungs` are the tables that hold the levels, mildest first: those of the ladder, or the condition's own.
    """
    named = table.choice("type", tuple(_TYPES), needed=True)
    if not named:
        return None
    return _TYPES[named](table, rungs, kind)


def _levels(table: Table, rungs: Sequence[Table]) -> Levels:
    sides = {side for side in ("above", "below") for rung in rungs if side in rung}
    if len(sides) != 1:
        (rungs[0] if rungs else table).wrong("above", "say either `above` or `below`, the same on every rung")
        return NO_LEVELS
    side = sides.pop()
    sign = 1 if side == "above" else -1
    raises = [rung.number(side, needed=True) or 0.0 for rung in rungs]
    clears = [rung.number("clear", default=level) for rung, level in zip(rungs, raises, strict=True)]
    settled = [level if clear is None else clear for level, clear in zip(raises, clears, strict=True)]
    for rung, level, clear in zip(rungs, raises, settled, strict=True):
        if sign * clear > sign * level:
            rung.wrong("clear", f"must lie on the good side of `{side}`")
    for number in range(1, len(raises)):
        if sign * raises[number] < sign * raises[number - 1]:
            rungs[number].wrong(side, "a worse rung comes after a milder one and has a worse level")
    return Levels(tuple(raises), tuple(settled), above=side == "above")


def _kind(table: Table, kind: str) -> SensorKind | None:
    found = KINDS.get(kind)
    if found is None:
        table.wrong("type", "is about devices: the rule must name their `kind`")
    return found


def _metric(table: Table, key: str, kind: str) -> str:
    known = _kind(table, kind)
    name = table.text(key, needed=True)
    if name and known is not None and known.metric(name) is None:
        table.wrong(key, f"{kind} has no metric {name!r}; it has {', '.join(m.name for m in known.metrics)}")
    return name


def _given(table: Table, kind: str) -> tuple[Given, ...]:
    found = []
    for row in table.tables("given"):
        equals = row.take("equals")
        given = Given(_metric(row, "metric", kind), equals, row.number("at_least"), row.number("at_most"))
        if given.equals is None and given.at_least is None and given.at_most is None:
            row.wrong("equals", "say what must hold: equals, at_least or at_most")
        row.finish()
        found.append(given)
    return tuple(found)


def _threshold(table: Table, rungs: Sequence[Table], kind: str) -> Condition:
    if "indicator" in table:
        indicator, scope = _indicator(table)
        coverage = table.number("coverage", default=0) or 0
        field = table.text("field")
        return IndicatorThreshold(indicator, scope, _levels(table, rungs), coverage, field)
    return Threshold(_metric(table, "metric", kind), _levels(table, rungs), _given(table, kind))


def _indicator(table: Table) -> tuple[str, ScopeKind]:
    name = table.choice("indicator", tuple(INDICATORS), needed=True)
    known = INDICATORS.get(name)
    scopes = tuple(known.scopes) if known is not None else tuple(ScopeKind)
    scope = table.choice("scope", tuple(s.value for s in scopes), needed=True)
    return name, ScopeKind(scope) if scope else ScopeKind.CITY


def _state(table: Table, rungs: Sequence[Table], kind: str) -> Condition:
    _one_rung(table, rungs)
    metric, equals = _metric(table, "metric", kind), table.take("equals")
    known = KINDS.get(kind)
    spec = known.metric(metric) if known is not None else None
    if equals is None:
        table.wrong("equals", "is missing")
    elif spec is not None and isinstance(equals, bool) != (spec.type is ValueType.BOOL):
        table.wrong("equals", f"{metric} is of the type {spec.type.value}")
    return State(metric, equals, _given(table, kind))


def _one_rung(table: Table, rungs: Sequence[Table]) -> None:
    if len(rungs) > 1:
        table.wrong("type", "knows no levels, so that a ladder makes no sense")


def _grade(table: Table, rungs: Sequence[Table], kind: str) -> Condition:
    grader = table.choice("grade", tuple(g.value for g in Grader), default=Grader.LAMP_DARK, needed=True)
    against = table.text("against")
    known = _kind(table, kind)
    if against and known is not None and known.attribute(against) is None:
        table.wrong("against", f"{kind} has no attribute {against!r}")
    wanted = _GRADED[Grader(grader)]
    if known is not None and kind != wanted:
        table.wrong("grade", f"{grader} is of {wanted}, not of {kind}")
    if Grader(grader) in {Grader.LAMP_DARK, Grader.LAMP_LIT}:
        return Grade(Grader(grader), Levels((1,) * len(rungs), (1,) * len(rungs), above=True))
    return Grade(Grader(grader), _levels(table, rungs), against)


def _rate(table: Table, rungs: Sequence[Table], kind: str) -> Condition:
    moves = table.choice("moves", ("falls", "rises"), needed=True)
    return Rate(
        metric=_metric(table, "metric", kind),
        window=table.span("window", needed=True),
        levels=_levels(table, rungs),
        falling=moves == "falls",
        relative=table.flag("relative"),
        given=_given(table, kind),
    )


def _stuck(table: Table, rungs: Sequence[Table], kind: str) -> Condition:
    _one_rung(table, rungs)
    metrics = table.texts("metrics")
    known = _kind(table, kind)
    for metric in metrics:
        if known is not None and known.metric(metric) is None:
            table.wrong("metrics", f"{kind} has no metric {metric!r}")
    return Stuck(metrics, table.span("lasts", needed=True), table.flag("or_not_positive"))


def _event(table: Table, rungs: Sequence[Table], kind: str) -> Condition:
    _one_rung(table, rungs)
    if table.flag("gateway_offline"):
        return GatewayOffline()
    known = _kind(table, kind)
    events, faults = table.texts("events"), table.texts("faults")
    if not events and not faults:
        table.wrong("events", "name events, faults, or gateway_offline = true")
    for key, names, choices in (("events", events, known.events if known else ()), ("faults", faults, _faults(known))):
        for name in names:
            if known is not None and name not in choices:
                table.wrong(key, f"{kind} has no {name!r}; it has {', '.join(choices) or 'none'}")
    lasts = table.span("lasts") if "lasts" in table else None
    return Occurrence(frozenset(events), frozenset(faults), lasts)


def _faults(kind: SensorKind | None) -> tuple[str, ...]:
    return () if kind is None else kind.faults


def _silence(table: Table, rungs: Sequence[Table], kind: str) -> Condition:
    _one_rung(table, rungs)
    _kind(table, kind)
    after = table.span("after", needed=True)
    if table.choice("of", ("device", "feed"), default="device") == "feed":
        return FeedSilence(after)
    powered = table.flag("while_powered")
    if powered and kind != "streetlight":
        table.wrong("while_powered", "only the circuits of streetlights have a timetable")
    return Silence(after, powered)


def _target(table: Table, rungs: Sequence[Table], _kind_name: str) -> Condition:
    _one_rung(table, rungs)
    if "indicator" not in table:
        return PlanTarget(table.texts("targets"))
    indicator, scope = _indicator(table)
    direction = table.choice("direction", tuple(_DIRECTIONS), default=Direction.AT_LEAST)
    limits, limit_by = table.take("limits"), table.text("limit_by")
    if not isinstance(limits, Mapping) or not all(_is_number(v) for v in limits.values()) or not limits:
        table.wrong("limits", 'must be a table of numbers, by the value of `limit_by` (or of one key, "")')
        limits = {}
    coverage = table.number("coverage", default=0) or 0
    by_value = {str(k): float(v) for k, v in limits.items()}
    return TargetMissed(indicator, scope, _DIRECTIONS[direction], by_value, limit_by, coverage)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _share(table: Table, rungs: Sequence[Table], kind: str) -> Condition:
    parts = _parts(rungs)
    if "rule" in table:
        return ShareOfRule(table.text("rule"), _scope(table), parts)
    member = table.table("member")
    if member is None:
        indicator, scope = _indicator(table)
        return ShareOfIndicator(indicator, scope, parts)
    found = parse_condition(member, [member], kind)
    member.finish()
    if not isinstance(found, Threshold | State | Grade | Silence):
        member.wrong("type", "a member's condition is one of threshold (of a metric), state, class, silence")
        found = Silence(timedelta(hours=1), powered=False)
    return ShareOfDevices(found, _scope(table), parts)


def _scope(table: Table) -> ScopeKind:
    scope = table.choice("scope", tuple(s.value for s in ScopeKind), needed=True)
    return ScopeKind(scope) if scope else ScopeKind.CITY


def _parts(rungs: Sequence[Table]) -> Parts:
    raises, clears = [], []
    for rung in rungs:
        least = rung.whole("share_of", default=1)
        part = Part(rung.number("share"), _count(rung, "count"), least)
        if part.share is None and part.count is None:
            rung.wrong("share", "say a `share` (0 to 1), a `count`, or both")
        clear = Part(rung.number("clear_share", default=part.share), _count(rung, "clear_count", part.count), least)
        for key, value in (("share", part.share), ("clear_share", clear.share)):
            if value is not None and not 0 < value <= 1:
                rung.wrong(key, "must lie above 0 and up to 1")
        raises.append(part)
        clears.append(clear)
    return Parts(tuple(raises), tuple(clears))


def _count(rung: Table, key: str, default: int | None = None) -> int | None:
    return rung.whole(key, default=0) if key in rung else default


_GRADED: Final = {
    Grader.WATER_CLASS: "river_section",
    Grader.AIR_INDEX: "air_station",
    Grader.LAMP_DARK: "streetlight",
    Grader.LAMP_LIT: "streetlight",
}
_TYPES: Final[Mapping[str, Callable[[Table, Sequence[Table], str], Condition]]] = {
    "threshold": _threshold,
    "state": _state,
    "class": _grade,
    "rate": _rate,
    "stuck": _stuck,
    "event": _event,
    "silence": _silence,
    "target": _target,
    "share": _share,
}
