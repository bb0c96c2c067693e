"""工地扬尘超标时数: hours of the closed day with PM10 at building sites above a mark, and their ranking (item 21)."""

from typing import Final

from domain.scope import ScopeKind
from rules.dust.board import BOARD, KIND, LOOKBACK, SITE, DustBoard
from rules.dust.view import AREAS, KEPT, SOURCE, UNIT, DustView
from rules.indicator import Indicator, OnBoard


class SiteDust(DustView):
    """Monitors of building sites."""

    name = "site_dust_exceedance"
    site_type = SITE
    noun = "building sites"


INDICATOR: Final = Indicator(
    name=SiteDust.name,
    title="工地扬尘超标时数",
    title_en="Dust of building sites: hours above the mark",
    unit=UNIT,
    kinds=(KIND,),
    scopes=(*AREAS, ScopeKind.SITE, ScopeKind.STATION),
    source=SOURCE,
    lookback={"instant": LOOKBACK},
    kept=KEPT,
    state=OnBoard(BOARD, DustBoard, SiteDust),
)
