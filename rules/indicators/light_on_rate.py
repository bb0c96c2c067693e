"""亮灯率: lamps lit ÷ lamps that are scheduled to be on, with dark and unknown kept apart (city_operations 2.1-2.3)."""

from typing import Any, Final

from typing_extensions import override

from domain.citytime import evening_date
from domain.explanation import Explanation, Step
from domain.kinds import KINDS
from domain.measure import Measure
from domain.period import PeriodKind
from domain.scope import Scope, ScopeKind
from rules.indicator import Indicator, Kept, OnBoard
from rules.lighting.board import LampBoard
from rules.lighting.places import LAMP_SCOPES
from rules.lighting.tally import LampTally
from rules.lighting.view import BOARD, Lamps, RecalledLampView, made_up, percent

OFFICIAL_COVERAGE: Final = 0.95
"""Below this share of known lamps a figure is not official."""


class LightOnRate(RecalledLampView):
    """The rate of each scope."""

    @override
    def _measure(self, scope: Scope, lamps: Lamps) -> Measure:
        """Return the confirmed rate of a scope; every lamp without a fresh report counts against it."""
        tally = lamps.tally(scope)
        coverage = (tally.lit + tally.dark) / tally.expected if tally.expected else None
        forbidden = no_verdict(tally)
        unofficial = _unofficial(tally, coverage)
        return Measure(
            indicator=INDICATOR.name,
            scope=str(scope),
            at=lamps.now,
            unit=INDICATOR.unit,
            value=percent(tally.lit, tally.expected),
            numerator=tally.lit,
            denominator=tally.expected,
            unknown=tally.unknown,
            coverage=coverage,
            span=tally.span,
            official=not unofficial,
            verdict_allowed=not forbidden,
            reason="; ".join(filter(None, (forbidden, unofficial))),
            register_version=lamps.register_version,
            detail={
                **_detail(tally),
                "evening_date": evening_date(lamps.now, self.board.world.place.tz).isoformat(),
            },
        )

    def explain(self, scope: Scope) -> Explanation:
        """Return the rate with every lamp of the scope: lit, dark, unknown, or why it takes no part."""
        found = self.measure(scope)
        steps = [
            Step("functional lamps in service and scheduled to be on", f"{found.denominator:g}", "plan item 10"),
            Step("of them with a fresh report that shows light", f"{found.numerator:g}"),
            Step("of them without a fresh report, counted against", f"{found.unknown:g}"),
            Step("rate = lit ÷ scheduled to be on", "no lamp" if found.value is None else f"{found.value:.2f} %"),
        ]
        return Explanation(found, INDICATOR.source, sorted(self.board.inputs(scope), key=lambda i: i.device), steps)


def no_verdict(tally: LampTally) -> str:
    """Return why no verdict may be given now, or nothing."""
    if not tally.expected:
        return "no lamp is scheduled to be on"
    if tally.timetabled and not tally.timetabled_on:
        return "only 24-hour underpass lamps are scheduled to be on"
    if tally.unsettled:
        return f"{tally.unsettled} lamps are within 30 minutes of switching on or off"
    return ""


def _unofficial(tally: LampTally, coverage: float | None) -> str:
    """Return why the figure is not official, or nothing."""
    if tally.synthetic:
        return made_up(tally.synthetic)
    if coverage is not None and coverage < OFFICIAL_COVERAGE:
        return f"coverage {coverage:.1%} is below {OFFICIAL_COVERAGE:.0%}"
    return ""


def _detail(tally: LampTally) -> dict[str, Any]:
    in_service = tally.expected + tally.scheduled_off + tally.no_judgement
    landscape_known = tally.landscape_lit + tally.landscape_dark
    return {
        "observed_rate": percent(tally.lit, tally.lit + tally.dark),
        "lit": tally.lit,
        "dark": tally.dark,
        "unsettled": tally.unsettled,
        "scheduled": {
            "on": tally.expected,
            "off": tally.scheduled_off,
            "no_judgement": tally.no_judgement,
            "share_on": tally.expected / in_service if in_service else None,
        },
        "out_of_service": {
            "maintenance": tally.maintenance,
            "built_not_handed_over": tally.not_handed_over,
            "scrapped": tally.scrapped,
        },
        "landscape": {
            "expected": tally.landscape_expected,
            "lit": tally.landscape_lit,
            "dark": tally.landscape_dark,
            "unknown": tally.landscape_expected - landscape_known,
        },
        "synthetic": tally.synthetic,
    }


INDICATOR: Final = Indicator(
    name="light_on_rate",
    title="亮灯率",
    title_en="Light-on rate",
    unit="%",
    kinds=("streetlight",),
    scopes=LAMP_SCOPES,
    source="plan of 2019, item 10: lit ÷ scheduled to be on, unknown counted against",
    lookback={"instant": KINDS["streetlight"].freshness},
    kept=Kept(
        PeriodKind.HOUR,
        (ScopeKind.CITY, ScopeKind.DISTRICT, ScopeKind.MANAGEMENT_AREA, ScopeKind.ROAD_CLASS),
        remembered=True,
    ),
    state=OnBoard(BOARD, LampBoard, LightOnRate),
)
