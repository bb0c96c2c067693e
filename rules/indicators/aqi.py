"""空气质量指数, by the hour: of each station, and of the city by the means of its stations (HJ 633, hourly method).

It stands for the newest hour that is complete enough and still fresh. Hours are labelled by their END.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from domain.explanation import Explanation, Input, Step
from domain.kinds import KINDS
from domain.measure import Measure, Span
from domain.period import PeriodKind
from domain.scope import Scope, ScopeKind
from rules.air.board import AirBoard
from rules.air.hours import CLOCK_ERROR
from rules.air.tally import AirTally
from rules.air.view import index_view
from rules.indicator import Indicator, Kept
from rules.standards.hj633 import Pollutant, Report, hourly, rounded
from rules.standards.hj633_editions import edition_of_hour

NO_SHARE: Final = "an index is no share of the stations that took part; targets count days"


class HourlyAqi(AirBoard):
    """The air stations of the city, and the index of each scope."""

    def measure(self, scope: Scope) -> Measure:
        """Return the index of a scope; numerator and denominator are the stations that took part and those expected."""
        tally = self.tally(scope)
        label = tally.hour()
        report = None if label is None else hourly(tally.means(label), edition_of_hour(label))
        value = None if report is None or report.value is None else float(report.value)
        took_part = 0 if label is None else tally.hours[label].stations
        made_up = self._made_up(scope, label)
        return Measure(
            indicator=INDICATOR.name,
            scope=str(scope),
            at=self.now,
            unit=INDICATOR.unit,
            value=value,
            numerator=took_part,
            denominator=tally.expected,
            unknown=tally.expected - took_part,
            coverage=took_part / tally.expected if tally.expected else None,
            span=None if label is None else Span(label, label),
            official=value is not None and not made_up,
            verdict_allowed=False,
            reason=_why_none(tally, report) or made_up or NO_SHARE,
            register_version=self.world.register.version,
            detail={
                "hour_ending": None if label is None else label.isoformat(),
                **index_view(report),
                "concentrations": {} if label is None else _concentrations(tally, label),
                **self._lists(scope, label),
            },
        )

    def explain(self, scope: Scope) -> Explanation:
        """Return the index with the hour of each station and the index of each pollutant."""
        label = self.tally(scope).hour()
        found = self.measure(scope)
        return Explanation(found, INDICATOR.source, self._inputs(scope, label), _steps(found.detail))

    def _inputs(self, scope: Scope, label: datetime | None) -> list[Input]:
        inputs = []
        for station in self.devices(scope):
            why = self.excluded(station, scope) or self.silent(station.id, label)
            said = None if label is None else self._hours.at(label).get(station.id)
            at, values = (None, {}) if said is None else (said.at, dict(said.values))
            inputs.append(Input(station.id, station.name, used=not why, why=why, at=at, says=values))
        return inputs

    def _made_up(self, scope: Scope, label: datetime | None) -> str:
        """Return how many of the stations that took part are made up or placed by guess, or nothing."""
        taking = [s for s in self.devices(scope) if not self.excluded(s, scope) and not self.silent(s.id, label)]
        made_up = sum(s.synthetic for s in taking)
        return f"{made_up} of the stations are made up" if made_up else ""

    def _lists(self, scope: Scope, label: datetime | None) -> dict[str, Any]:
        """Return who took no part and why, as plain JSON."""
        by_reason = [(s.id, self.excluded(s, scope), self.silent(s.id, label)) for s in self.devices(scope)]
        return {
            "silent_stations": [{"station": s, "reason": why} for s, out, why in by_reason if not out and why],
            "excluded": [{"station": s, "reason": out} for s, out, _ in by_reason if out],
        }


def _why_none(tally: AirTally, report: Report | None) -> str:
    """Return why there is no index, or nothing."""
    if not tally.expected:
        return "no station takes part"
    if report is None:
        return "no station has a fresh valid hour"
    if not report.iaqi:
        return "fewer than 75 % of the stations have valid values"
    if report.value is None:
        return f"{report.edition.cited}: no AQI up to 100 while {', '.join(p.label for p in report.missing)} missing"
    return ""


def _steps(detail: Mapping[str, Any]) -> list[Step]:
    """Return the steps from the stations' values to the index, from what a measure says in detail."""
    edition = detail["edition"]
    steps = [
        Step(
            f"mean of {Pollutant(name).label} over {said['stations']} stations with a valid value",
            "fewer than 75 % of the stations" if said["value"] is None else f"{said['value']:g} {said['unit']}",
            "GB 3095; 75 % of the stations",
        )
        for name, said in detail["concentrations"].items()
    ]
    steps += [
        Step(f"individual index (IAQI) of {Pollutant(name).label}, rounded up", str(value), f"{edition} 4.2")
        for name, value in detail["iaqi"].items()
    ]
    if detail["grade"] is not None:
        primary = "; ".join(detail["primary_pollutants"]) or "none, up to 50"
        steps.append(Step("index = the greatest IAQI; primary pollutants", primary, f"{edition} 4.3"))
    return steps


def _concentrations(tally: AirTally, label: datetime) -> dict[str, Any]:
    """Return what each index rests on: the mean as published, and how many stations had a valid value."""
    means, sums = tally.means(label), tally.hours[label].sums
    return {
        p.value: {
            "value": float(rounded(p, means[p])) if p in means else None,
            "unit": p.unit,
            "stations": valid,
        }
        for p, (_, valid) in sorted(sums.items())
    }


INDICATOR: Final = Indicator(
    name="aqi",
    title="空气质量指数",
    title_en="Air quality index, hourly",
    unit="1",
    kinds=("air_station",),
    scopes=(ScopeKind.CITY, ScopeKind.STATION),
    source="HJ 633-2012, HJ 633-2026 by the hour's date; GB 3095; city by its stations, 75 % of them valid",
    lookback={"instant": KINDS["air_station"].freshness + CLOCK_ERROR},
    kept=Kept(PeriodKind.HOUR, (ScopeKind.CITY, ScopeKind.STATION), settle=timedelta(minutes=30)),
    state=HourlyAqi,
)
