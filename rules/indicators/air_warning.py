"""重污染天气预警建议: the level that observed and officially forecast daily AQI ask for (环大气〔2024〕6号).

A proposal: a warning is issued, changed and lifted by a person. What is in force is what `warning_notice` readings say;
in a city without them, every earlier proposal counts as followed (our choice). A baseline never proposes anything.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any, ClassVar, Final

from typing_extensions import override

from domain.device import AssetState, Device
from domain.explanation import Explanation, Input, Step
from domain.kinds import KINDS
from domain.measure import Measure, Span
from domain.period import PeriodKind
from domain.reading import Reading
from domain.scope import CITY, Scope, ScopeKind
from rules.air.day_board import DayBoard
from rules.air.day_hours import bounds
from rules.air.forecast import KIND as FORECAST
from rules.air.forecast import Issues, Word, issue_of, newest
from rules.air.warning import AHEAD, BACK, JUDGED, Outlook
from rules.air.warning_tally import WarningTally
from rules.air.years import KIND as STATION
from rules.indicator import Indicator, Kept, Latest, World
from rules.standards.heavy_pollution import Level, Proposal
from rules.standards.hj633 import grade

NOTICE: Final = KINDS["warning_notice"].name
PERSON: Final = "a proposal: a warning is issued, changed and lifted by a person"
ISSUES_KEPT: Final = timedelta(days=BACK + AHEAD + 1)
CLAUSE: Final = "环大气〔2024〕6号"


class AirWarning(DayBoard):
    """The stations' days and the forecasters' issues, and the level that they ask for."""

    kinds: ClassVar[tuple[str, ...]] = (STATION, FORECAST, NOTICE)

    def __init__(self, world: World, latest: Latest, now: datetime) -> None:
        """Look the devices of a world up as of `now`, with what their latest readings say."""
        self._issues = Issues()
        self._heard = 0
        self._proposed: tuple[Any, tuple[Proposal, Level]] | None = None
        super().__init__(world, latest, now)
        for reading in latest.values():
            if reading.kind == FORECAST:
                self.apply(reading, newest=True)

    @override
    def scopes_of(self, device: Device) -> Iterable[Scope]:
        return (CITY,)

    @override
    def apply(self, reading: Reading, *, newest: bool) -> None:
        news = newest
        if reading.kind == FORECAST and reading.at >= self.now - ISSUES_KEPT:
            news = self._issues.put(reading.device, issue_of(reading))
        if news:
            self._heard += 1
            self.touch(reading.device)

    @override
    def advance(self, now: datetime) -> None:
        before = _hour(self.now)
        super().advance(now)
        if _hour(now) != before:
            self._issues.drop_before(now - ISSUES_KEPT)
            self.touch_all()

    @override
    def look_up(self) -> None:
        self._proposed = None
        super().look_up()

    @override
    def rests_on(self) -> Iterable[date]:
        return [self.years.today - timedelta(days=n) for n in range(2 * BACK + 1, -1, -1)]

    @override
    def tally(self, scope: Scope) -> WarningTally:
        official = [d.id for d in self.known.values() if d.kind == FORECAST and not _why_out(d)]
        issues = {device: self._issues.rows(device) for device in official}
        notices = {device: _said(self.latest.get(device)) for device in self._notices()}
        return WarningTally(self.days_tally(scope), issues, notices)

    def measure(self, scope: Scope) -> Measure:
        """Return the level to hold; numerator and denominator are the days around now that are known, and all."""
        proposal, current = self.proposal()
        words, days = self._words(self.now), self._judged()
        known = sum(self._aqi(day, words) is not None for day in days)
        open_end = proposal.level is Level.NONE and bool(proposal.unclear)
        return Measure(
            indicator=INDICATOR.name,
            scope=str(scope),
            at=self.now,
            unit=INDICATOR.unit,
            value=None if open_end else float(proposal.level),
            numerator=known,
            denominator=len(days),
            unknown=len(days) - known,
            coverage=known / len(days),
            covers=Span(bounds(days[0], self.tz)[0], bounds(days[-1], self.tz)[1]),
            official=False,
            verdict_allowed=False,
            reason="; ".join(filter(None, (proposal.reason or proposal.unclear, PERSON))),
            register_version=self.world.register.version,
            detail={
                "proposal": _view(proposal),
                "in_force": {"level": int(current), "name": current.name_zh, "assumed": not self._noticed()},
                "days": [self._day_view(day, words) for day in self._days()],
            },
        )

    def explain(self, scope: Scope) -> Explanation:
        """Return the level with each day it rests on, the forecasters left out, and the rule."""
        proposal, current = self.proposal()
        words = self._words(self.now)
        inputs = [
            Input(d.id, d.name, used=False, why=_why_out(d))
            for d in self.known.values()
            if d.kind == FORECAST and _why_out(d)
        ]
        for day in self._days():
            said = self._day_view(day, words)
            why = "" if said["aqi"] is not None else "not known"
            inputs.append(Input(said["device"] or "", day.isoformat(), used=not why, why=why, says=said))
        steps = [
            Step("level in force", current.name_zh, "notices" if self._noticed() else "earlier proposals, as followed"),
            Step("yellow: above 200 for a day or above 150 for 48 h", str(proposal.level >= Level.YELLOW), CLAUSE),
            Step("orange: above 200 for 48 h or above 150 for 72 h", str(proposal.level >= Level.ORANGE), CLAUSE),
            Step("red: above 200 for 72 h with a day above 300", str(proposal.level >= Level.RED), CLAUSE),
            Step("what keeps the level from being lowered", proposal.unclear or "nothing", CLAUSE),
            Step("proposal", f"{proposal.action.value}: {proposal.level.name_zh}", CLAUSE),
        ]
        return Explanation(self.measure(scope), INDICATOR.source, inputs, steps)

    def proposal(self) -> tuple[Proposal, Level]:
        """Return what is proposed, and the level in force; found anew each hour, and when something was said."""
        key = (_hour(self.now), self.years.generation, self._heard, self._running(), self._noticed())
        if self._proposed is None or self._proposed[0] != key:
            outlook = Outlook(
                self.years.today,
                lambda day: self.years.outcome(CITY, day),
                self._words,
                bounds(self.years.today, self.tz)[0],
            )
            current = self._in_force() if self._noticed() else outlook.course()
            self._proposed = key, (outlook.now(current, self.now), current)
        return self._proposed[1]

    def _running(self) -> int | None:
        return self.years.outcome(CITY, self.years.today).aqi

    def _words(self, until: datetime) -> Mapping[date, Word]:
        official = [d.id for d in self.known.values() if d.kind == FORECAST and not _why_out(d)]
        return newest(self._issues.of(official), until, self.tz)

    def _noticed(self) -> bool:
        return bool(self._notices())

    def _notices(self) -> list[str]:
        return [d.id for d in self.known.values() if d.kind == NOTICE and d.state is AssetState.IN_SERVICE]

    def _in_force(self) -> Level:
        """Return what the newest notice says; nothing is in force before there is one."""
        said = [
            (r.at, r.device, r.values["level"])
            for notice in self._notices()
            if (r := self.latest.get(notice)) and "level" in r.values
        ]
        return Level(int(max(said)[2])) if said else Level.NONE

    def _judged(self) -> list[date]:
        return [self.years.today + timedelta(days=n) for n in range(-1, JUDGED - 1)]

    def _days(self) -> list[date]:
        return [self.years.today + timedelta(days=n) for n in range(-3, AHEAD)]

    def _aqi(self, day: date, words: Mapping[date, Word]) -> int | None:
        seen = self.years.outcome(CITY, day).aqi if day <= self.years.today else None
        if seen is not None or day < self.years.today:
            return seen
        return words[day].said.aqi if day in words else None

    def _day_view(self, day: date, words: Mapping[date, Word]) -> dict[str, Any]:
        """Return what is known of a day, as plain JSON."""
        aqi = self._aqi(day, words)
        outcome = self.years.outcome(CITY, day) if day <= self.years.today else None
        seen = outcome is not None and outcome.aqi is not None
        word = None if seen or day < self.years.today else words.get(day)
        primary = outcome.report.primary if seen and outcome is not None and outcome.report is not None else ()
        return {
            "day": day.isoformat(),
            "aqi": aqi,
            "level": None if aqi is None else grade(aqi).category,
            "primary_pollutants": [p.label for p in (primary if word is None else word.said.primary)],
            "from": "observed" if seen else "forecast" if word is not None else None,
            "device": None if word is None else word.device,
            "issued": None if word is None else word.issued.isoformat(),
        }

    @override
    def dump(self) -> Any:
        return {"issues": self._issues.dump(), "days": super().dump()}

    @override
    def restore(self, dumped: Any) -> None:
        if dumped is not None:
            self._issues.restore(dumped["issues"])
            self._heard += 1
            super().restore(dumped["days"])


def _said(notice: Reading | None) -> list[Any]:
    return [] if notice is None or "level" not in notice.values else [notice.at.isoformat(), notice.values["level"]]


def _hour(at: datetime) -> datetime:
    return at.replace(minute=0, second=0, microsecond=0)


def _why_out(forecaster: Device) -> str:
    """Return why a forecaster has no say, or nothing."""
    if forecaster.state is not AssetState.IN_SERVICE:
        return forecaster.state.value
    return "" if forecaster.flag("official") else "not_official"


def _view(proposal: Proposal) -> dict[str, Any]:
    return {
        "action": proposal.action.value,
        "level": int(proposal.level),
        "name": proposal.level.name_zh,
        "reason": proposal.reason or proposal.unclear,
        "begin": None if proposal.begin is None else proposal.begin.isoformat(),
        "short_notice": proposal.short_notice,
        "health_notice": proposal.health_notice,
    }


INDICATOR: Final = Indicator(
    name="air_warning",
    title="重污染天气预警建议",
    title_en="Heavy-pollution warning, proposed",
    unit="1",
    kinds=(STATION, FORECAST, NOTICE),
    scopes=(ScopeKind.CITY,),
    source="环大气〔2024〕6号; 鲁政办字〔2024〕119号; daily AQI by HJ 633",
    # a course of days, each of which looks as far back again
    lookback={"instant": timedelta(days=2 * BACK + 5)},
    kept=Kept(PeriodKind.DAY, (ScopeKind.CITY,), settle=timedelta(hours=2)),
    state=AirWarning,
)
