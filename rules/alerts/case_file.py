"""Test cases of rule files: readings, instants and the alerts that are expected then, as people write them in TOML.

Beside `lighting.toml` stands `lighting.cases.toml`; docs/alerts.md shows one.
"""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatchcase
from typing import Final

from domain.alert import Alert
from domain.citytime import JINAN, Place
from domain.device import AssetState, Device, DeviceVersion
from domain.errors import ConfigError, Problem
from domain.kinds import KINDS
from domain.lighting import LightingPlan
from domain.measure import Target
from domain.reading import DeviceEvent, Phase, Reading
from domain.register import Register
from rules.alerts.board import Signal
from rules.alerts.book import RuleBook
from rules.alerts.table import Lines, Table
from rules.alerts.trial import Input, Trial

GRID: Final = timedelta(seconds=30)
_BUILT: Final = timedelta(days=400)
_WANTED: Final = ("rule", "subject", "severity", "state", "group")


@dataclass(frozen=True, slots=True)
class Expectation:
    """The alerts of the rules under test that are open at an instant: all of them, in any order."""

    at: datetime
    alerts: tuple[Mapping[str, str], ...]
    place: str


@dataclass(frozen=True, slots=True)
class RuleCase:
    """One story: who is there, what is said when, and what is expected."""

    name: str
    file: str
    start: datetime
    rules: frozenset[str]
    devices: tuple[Device, ...]
    inputs: tuple[Input, ...]
    expected: tuple[Expectation, ...]

    def run(self, book: RuleBook, targets: Sequence[Target] = (), place: Place = JINAN) -> list[str]:
        """Return what is not as expected, one line each."""
        versions = [DeviceVersion(d, self.start - _BUILT, None, self.start - _BUILT) for d in self.devices]
        world = Register.of(versions), LightingPlan((), ()), place
        trial = Trial(book, world, targets, self.start, GRID)
        waiting, wrong = list(self.inputs), []
        for expectation in self.expected:
            now = [i for i in waiting if _arrival(i) <= expectation.at]
            waiting = waiting[len(now) :]
            trial.run(now, expectation.at)
            trial.settle()
            found = [a for a in trial.open() if a.rule in self.rules]
            wrong += _differences(expectation, found)
        return wrong


def _arrival(one: Input) -> datetime:
    return one.received if isinstance(one, Reading) else one.at


def _differences(expected: Expectation, found: Sequence[Alert]) -> list[str]:
    said = [_said(alert) for alert in found]
    left = list(said)
    wrong = []
    for wanted in expected.alerts:
        match = next((s for s in left if all(s[k] == v for k, v in wanted.items())), None)
        if match is None:
            wrong.append(f"{expected.place}: expected {_line(wanted)}; there {_all(said)}")
        else:
            left.remove(match)
    return wrong + [f"{expected.place}: not expected: {_line(one)}" for one in left]


def _said(alert: Alert) -> dict[str, str]:
    return {
        "rule": alert.rule,
        "subject": alert.subject,
        "severity": alert.severity.value,
        "state": alert.state.value,
        "group": alert.group.key,
    }


def _line(said: Mapping[str, str]) -> str:
    return " ".join(f"{k}={v}" for k, v in said.items())


def _all(said: Sequence[Mapping[str, str]]) -> str:
    return "are none" if not said else "are " + "; ".join(_line(s) for s in said)


# -- reading the file -------------------------------------------------------------------------------------------------


def parse_cases(text: str, file: str, book: RuleBook, place: Place = JINAN) -> list[RuleCase]:
    """Return the cases of a file.

    Raises:
        ConfigError: with every mistake: file, line, field and reason.
    """
    problems: list[Problem] = []
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError([Problem(file, 0, "", f"is no TOML: {error}")]) from None
    top = Table(content, (), file, Lines(text), problems)
    cases = [_case(table, file, book, place) for table in top.tables("case")]
    top.finish()
    if problems:
        raise ConfigError(problems)
    return cases


