"""The kinds of condition an alert rule can have. Values only; `rules/alerts/judges` says what they find.

Most speak of the devices of one kind (the rule's `kind`), each by its newest reading; the others of scopes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

from domain.kind import Value
from domain.measure import Direction
from domain.scope import ScopeKind


@dataclass(frozen=True, slots=True)
class Levels:
    """For each rung, mildest first, the value that breaches it and the one that clears it again (hysteresis)."""

    raises: tuple[float, ...]
    clears: tuple[float, ...]
    above: bool
    """Whether high values are bad. A value at the limit breaches it; one at the clearing level clears it."""

    def level(self, value: float, on: int) -> int:
        """Return the highest rung that a value breaches; rungs up to `on` hold until their clearing level."""
        sign = 1 if self.above else -1
        for rung in range(len(self.raises) - 1, -1, -1):
            if sign * value >= sign * self.raises[rung] or (rung <= on and sign * value > sign * self.clears[rung]):
                return rung
        return -1


@dataclass(frozen=True, slots=True)
class Given:
    """What else a reading must say for the condition to be judged at all; if it does not, the verdict is UNKNOWN."""

    metric: str
    equals: Value | None = None
    at_least: float | None = None
    at_most: float | None = None

    def holds(self, values: Mapping[str, Value]) -> bool:
        """Return whether a reading's values satisfy it."""
        value = values.get(self.metric)
        if value is None:
            return False
        if self.equals is not None:
            return value == self.equals
        if isinstance(value, str):
            return False
        return (self.at_least is None or value >= self.at_least) and (self.at_most is None or value <= self.at_most)


# -- of one device ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Threshold:
    """A metric beyond a level."""

    metric: str
    levels: Levels
    given: tuple[Given, ...] = ()


@dataclass(frozen=True, slots=True)
class State:
    """A metric that is this value: a door that is open, a bay that is occupied."""

    metric: str
    equals: Value
    given: tuple[Given, ...] = ()


class Grader(StrEnum):
    """What can be graded from one reading and its device."""

    WATER_CLASS = "water_class"
    """GB 3838-2002: the class (1…6) of the worst measured item of an automatic station."""
    AIR_INDEX = "air_index"
    """HJ 633: the greatest individual index of an hour (0…500), in the edition that holds for it."""
    LAMP_DARK = "lamp_dark"
    """1 when a lamp shows no light, 0 when it does (power or current against the floor of its dim level)."""
    LAMP_LIT = "lamp_lit"
    """The other way round."""


@dataclass(frozen=True, slots=True)
class Grade:
    """A grade beyond a level; `against` names a numeric attribute of the device that is subtracted first."""

    grader: Grader
    levels: Levels
    against: str = ""


@dataclass(frozen=True, slots=True)
class Rate:
    """A metric that moves by so much within `window`: by its unit, or (relative) by a share of where it was."""

    metric: str
    window: timedelta
    levels: Levels
    falling: bool
    relative: bool
    given: tuple[Given, ...] = ()


@dataclass(frozen=True, slots=True)
class Stuck:
    """One of the metrics says the same for `lasts`, or (`not_positive`) zero or less just once."""

    metrics: tuple[str, ...]
    lasts: timedelta
    not_positive: bool


@dataclass(frozen=True, slots=True)
class Occurrence:
    """An event that a device reports (begin or once breaches, end clears), or a fault it carries.

    `lasts`: an event that is never ended is over after this; None = only its end clears it.
    """

    events: frozenset[str]
    faults: frozenset[str]
    lasts: timedelta | None


@dataclass(frozen=True, slots=True)
class Silence:
    """No reading for `after`. `powered`: time in which the lamp's circuit is off by schedule does not count."""

    after: timedelta
    powered: bool


OneDevice = Threshold | State | Grade | Rate | Stuck | Occurrence | Silence

# -- of more than one ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FeedSilence:
    """Not one reading of the whole kind for `after`."""

    after: timedelta


@dataclass(frozen=True, slots=True)
class GatewayOffline:
    """A gateway that said offline (its last will)."""


@dataclass(frozen=True, slots=True)
class IndicatorThreshold:
    """An indicator's value of each scope of a kind beyond a level.

    `field` names a figure of the measure's detail instead of its value. Below `coverage` the verdict is UNKNOWN.
    """

    indicator: str
    scope: ScopeKind
    levels: Levels
    coverage: float
    field: str = ""


@dataclass(frozen=True, slots=True)
class TargetMissed:
    """A limit missed for certain, whichever way the unknown turn out; met for certain clears it.

    `limits` are by the value of the attribute `limit_by` of the scope's devices; without it there is one limit.
    """

    indicator: str
    scope: ScopeKind
    direction: Direction
    limits: Mapping[str, float]
    limit_by: str
    coverage: float


@dataclass(frozen=True, slots=True)
class PlanTarget:
    """A target of the city's plan that is missed; empty = every one that is measured."""

    targets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """How many of a group breach one rung: this share of those expected, or this number. One of them is enough.

    Of fewer than `share_of` expected a share says nothing: one of two lamps is no dark circuit.
    """

    share: float | None = None
    count: int | None = None
    share_of: int = 1

    def reached(self, number: float, expected: float) -> bool:
        """Return whether so many of so many are enough. Nobody expected is never enough."""
        if expected <= 0:
            return False
        return (self.share is not None and expected >= self.share_of and number >= self.share * expected) or (
            self.count is not None and number >= self.count
        )


@dataclass(frozen=True, slots=True)
class Parts:
    """For each rung what breaches it and what clears it. What is unknown neither breaches nor clears."""

    raises: tuple[Part, ...]
    clears: tuple[Part, ...]

    def level(self, number: float, expected: float, on: int) -> int:
        """Return the highest rung that is reached; rungs up to `on` hold while their clearing part is reached."""
        for rung in range(len(self.raises) - 1, -1, -1):
            if self.raises[rung].reached(number, expected):
                return rung
            if rung <= on and self.clears[rung].reached(number, expected):
                return rung
        return -1


@dataclass(frozen=True, slots=True)
class ShareOfIndicator:
    """So many of an indicator's denominator are against it: dark lamps of those expected to be on."""

    indicator: str
    scope: ScopeKind
    parts: Parts


@dataclass(frozen=True, slots=True)
class ShareOfDevices:
    """So many of a scope's devices in service fulfil a condition of their own."""

    member: Threshold | State | Grade | Silence
    scope: ScopeKind
    parts: Parts


@dataclass(frozen=True, slots=True)
class ShareOfRule:
    """So many subjects of another rule have an open alert of it."""

    rule: str
    scope: ScopeKind
    parts: Parts


Condition = (
    OneDevice
    | FeedSilence
    | GatewayOffline
    | IndicatorThreshold
    | TargetMissed
    | PlanTarget
    | ShareOfIndicator
    | ShareOfDevices
    | ShareOfRule
)
ONE_DEVICE: Final = (Threshold, State, Grade, Rate, Stuck, Occurrence, Silence)
"""The classes of `OneDevice`, to ask with `isinstance`."""
