"""白天亮灯: lamps that burn while they are scheduled to be off (city_operations 2.4, TALQ lampUnexpectedOn).

Underpasses that burn day and night owe light and are no case; a test or maintenance under `no_judgement` is none. A
lamp counts from 40 minutes after its switch-off, when its fresh report cannot stem from before it any more, until 30
minutes before it is switched on, since dark days are switched on early (our choice).
"""

from typing import Final

from typing_extensions import override

from domain.explanation import Explanation, Input, Step
from domain.kinds import KINDS
from domain.measure import Measure
from domain.period import PeriodKind
from domain.scope import Scope, ScopeKind
from rules.indicator import Indicator, Kept, OnBoard
from rules.lighting.board import LampBoard
from rules.lighting.lamp import Glow
from rules.lighting.places import LAMP_SCOPES
from rules.lighting.schedule import Duty
from rules.lighting.view import BOARD, Lamps, RecalledLampView, made_up, percent

NOBODY: Final = "no lamp has been scheduled to be off for 40 minutes"


class DayBurning(RecalledLampView):
    """The count of each scope."""

    @override
    def _measure(self, scope: Scope, lamps: Lamps) -> Measure:
        """Return how many lamps burn; a lamp without a fresh report is unknown, which is usual by day."""
        tally = lamps.tally(scope)
        known = tally.off_lit + tally.off_dark
        judged = tally.off_judged
        return Measure(
            indicator=INDICATOR.name,
            scope=str(scope),
            at=lamps.now,
            unit=INDICATOR.unit,
            value=float(tally.off_lit) if judged else None,
            numerator=tally.off_lit,
            denominator=judged,
            unknown=judged - known,
            coverage=known / judged if judged else None,
            official=not tally.off_synthetic,
            verdict_allowed=bool(judged),
            reason=made_up(tally.off_synthetic) if judged else NOBODY,
            register_version=lamps.register_version,
            detail={
                "dark": tally.off_dark,
                "share_of_known": percent(tally.off_lit, known),
                "scheduled_off": tally.scheduled_off,
                "no_judgement": tally.no_judgement,
            },
        )

    def explain(self, scope: Scope) -> Explanation:
        """Return the count with every lamp of the scope: burning, dark, unknown, or why it takes no part."""
        found = self.measure(scope)
        inputs = [
            Input(lamp.device.id, lamp.device.name, not why, why, lamp.at, _says(lamp.glow))
            for lamp, out in self.board.duties(scope)
            for why in [_why(out, lamp.glow, settled=bool(found.denominator))]
        ]
        steps = [
            Step("functional lamps scheduled to be off for 40 minutes or longer", f"{found.denominator:g}", "2.4"),
            Step("of them with a fresh report", f"{found.denominator - found.unknown:g}"),
            Step("of them burning", f"{found.numerator:g}"),
        ]
        return Explanation(found, INDICATOR.source, sorted(inputs, key=lambda i: i.device), steps)


def _says(shown: Glow | None) -> dict[str, str]:
    return {} if shown is None else {"shows": shown.value}


def _why(out: str, shown: Glow | None, *, settled: bool) -> str:
    """Return why a lamp did not count, or nothing. `out` is why it owes no light."""
    if out != f"scheduled_{Duty.OFF.value}":
        return out or f"scheduled_{Duty.ON.value}"
    if not settled:
        return "just_switched"
    return "" if shown is not None else "no_fresh_report"


INDICATOR: Final = Indicator(
    name="day_burning",
    title="白天亮灯数",
    title_en="Lamps burning out of schedule",
    unit="{lamp}",
    kinds=("streetlight",),
    scopes=LAMP_SCOPES,
    source="plan of 2019, item 10; TALQ lampUnexpectedOn: lit while scheduled to be off",
    lookback={"instant": KINDS["streetlight"].freshness},
    kept=Kept(PeriodKind.HOUR, (ScopeKind.CITY, ScopeKind.DISTRICT), remembered=True),
    state=OnBoard(BOARD, LampBoard, DayBurning),
)
