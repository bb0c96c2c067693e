"""A share of parking spaces as a measure: occupied or vacant, of all spaces in service, unknown counted against."""

from collections.abc import Sequence
from typing import Any, ClassVar

from domain.explanation import Explanation, Step
from domain.measure import Measure, Span
from domain.scope import Scope
from rules.parking.board import ParkingBoard
from rules.parking.counts import Counts, ParkingTally
from rules.shared_board import View


class ParkingShare(View[ParkingBoard]):
    """The parking spaces of the city, and the share of each scope that is as the indicator asks."""

    name: ClassVar[str]
    source: ClassVar[str]
    word: ClassVar[str]
    """As in `occupied`."""

    def part(self, counts: Counts) -> int:
        """Return the spaces that the share counts."""
        raise NotImplementedError

    def tally(self, scope: Scope) -> ParkingTally:
        """Return the counts of a scope."""
        return self.board.tally(scope)

    def measure(self, scope: Scope) -> Measure:
        """Return the confirmed share of a scope; every space without a fresh state counts against it."""
        tally = self.tally(scope)
        counts = tally.total()
        part, known = self.part(counts), counts.occupied + counts.vacant
        made_up = f"{counts.synthetic} of the parking spaces are made up" if counts.synthetic else ""
        return Measure(
            indicator=self.name,
            scope=str(scope),
            at=self.board.now,
            unit="%",
            value=_percent(part, counts.total),
            numerator=part,
            denominator=counts.total,
            unknown=counts.unknown,
            coverage=known / counts.total if counts.total else None,
            span=self._span(scope),
            official=not made_up,
            verdict_allowed=bool(counts.total),
            reason=made_up or ("" if counts.total else "no parking space in service"),
            register_version=self.board.world.register.version,
            detail=self._detail(scope, tally, counts),
        )

    def explain(self, scope: Scope) -> Explanation:
        """Return the share with every bay and car park of the scope."""
        found = self.measure(scope)
        return Explanation(found, self.source, list(self.board.inputs(scope)), self._steps(found))

    def _detail(self, scope: Scope, tally: ParkingTally, counts: Counts) -> dict[str, Any]:
        return {
            "observed_rate": _percent(self.part(counts), counts.occupied + counts.vacant),
            "occupied": counts.occupied,
            "vacant": counts.vacant,
            "counted_lots": len(tally.lots),
            "bays_in_counted_lots": tally.in_counted_lots(),
            **tally.flags(),
            "out_of_service": self.board.out_of_service(scope),
            "synthetic": counts.synthetic,
        }

    def _span(self, scope: Scope) -> Span | None:
        """Return the instant of the one reading of a bay or car park; wider scopes have none: that would be a scan."""
        reading = self.board.latest_of(scope)
        return None if reading is None else Span(reading.at, reading.at)

    def _steps(self, found: Measure) -> Sequence[Step]:
        flagged = len(found.detail["below_zero"]) + len(found.detail["above_capacity"])
        share = "no parking space" if found.value is None else f"{found.value:.2f} %"
        return [
            Step("parking spaces in service, a counted car park by its capacity", f"{found.denominator:g}"),
            Step(f"of them {self.word}; counts are held to 0 … capacity", f"{found.numerator:g}"),
            Step("car parks whose counter is below zero or above capacity", f"{flagged}"),
            Step("spaces without a fresh valid state, counted against", f"{found.unknown:g}"),
            Step(f"share = {self.word} ÷ all", share, "Tianjin parking data product: occupied or free ÷ total"),
        ]


def _percent(part: int, whole: int) -> float | None:
    return 100 * part / whole if whole else None
