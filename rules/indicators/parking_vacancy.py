"""泊位空闲率: parking spaces free ÷ all in service (availability).

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


class ParkingVacancy(ParkingShare):
    """The spaces of the city that are vacant, and the measure of each scope."""

    name: ClassVar[str] = "parking_vacancy"
    source: ClassVar[str] = "vacant ÷ total; total without bays out of service, dead sensors unknown"
    word: ClassVar[str] = "vacant"

    @override
    def part(self, counts: Counts) -> int:
        return counts.vacant


INDICATOR: Final = Indicator(
    name=ParkingVacancy.name,
    title="泊位空闲率",
    title_en="Parking vacancy",
    unit="%",
    kinds=ParkingBoard.kinds,
    scopes=SCOPES,
    source=ParkingVacancy.source,
    lookback={"instant": LOOKBACK},
    kept=Kept(PeriodKind.HOUR, (ScopeKind.CITY, ScopeKind.DISTRICT, ScopeKind.LOT), settle=timedelta(minutes=5)),
    state=OnBoard(BOARD, ParkingBoard, ParkingVacancy),
)
