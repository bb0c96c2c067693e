"""空气质量基线预报: persistence and diurnal climatology, with their measured skill over the last days.

No official forecast and no warning rests on it: it shows what a forecast must beat. The value is what persistence says
of the running day: the index of the last closed one.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any, Final

from typing_extensions import override

from domain.device import Device
from domain.explanation import Explanation, Input, Step
from domain.measure import Measure, Span
from domain.period import PeriodKind
from domain.scope import CITY, Scope, ScopeKind
from rules.air.baseline import (
    WINDOW,
    BaselineDay,
    BaselineTally,
    Climatology,
    HourSums,
    Skill,
    index_of,
    skill,
    sums_of,
)
from rules.air.day_board import DayBoard
from rules.air.day_hours import bounds
from rules.air.day_tally import DayTally
from rules.air.years import excluded
from rules.indicator import Indicator, Kept
from rules.standards.hj633 import Pollutant, grade

JUDGED: Final = 60
"""Closed days over which the skill is measured."""
AHEAD: Final = 4
"""Days that are forecast: the running one and three more."""
BASELINE: Final = "a baseline, no forecast: it shows what a forecast must beat and never proposes a warning"


class AirBaseline(DayBoard):
    """The stations' days, and two plain forecasts made of them."""

    @override
    def scopes_of(self, device: Device) -> Iterable[Scope]:
        return (CITY,)

    @override
    def rests_on(self) -> Iterable[date]:
        return [self.years.today - timedelta(days=n) for n in range(JUDGED + WINDOW, 0, -1)]

    @override
    def tally(self, scope: Scope) -> BaselineTally:
        """Return the days and hours that both baselines and their skill are made of; silent days of nobody are none."""
        found = {day.isoformat(): BaselineDay(*self._sums(day)) for day in self.rests_on()}
        return BaselineTally({day: each for day, each in found.items() if each != BaselineDay()})

    def measure(self, scope: Scope) -> Measure:
        """Return what persistence says; numerator and denominator are the last days with an index, and all of them."""
        today = self.years.today
        found = self.once("found", self._find)
        known = sum(self._seen(day) is not None for day in self._judged())
        start, end = bounds(today, self.tz)[0], bounds(today + timedelta(days=AHEAD - 1), self.tz)[1]
        return Measure(
            indicator=INDICATOR.name,
            scope=str(scope),
            at=self.now,
            unit=INDICATOR.unit,
            value=found["persistence"]["days"][0]["aqi"],
            numerator=known,
            denominator=JUDGED,
            unknown=JUDGED - known,
            coverage=known / JUDGED,
            covers=Span(start, end),
            official=False,
            verdict_allowed=False,
            reason=BASELINE,
            register_version=self.world.register.version,
            detail={"baseline": True, **found},
        )

    def explain(self, scope: Scope) -> Explanation:
        """Return the baseline with the days it is judged by and the steps of its skill."""
        measure = self.measure(scope)
        inputs = [
            Input(
                day.isoformat(),
                day.isoformat(),
                used=seen is not None,
                why="" if seen is not None else "no index",
                says={} if seen is None else {"aqi": seen},
            )
            for day in self._judged()
            for seen in (self._seen(day),)
        ]
        steps = []
        for name in ("persistence", "climatology"):
            said = measure.detail[name]["skill"]
            error, hits = said["mean_absolute_error"], said["level_hit_rate"]
            steps.append(Step(f"{name}: mean of |said - observed| over {said['days']} days", str(error)))
            steps.append(Step(f"{name}: share of days whose level was right", str(hits)))
        return Explanation(measure, INDICATOR.source, inputs, steps)

    def _find(self) -> dict[str, Any]:
        """Return both baselines with their skill, as plain JSON."""
        today, judged = self.years.today, self._judged()
        parts = self.tally(CITY).parts
        climate, said = Climatology(), {}
        for day in self.rests_on():
            if day >= judged[0]:
                said[day] = index_of(climate.hours(), day)
            climate.put(parts.get(day.isoformat(), BaselineDay()).profile())
        hours = climate.hours()
        last = self._seen(today - timedelta(days=1))
        coming = [today + timedelta(days=n) for n in range(AHEAD)]
        yesterdays = [(self._seen(day - timedelta(days=1)), self._seen(day)) for day in judged]
        curve = {p: [hours[n].values[i] for n in sorted(hours)] for i, p in enumerate(p.value for p in Pollutant)}
        return {
            "persistence": {"days": [_day(day, last) for day in coming], "skill": _skill(skill(yesterdays))},
            "climatology": {
                "days": [_day(day, index_of(hours, day)) for day in coming],
                "hours": curve,
                "skill": _skill(skill((said[day], self._seen(day)) for day in judged)),
            },
        }

    def _judged(self) -> list[date]:
        return [self.years.today - timedelta(days=n) for n in range(JUDGED, 0, -1)]

    def _seen(self, day: date) -> int | None:
        return self.years.outcome(CITY, day).aqi

    def _sums(self, day: date) -> tuple[DayTally, HourSums]:
        stations = (s.id for s in self.years.stations(CITY, day) if not excluded(s, CITY))
        return self.years.outcome(CITY, day).tally, sums_of(self.years.hours(station, day) for station in stations)


def _day(day: date, aqi: int | None) -> dict[str, Any]:
    return {"day": day.isoformat(), "aqi": aqi, "level": None if aqi is None else grade(aqi).category}


def _skill(found: Skill) -> dict[str, Any]:
    return {
        "days": found.days,
        "mean_absolute_error": found.mean_absolute_error,
        "level_hit_rate": found.level_hit_rate,
    }


INDICATOR: Final = Indicator(
    name="air_baseline",
    title="空气质量基线预报",
    title_en="Baseline of air quality forecasts",
    unit="1",
    kinds=("air_station",),
    scopes=(ScopeKind.CITY,),
    source="persistence; mean of each hour over the last 30 days; daily AQI by HJ 633",
    lookback={"instant": timedelta(days=JUDGED + WINDOW + 3)},
    kept=Kept(PeriodKind.DAY, (ScopeKind.CITY,), settle=timedelta(hours=2)),
    state=AirBaseline,
)
