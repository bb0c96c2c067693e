"""A measure: the value of an indicator for a scope at an instant, never a bare percentage."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class Direction(StrEnum):
    """Which side of the limit is good."""

    AT_LEAST = ">="
    AT_MOST = "<="


class TargetVerdict(StrEnum):
    """How an indicator stands against a target of the plan (invariant 5)."""

    MET = "met"
    """Met even with every unknown counted against it."""
    MISSED = "missed"
    """Missed even with every unknown counted for it."""
    UNKNOWN = "unknown"
    """Depends on what is not known, or there is no verdict at this instant; `reason` says which."""
    NO_LIMIT = "no_limit"
    """The plan only says improve: the trend is shown."""
    EXPIRED = "expired"
    """The target's validity, or its set of devices, has ended."""
    NOT_MEASURED = "not_measured"
    """Telemetry cannot measure it; `reason` says why."""


@dataclass(frozen=True, slots=True)
class Span:
    """The event times of the oldest and the newest reading that took part; aware, UTC."""

    first: datetime
    last: datetime


@dataclass(frozen=True, slots=True)
class Measure:
    """One indicator for one scope at one instant (`at`: aware, UTC).

    `numerator` + (those against) + `unknown` = `denominator`. `value` counts every unknown against it; None when the
    denominator is zero. `coverage` is the share of the denominator that is known (0…1), None when that is zero.
    """

    indicator: str
    scope: str
    at: datetime
    unit: str
    value: float | None
    numerator: float
    denominator: float
    unknown: float
    coverage: float | None
    span: Span | None = None
    covers: Span | None = None
    """What the measure stands for when that is no instant: the period's first instant, and the first after it."""
    official: bool = True
    """False when anything made up took part, or the figure is provisional."""
    verdict_allowed: bool = True
    """False when the rules of the indicator forbid a verdict at this instant; `reason` says why."""
    reason: str = ""
    register_version: int = 0
    detail: Mapping[str, Any] = field(default_factory=dict)
    """What only this indicator says, as plain JSON values (observed rate, evening date, class, excluded devices …)."""


@dataclass(frozen=True, slots=True)
class Target:
    """What the plan asks of an indicator. Dates are of the city's calendar, as instants in UTC."""

    id: str
    document: str
    item: str
    wording: str
    """The plan's own words, quoted."""
    bureau: tuple[str, ...]
    indicator: str | None
    """None when no indicator measures it; then `not_measured_because` says why."""
    scope: str
    unit: str = "%"
    limit: float | None = None
    direction: Direction | None = None
    period: str = "instant"
    """`instant`, or `month` when only closed months give a verdict."""
    valid_from: datetime | None = None
    valid_to: datetime | None = None
    deadline: datetime | None = None
    """By when it had to be reached; afterwards it is to be kept."""
    not_measured_because: str = ""
    assumed: str = ""
    """Set when the figure is lost in the plan's copy and was assumed; says how."""


@dataclass(frozen=True, slots=True)
class Assessment:
    """A target held against its measure at an instant."""

    target: Target
    verdict: TargetVerdict
    reason: str
    at: datetime
    measure: Measure | None
