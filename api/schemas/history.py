"""The history of an indicator as answers: what was published of closed periods, and its revisions."""

from typing import Self

from api.schemas.common import Answer, Instant
from api.schemas.measures import MeasureOut
from domain.history import Published
from domain.period import PeriodKind


class PublishedOut(Answer):
    """A measure as written down for a closed period, in one of its revisions (0 = as first published).

    `start` is the period's first instant, `end` the first after it; `period` its name in the city's calendar.
    `why` says why there is this revision. `measure.at`: as of when it was measured, the end and the settling time.
    """

    every: PeriodKind
    period: str
    start: Instant
    end: Instant
    revision: int
    recorded_at: Instant | None
    why: str
    lighting_version: int
    measure: MeasureOut

    @classmethod
    def of(cls, found: Published) -> Self:
        """Make it from the domain's record."""
        plain = {n: getattr(found, n) for n in cls.model_fields if n != "measure"}
        return cls(**plain, measure=MeasureOut.of(found.measure))


class History(Answer):
    """One page of periods, oldest first, each with its newest revision. `kept_every`: how finely there is any."""

    indicator: str
    scope: str
    kept_every: PeriodKind
    every: PeriodKind
    items: list[PublishedOut]


class RevisionOut(Answer):
    """One revision: what was published before, and what is published since `recorded_at`."""

    period: str
    start: Instant
    end: Instant
    revision: int
    recorded_at: Instant | None
    why: str
    old: MeasureOut
    new: MeasureOut

    @classmethod
    def of(cls, old: Published, new: Published) -> Self:
        """Make it from two revisions that follow each other."""
        plain = {n: getattr(new, n) for n in cls.model_fields if n not in {"old", "new"}}
        return cls(**plain, old=MeasureOut.of(old.measure), new=MeasureOut.of(new.measure))


class RevisionList(Answer):
    """One page of revisions, by period and then in the order in which they were made."""

    items: list[RevisionOut]
