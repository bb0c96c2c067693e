"""道路扬尘超标时数: hours of the closed day with PM10 at roads above a mark, and their ranking (items 11 and 21)."""

from typing import Final

from domain.scope import ScopeKind
from rules.dust.board import BOARD, KIND, LOOKBACK, ROAD, DustBoard
from rules.dust.view import AREAS, KEPT, SOURCE, UNIT, DustView
from rules.indicator import Indicator, OnBoard


class RoadDust(DustView):
    """Monitors of roads."""

    name = "road_dust_exceedance"
    site_type = ROAD
    noun = "roads"


INDICATOR: Final = Indicator(
    name=RoadDust.name,
    title="道路扬尘超标时数",
    title_en="Dust of roads: hours above the mark",
    unit=UNIT,
    kinds=(KIND,),
    scopes=(*AREAS, ScopeKind.ROAD, ScopeKind.STATION),
    source=SOURCE,
    lookback={"instant": LOOKBACK},
    kept=KEPT,
    state=OnBoard(BOARD, DustBoard, RoadDust),
)
