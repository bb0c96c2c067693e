"""Share of cases done within their limits, by the month: what indicators of case files have in common."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, ClassVar, Final

from domain.explanation import Explanation, Input, Step
from domain.measure import Measure, Span
from domain.period import PeriodKind, period_of
from domain.scope import Scope, ScopeKind
from rules.cases.board import CaseBoard
from rules.cases.ledger import Record
from rules.cases.tally import CaseTally
from rules.indicator import Kept
from rules.shared_board import View

SCOPES: Final = (ScopeKind.CITY, ScopeKind.UNIT)
KEPT: Final = Kept(PeriodKind.MONTH, SCOPES, settle=timedelta(hours=12))


class CaseView(View[CaseBoard]):
    """The last closed month of some kind of case."""

    name: ClassVar[str]
    noun: ClassVar[str]
    source: ClassVar[str]

    @staticmethod
    def wanted(case: Record) -> bool:
        """Return whether a case is looked at."""
        raise NotImplementedError

    def tally(self, scope: Scope) -> CaseTally:
        """Return the closed month of a scope."""
        return self.board.tally(scope, self.wanted, self.board.closed.start, self.board.closed.end)

    def measure(self, scope: Scope) -> Measure:
        """Return the share of the closed month: done within every limit ÷ closed, or open beyond a limit."""
        tally, month = self.tally(scope), self.board.closed
        figures = _figures(tally)
        silent = tally.systems - tally.heard
        reason = f"{silent} of {tally.systems} systems told of no case that month" if silent else ""
        reason = reason or (f"{tally.synthetic} of the systems are made up" if tally.synthetic else "")
        return Measure(
            indicator=self.name,
            scope=str(scope),
            at=self.board.now,
            unit="%",
            value=figures["value"],
            numerator=tally.on_time,
            denominator=tally.owed,
            unknown=0,
            coverage=tally.heard / tally.systems if tally.systems else None,
            covers=Span(month.start, month.end),
            official=bool(tally.owed) and not reason,
            verdict_allowed=bool(tally.owed) and not silent,
            reason=reason or ("" if tally.owed else f"no {self.noun} had to be done that month"),
            register_version=self.board.world.register.version,
            detail={"month": month.name, **figures, "month_to_date": self._running(scope)},
        )

    def explain(self, scope: Scope) -> Explanation:
        """Return the share with the counts of each system."""
        found, tally, month = self.measure(scope), self.tally(scope), self.board.closed
        expected = {device.id for device in self.board.expected(scope)}
        inputs = []
        for device in self.board.devices(scope):
            one = self.board.system(device, self.wanted, month.start, month.end)
            why = "" if device.id in expected else device.state.value
            why = why or ("" if one.heard else "told_of_no_case")
            inputs.append(Input(device.id, device.name, not why, why, None, _figures(one)))
        share = "none" if found.value is None else f"{found.value:.2f} %"
        steps = [
            Step(f"{self.noun} that were closed in {month.name}", f"{tally.closed}", "5.1, closed loop"),
            Step("of them with every part within its limit", f"{tally.on_time}"),
            Step("open at the end of the month beyond a limit, counted against", f"{tally.overdue}"),
            Step("share = within every limit ÷ (closed + overdue)", share),
        ]
        return Explanation(found, self.source, inputs, steps)

    def _running(self, scope: Scope) -> Mapping[str, Any]:
        now: datetime = self.board.now
        month = period_of(PeriodKind.MONTH, now, self.board.world.place.tz)
        tally = self.board.tally(scope, self.wanted, month.start, now + datetime.resolution)
        return {"month": month.name, **_figures(tally), "provisional": True}


def _figures(tally: CaseTally) -> dict[str, Any]:
    """Return share, counts and mean times as plain JSON."""
    return {
        "value": 100 * tally.on_time / tally.owed if tally.owed else None,
        "closed": tally.closed,
        "on_time": tally.on_time,
        "overdue": tally.overdue,
        "open": tally.open,
        "mistaken": tally.mistaken,
        "without_part": tally.without_part,
        "parts": tally.parts,
        "returned": tally.returned,
        "handover_mean_minutes": _minutes(tally.handover, tally.accepted),
        "handling_mean_minutes": _minutes(tally.handling, tally.closed),
    }


def _minutes(seconds: int, count: int) -> float | None:
    return round(seconds / count / 60, 2) if count else None
