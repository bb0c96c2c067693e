"""热线工单按时办结率: cases that came from the hotline 12345, done within every limit (plan item 42)."""

from typing import Final

from typing_extensions import override

from rules.cases.board import BOARD, KIND, LOOKBACK, CaseBoard
from rules.cases.ledger import Record
from rules.cases.view import KEPT, SCOPES, CaseView
from rules.indicator import Indicator, OnBoard


class TicketHandling(CaseView):
    """Cases that were opened for a ticket of the hotline."""

    name = "ticket_handling"
    noun = "tickets of the hotline"
    source = "plan of 2019, item 42: 办结率, of the tickets that have a case file here"

    @staticmethod
    @override
    def wanted(case: Record) -> bool:
        return case.ticket


INDICATOR: Final = Indicator(
    name=TicketHandling.name,
    title="热线工单按时办结率",
    title_en="Hotline tickets closed within limits",
    unit="%",
    kinds=(KIND,),
    scopes=SCOPES,
    source=TicketHandling.source,
    lookback={"instant": LOOKBACK},
    kept=KEPT,
    state=OnBoard(BOARD, CaseBoard, TicketHandling),
)
