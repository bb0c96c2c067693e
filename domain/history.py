"""What was published of a closed period, its revisions, and what makes a closed period worth another look."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from domain.measure import Measure
from domain.period import Period, PeriodKind


@dataclass(frozen=True, slots=True)
class Published:
    """A measure as it was written down for a closed period. Its identity: indicator, scope, `every` and `start`.

    `start` inclusive, `end` exclusive, aware, UTC. Revision 0 is what was published first.
    """

    measure: Measure
    every: PeriodKind
    period: str
    """The period's name in the city's calendar, as in 2026-11-25T08. Local hours can come twice: `start` is exact."""
    start: datetime
    end: datetime
    lighting_version: int
    revision: int = 0
    recorded_at: datetime | None = None
    """None while it is not written down."""
    why: str = ""
    """Why there is this revision; empty for what was published in time."""


def published(measure: Measure, period: Period, lighting_version: int, why: str = "") -> Published:
    """Return a measure as that of a period, not yet written down."""
    return Published(measure, period.kind, period.name, period.start, period.end, lighting_version, why=why)


@dataclass(frozen=True, slots=True)
class Revised:
    """A revision: what was published before (None: nothing was), and what is now."""

    old: Published | None
    new: Published


@dataclass(frozen=True, slots=True)
class HistoryQuery:
    """Which periods of one indicator and scope: those that start in [start, end) and after `after`, in order."""

    indicator: str
    scope: str
    every: PeriodKind
    """The period that the indicator is kept by."""
    start: datetime
    end: datetime
    limit: int
    ends: Collection[datetime] | None = None
    """Only periods that end at one of these instants; None = all."""


LIGHTING: Final = "lighting plan"
"""The `kind` of a mark that a change of timetables or overrides leaves."""


_CORRECTED: Final = " (instants corrected)"


def corrected(kind: str) -> str:
    """Return the `kind` of a mark of readings that boards which remember their instants have taken in already."""
    return kind + _CORRECTED


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that may have changed closed periods: readings of a kind, or what is registered, in [first, last].

    Only measures at instants up to `closed` can have missed it. All instants aware, UTC.
    """

    kind: str
    first: datetime
    last: datetime
    closed: datetime
    why: str


_FIGURES: Final = (
    *("value", "numerator", "denominator", "unknown", "coverage", "span", "covers"),
    *("unit", "official", "verdict_allowed", "reason"),
)
FIGURES: Final = ("value", "numerator", "denominator", "unknown")
"""What a reader compares first."""


def differs(old: Measure, new: Measure) -> bool:
    """Return whether two measures of the same period say something else. The version of the register alone is not."""
    return any(getattr(old, n) != getattr(new, n) for n in _FIGURES) or _plain(old.detail) != _plain(new.detail)


def _plain(detail: Any) -> Any:
    """Return plain JSON as it comes back from a database."""
    return json.loads(json.dumps(detail))


def without_devices(old: Measure, at: datetime, register_version: int) -> Measure:
    """Return what a published measure becomes when its scope turns out to have had no device."""
    return replace(
        old,
        at=at,
        value=None,
        numerator=0,
        denominator=0,
        unknown=0,
        coverage=None,
        span=None,
        official=False,
        verdict_allowed=False,
        reason="the scope had no device then",
        register_version=register_version,
        detail={},
    )


def joined(marks: Sequence[Mark]) -> Mark:
    """Return one mark that covers all of these, which are of one kind."""
    return Mark(
        kind=marks[0].kind,
        first=min(m.first for m in marks),
        last=max(m.last for m in marks),
        closed=max(m.closed for m in marks),
        why=marks[0].why if len({m.why for m in marks}) == 1 else "several late or changed inputs",
    )
