"""Makes reports from what was published: the same for the API and the command line."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from functools import cache

from app.reports.definition import load_plans
from app.reports.render import render
from app.reports.words import Lang
from domain.citytime import Place
from domain.history import Published
from domain.measure import Target
from domain.period import Period, last_closed, midnight, period_of
from domain.ports import MeasureStore, RenderedReport
from rules.indicators import INDICATORS
from rules.reports import ReportKind, build


class Reports:
    """Implements `domain.ports.Reports` over the history."""

    def __init__(self, measures: MeasureStore, targets: Sequence[Target], city: str, place: Place) -> None:
        """Read the definitions. Raises `ConfigError` when one of them is wrong."""
        self._plans = load_plans()
        self._measures, self._targets, self._city, self._place = measures, targets, city, place

    def render(self, kind: str, day: date | None, form: str, lang: Lang, now: datetime) -> RenderedReport:
        """Return the report of the closed period that `day` lies in; by default the last one that is closed.

        Raises:
            ValueError: the period is not over.
        """
        period = self._period(ReportKind(kind), day, now)
        report = build(
            self._plans[ReportKind(kind)], self._city, period, now, self._targets, _once(self._measures, self._place)
        )
        return render(report, form, lang, self._place.tz)

    def titles(self) -> Mapping[str, tuple[str, str]]:
        """Return the titles of the reports by kind, in Chinese and English."""
        return {
            kind.value: (plan.title.replace("{city}", self._city), plan.title_en.replace("{city}", self._city))
            for kind, plan in self._plans.items()
        }

    def _period(self, kind: ReportKind, day: date | None, now: datetime) -> Period:
        if day is None:
            return last_closed(kind.period, now, self._place.tz)
        period = period_of(kind.period, midnight(day, self._place.tz), self._place.tz)
        if period.end > now:
            raise ValueError(f"{period.name} is not over: a report is made of closed periods")
        return period


def _once(measures: MeasureStore, place: Place) -> Callable[[str, Period], Sequence[Published]]:
    """Ask the store once for each indicator of a report."""

    @cache
    def look(indicator: str, period: Period) -> Sequence[Published]:
        every = INDICATORS[indicator].kept.every
        first = period_of(every, period.start, place.tz).start
        return measures.of_periods(indicator, every, first, period.end - datetime.resolution)

    return look