def _case(table: Table, file: str, book: RuleBook, place: Place) -> RuleCase:
    name = table.text("name", needed=True)
    start = _instant(table, "start", None, place)
    rules = frozenset(table.texts("rules"))
    for rule in sorted(rules - book.rules.keys()):
        table.wrong("rules", f"there is no rule {rule!r}")
    devices = tuple(d for row in table.tables("device") for d in _devices(row))
    inputs = [r for row in table.tables("reading") for r in _readings(row, devices, start, place)]
    signals = [s for row in table.tables("gateway") for s in _signals(row, start, place)]
    expected = [_expectation(row, start, place) for row in table.tables("expect")]
    table.finish()
    return RuleCase(
        name=name,
        file=file,
        start=start,
        rules=rules,
        devices=devices,
        inputs=tuple(sorted([*inputs, *signals], key=_arrival)),
        expected=tuple(sorted(expected, key=lambda e: e.at)),
    )


def _instant(table: Table, key: str, start: datetime | None, place: Place) -> datetime:
    """Return an instant: RFC 3339, or a span after the start such as `90m`."""
    value = table.take(key)
    if isinstance(value, datetime):
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=place.tz).astimezone(UTC)
    if start is not None and isinstance(value, str):
        return start + table.span(key)
    table.wrong(key, "must be a local date and time, or (but for `start`) a span after the start such as 90m")
    return start or datetime(2000, 1, 1, tzinfo=UTC)


def _devices(row: Table) -> Iterator[Device]:
    kind = KINDS.get(row.choice("kind", tuple(KINDS), needed=True))
    ident, copies = row.text("id", needed=True), row.whole("copies", default=0, lowest=0)
    district = row.text("district", default="370102")
    unit = row.text("responsible_unit", default="")
    state = row.choice("state", tuple(AssetState), default=AssetState.IN_SERVICE)
    attributes = row.take("attributes") or {}
    row.finish()
    if kind is None:
        return
    for name in sorted(attributes.keys() - {a.name for a in kind.attributes}):
        row.wrong("attributes", f"{kind.name} has no attribute {name!r}")
    for number in [f"-{n}" for n in range(1, copies + 1)] or [""]:
        name = f"{ident}{number}"
        yield Device(name, kind.name, name, district, district, unit, AssetState(state), attributes=attributes)


def _readings(row: Table, devices: Sequence[Device], start: datetime, place: Place) -> Iterator[Reading]:
    pattern = row.text("device", needed=True)
    at = _instant(row, "at", start, place)
    until = _instant(row, "until", start, place) if "until" in row else at
    every = row.span("every", default=timedelta(days=36500))
    delay = row.span("arrives_after")
    values, faults = row.take("values") or {}, row.texts("faults")
    events = tuple(DeviceEvent(e.get("type", ""), Phase(e.get("phase", "once"))) for e in row.take("events") or ())
    row.finish()
    named = [d for d in devices if fnmatchcase(d.id, pattern)]
    if not named:
        row.wrong("device", f"{pattern!r} is no device of this case")
    for device in named:
        for metric in values.keys() - {m.name for m in KINDS[device.kind].metrics}:
            row.wrong("values", f"{device.kind} has no metric {metric!r}")
    while at <= until:
        for device in named:
            yield Reading(device.id, device.kind, at, at + delay, values, faults, events)
        at += every


def _signals(row: Table, start: datetime, place: Place) -> Iterator[Signal]:
    signal = Signal(row.text("gateway", needed=True), _instant(row, "at", start, place), row.flag("online"))
    row.finish()
    yield signal


def _expectation(row: Table, start: datetime, place: Place) -> Expectation:
    at, alerts = _instant(row, "at", start, place), row.take("alerts")
    row.finish()
    if not isinstance(alerts, list) or not all(isinstance(a, dict) for a in alerts):
        row.wrong("alerts", "must be a list of tables such as { rule = …, subject = … }; [] = none")
        alerts = []
    for name in sorted({k for a in alerts for k in a} - set(_WANTED)):
        row.wrong("alerts", f"{name!r} is none of {', '.join(_WANTED)}")
    local = at.astimezone(place.tz)
    return Expectation(at, tuple(alerts), f"at {local:%Y-%m-%d %H:%M:%S}")
