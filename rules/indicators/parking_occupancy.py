"""泊位占用率: parking spaces taken ÷ all in service, of bays with sensors and car parks with counters.

An instant, no mean: the utilisation of a period (利用率) is another figure.
"""

from datetime import timedelta
from typing import ClassVar, Final

from typing_extensions import override

from domain.period import PeriodKind
from domain.scope import ScopeKind
from rules.indicator import Indicator, Kept, OnBoard
from rules.parking.board import BOARD, LOOKBACK, SCOPES, ParkingBoard
from rules.parking.counts import Counts
from rules.parking.share import ParkingShare


class ParkingOccupancy(ParkingShare):
    """The spaces of the city that are occupied, and the measure of each scope."""

    name: ClassVar[str] = "parking_occupancy"
    source: ClassVar[str] = "occupied ÷ total; total without bays out of service, dead sensors unknown"
    word: ClassVar[str] = "occupied"

    @override
    def part(self, counts: Counts) -> int:
        return counts.occupied


INDICATOR: Final = Indicator(
    name=ParkingOccupancy.name,
    title="泊位占用率",
    title_en="Parking occupancy",
    unit="%",
    kinds=ParkingBoard.kinds,
    scopes=SCOPES,
    source=ParkingOccupancy.source,
    lookback={"instant": LOOKBACK},
    kept=Kept(
        PeriodKind.HOUR,
        (ScopeKind.CITY, ScopeKind.DISTRICT, ScopeKind.ROAD, ScopeKind.LOT),
        settle=timedelta(minutes=5),
    ),
    state=OnBoard(BOARD, ParkingBoard, ParkingOccupancy),
)
