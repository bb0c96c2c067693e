"""联动处置按时率: cases that several bureaus work on, done within every limit, with hand-over times (plan item 26)."""

from typing import Final

from typing_extensions import override

from rules.cases.board import BOARD, KIND, LOOKBACK, CaseBoard
from rules.cases.ledger import Record
from rules.cases.view import KEPT, SCOPES, CaseView
from rules.indicator import Indicator, OnBoard

_SEVERAL: Final = 2


class JointHandling(CaseView):
    """Cases of two units or more."""

    name = "joint_handling"
    noun = "cases of several units"
    source = "plan of 2019, item 26: 跨部门协同处置; a case of two units or more, each within its limit (our choice)"

    @staticmethod
    @override
    def wanted(case: Record) -> bool:
        return case.units >= _SEVERAL


INDICATOR: Final = Indicator(
    name=JointHandling.name,
    title="跨部门协同处置按时率",
    title_en="Joint handling within limits",
    unit="%",
    kinds=(KIND,),
    scopes=SCOPES,
    source=JointHandling.source,
    lookback={"instant": LOOKBACK},
    kept=KEPT,
    state=OnBoard(BOARD, CaseBoard, JointHandling),
)
