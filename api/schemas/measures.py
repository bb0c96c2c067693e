"""Indicators, measures and targets as answers. A measure never comes as a bare percentage."""

from typing import Any, Self

from api.schemas.common import Answer, Instant
from domain.measure import Assessment, Direction, Measure, Span, Target, TargetVerdict
from domain.period import PeriodKind
from domain.ports import IndicatorInfo
from domain.scope import Scope, ScopeKind


class IndicatorOut(Answer):
    """One row of the catalogue, with the kinds of scope it is defined for and the kinds of device it listens to.

    Its history has one measure of each of `kept_scopes` for each closed period `kept_every`.
    """

    name: str
    title: str
    title_en: str
    unit: str
    scopes: list[str]
    source: str
    kinds: list[str]
    kept_every: PeriodKind
    kept_scopes: list[str]

    @classmethod
    def of(cls, info: IndicatorInfo) -> Self:
        """Make it from the catalogue's row."""
        return cls(
            name=info.name,
            title=info.title,
            title_en=info.title_en,
            unit=info.unit,
            scopes=list(info.scopes),
            source=info.source,
            kinds=list(info.kinds),
            kept_every=info.kept_every,
            kept_scopes=list(info.kept_scopes),
        )


class Catalogue(Answer):
    """Every indicator."""

    items: list[IndicatorOut]


class ScopeOut(Answer):
    """A part of the city; `scope` is how to write it in a query."""

    scope: str
    kind: ScopeKind
    id: str

    @classmethod
    def of(cls, scope: Scope) -> Self:
        """Make it from the domain's scope."""
        return cls(scope=str(scope), kind=scope.kind, id=scope.id)


class ScopeList(Answer):
    """The scopes that an indicator has now, in order."""

    items: list[ScopeOut]


class SpanOut(Answer):
    """The event times of the oldest and the newest reading that took part."""

    first: Instant
    last: Instant

    @classmethod
    def of(cls, span: Span) -> Self:
        """Make it from the domain's span."""
        return cls(first=span.first, last=span.last)


class PeriodOut(Answer):
    """A period: `start` is its first instant, `end` the first after it."""

    start: Instant
    end: Instant

    @classmethod
    def of(cls, span: Span) -> Self:
        """Make it from the domain's span."""
        return cls(start=span.first, end=span.last)


class MeasureOut(Answer):
    """One indicator for one scope at one instant.

    `value` counts every unknown against it and is null when the denominator is zero; `coverage` (0 … 1) is the
    share of the denominator that is known. `official` is false when anything made up took part or the figure is
    provisional; without `verdict_allowed` no verdict may rest on it, and `reason` says why.
    """

    indicator: str
    scope: str
    at: Instant
    unit: str
    value: float | None
    numerator: float
    denominator: float
    unknown: float
    coverage: float | None
    span: SpanOut | None
    covers: PeriodOut | None
    official: bool
    verdict_allowed: bool
    reason: str
    register_version: int
    detail: dict[str, Any]

    @classmethod
    def of(cls, measure: Measure) -> Self:
        """Make it from the domain's measure."""
        plain = {n: getattr(measure, n) for n in cls.model_fields if n not in {"span", "covers", "detail"}}
        span = SpanOut.of(measure.span) if measure.span else None
        covers = PeriodOut.of(measure.covers) if measure.covers else None
        return cls(**plain, span=span, covers=covers, detail=dict(measure.detail))


class MeasureList(Answer):
    """One page of measures of one kind of scope, in the order of the scopes."""

    items: list[MeasureOut]


class TargetOut(Answer):
    """What the plan asks. `wording` quotes the plan; `assumed` says what had to be assumed in its place."""

    id: str
    document: str
    item: str
    wording: str
    bureau: list[str]
    indicator: str | None
    scope: str
    unit: str
    limit: float | None
    direction: Direction | None
    period: str
    valid_from: Instant | None
    valid_to: Instant | None
    deadline: Instant | None
    not_measured_because: str
    assumed: str

    @classmethod
    def of(cls, target: Target) -> Self:
        """Make it from the domain's target."""
        plain = {n: getattr(target, n) for n in cls.model_fields if n != "bureau"}
        return cls(**plain, bureau=list(target.bureau))


class AssessmentOut(Answer):
    """A target held against its measure at `at`, with the verdict and the reason for it."""

    target: TargetOut
    verdict: TargetVerdict
    reason: str
    at: Instant
    measure: MeasureOut | None

    @classmethod
    def of(cls, found: Assessment) -> Self:
        """Make it from the domain's assessment."""
        return cls(
            target=TargetOut.of(found.target),
            verdict=found.verdict,
            reason=found.reason,
            at=found.at,
            measure=MeasureOut.of(found.measure) if found.measure else None,
        )


class AssessmentList(Answer):
    """Every target of the plan, as it stands now."""

    items: list[AssessmentOut]
