"""A day of a scope as a measure: shared by the daily index and its primary pollutants."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from domain.explanation import Input
from domain.measure import Measure, Span
from domain.scope import Scope
from rules.air.day_board import DayBoard
from rules.air.day_hours import bounds
from rules.air.day_tally import DayOutcome
from rules.air.view import day_view
from rules.air.years import excluded
from rules.indicator import Indicator
from rules.standards.hj633 import Pollutant

NO_SHARE: Final = "an index is no share of the stations that took part; targets count days"


class OneDay(DayBoard):
    """Stations, and the last closed day of each scope. The running day is in the detail, provisional."""

    def closed(self, scope: Scope) -> DayOutcome:
        """Return the last closed day."""
        return self.years.outcome(scope, self.years.today - timedelta(days=1))

    def running(self, scope: Scope) -> DayOutcome:
        """Return the running day as far as it is known."""
        return self.years.outcome(scope, self.years.today)

    def of_day(self, indicator: Indicator, scope: Scope, value: float | None, more: Mapping[str, Any]) -> Measure:
        """Return the measure of the last closed day; numerator and denominator are stations."""
        outcome = self.closed(scope)
        tally, (start, end) = outcome.tally, bounds(outcome.day, self.tz)
        made_up = f"{tally.made_up} of the stations are made up" if tally.made_up else ""
        return Measure(
            indicator=indicator.name,
            scope=str(scope),
            at=self.now,
            unit=indicator.unit,
            value=value,
            numerator=tally.stations,
            denominator=tally.expected,
            unknown=tally.expected - tally.stations,
            coverage=tally.stations / tally.expected if tally.expected else None,
            covers=Span(start, end),
            official=value is not None and not made_up,
            verdict_allowed=False,
            reason=outcome.why_none or made_up or NO_SHARE,
            register_version=self.world.register.version,
            detail={
                **day_view(outcome),
                "day_running": {"provisional": True, **day_view(self.running(scope))},
                "not_counted": self.left_out(scope),
                **more,
            },
        )

    def left_out(self, scope: Scope) -> list[dict[str, str]]:
        """Return which stations took no part in the last closed day, and why."""
        rows = ((i.device, i.why) for i in self.inputs(scope) if i.why)
        return [{"station": station, "reason": why} for station, why in rows]

    def inputs(self, scope: Scope) -> list[Input]:
        """Return each station's part in the last closed day: valid hours and daily values, or why it has none."""
        day, found = self.closed(scope).day, []
        for station in self.years.stations(scope, day):
            known = self.years.station_day(station.id, day)
            why = excluded(station, scope)
            if not why and not known.values:
                hours = self.years.hours(station.id, day)
                why = "silent" if not hours else f"no_valid_daily_value: {_most(known.hours)} valid hours at most"
            says = {
                "valid_hours": {p.value: known.hours.get(p, 0) for p in Pollutant},
                "daily_values": {scale.value: float(value) for scale, value in known.values.items()},
                "invalid_hours": self._faults(station.id),
            }
            found.append(Input(station.id, station.name, used=not why, why=why, says=says))
        return found

    def _faults(self, station: str) -> dict[str, int]:
        """Count the hours of the last closed day that have no values, by reason."""
        day = self.years.today - timedelta(days=1)
        counts: dict[str, int] = {}
        for said in self.years.hours(station, day).values():
            if said.why:
                counts[said.why] = counts.get(said.why, 0) + 1
        return dict(sorted(counts.items()))


def _most(hours: Mapping[Pollutant, int]) -> int:
    return max(hours.values(), default=0)
