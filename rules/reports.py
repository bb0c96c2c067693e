"""Reports of closed periods (日报, 月报, 季报, 年报): which published measures stand in them, and the plan's verdicts.

Pure: from definitions, what was published, and the period. How a report looks is the business of its renderers.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from domain.history import Published
from domain.measure import Assessment, Target
from domain.period import Period, PeriodKind
from domain.scope import CITY
from rules.targets import assess


class ReportKind(StrEnum):
    """The reports that a bureau writes."""

    DAILY = "daily"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    ANNUAL = "annual"

    @property
    def period(self) -> PeriodKind:
        """The period that a report of this kind covers."""
        return PERIODS[self]


PERIODS: Final = {
    ReportKind.DAILY: PeriodKind.DAY,
    ReportKind.MONTHLY: PeriodKind.MONTH,
    ReportKind.QUARTERLY: PeriodKind.QUARTER,
    ReportKind.ANNUAL: PeriodKind.YEAR,
}


class Take(StrEnum):
    """Which of the periods inside the report's a section shows."""

    LAST = "last"
    """For each scope the last one that was published."""
    EACH = "each"
    """Every one, in order: a curve as a table."""


@dataclass(frozen=True, slots=True)
class SectionPlan:
    """What a section shows: an indicator for the scopes of these kinds. Sentences are templates of the renderer."""

    title: str
    title_en: str
    bureau: str
    indicator: str
    scopes: tuple[str, ...]
    take: Take
    sentence: str
    sentence_en: str


@dataclass(frozen=True, slots=True)
class ReportPlan:
    """A report as its definition file says it."""

    kind: ReportKind
    title: str
    title_en: str
    sections: tuple[SectionPlan, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A section with its rows. `city` is the newest measure of the whole city, None when none was published."""

    plan: SectionPlan
    city: Published | None
    rows: tuple[Published, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """A report of one closed period. `issued_at` (aware, UTC) is when it was made."""

    plan: ReportPlan
    city: str
    period: Period
    issued_at: datetime
    sections: tuple[Section, ...]
    assessments: tuple[Assessment, ...]

    @property
    def official(self) -> bool:
        """Whether every figure in it is official: nothing made up, nothing provisional. Without figures it is not."""
        return bool(self.figures) and all(p.measure.official for p in self.figures)

    @property
    def figures(self) -> tuple[Published, ...]:
        """Everything published that it shows."""
        return tuple(p for section in self.sections for p in _shown(section))


Look = Callable[[str, Period], Sequence[Published]]
"""Returns what was published of an indicator for the periods that start in a period, of all scopes, in order."""


def build(
    plan: ReportPlan, city: str, period: Period, issued_at: datetime, targets: Iterable[Target], look: Look
) -> Report:
    """Return the report of a closed period.

    A target is held against what was last published for its scope in the period; without that it is `unknown`.
    """
    sections = tuple(_section(part, look(part.indicator, period)) for part in plan.sections)
    return Report(plan, city, period, issued_at, sections, tuple(_assess(t, period, look) for t in targets))


def _section(plan: SectionPlan, found: Sequence[Published]) -> Section:
    of_city = [p for p in found if p.measure.scope == str(CITY)]
    wanted = [p for p in found if _kind(p.measure.scope) in plan.scopes]
    if plan.take is Take.LAST:
        wanted = list({p.measure.scope: p for p in wanted}.values())
    rows = sorted(wanted, key=lambda p: (p.measure.scope, p.start))
    return Section(plan, of_city[-1] if of_city else None, tuple(rows))


def _assess(target: Target, period: Period, look: Look) -> Assessment:
    found = look(target.indicator, period) if target.indicator is not None else ()
    of_scope = [p.measure for p in found if p.measure.scope == target.scope]
    # a verdict on the period: as of its last instant, so that a target which ended with it still counts
    return assess(target, of_scope[-1] if of_scope else None, period.end - datetime.resolution)


def _kind(scope: str) -> str:
    return scope.partition(":")[0]


def _shown(section: Section) -> tuple[Published, ...]:
    return section.rows if section.city is None else (section.city, *section.rows)
