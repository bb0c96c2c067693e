"""The published limits that alarm figures are held against, each with the clause it stands in.

ANSI/ISA-18.2-2016 (identical in IEC 62682:2014), clause 16.4, tables 5 and 6, for one operator position; the average
rate is that of EEMUA 191 too. The standard asks for 30 days of data before it is judged by: a single shift is a hint.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from domain.severity import Severity

INTERVAL_S: Final = 600
"""Alarms are counted in regular intervals of 10 minutes (ISA-18.2 16.4.3), on the tens of the clock."""
FLOOD_ABOVE: Final = 10
"""A flood begins with the interval that has more alarms for one officer (16.4.4)."""
FLOOD_BELOW: Final = 5
"""It is over with the interval that has fewer."""
STALE_H: Final = 24
"""An alarm that stands longer without a break is stale (16.4.7)."""
TOP: Final = 10
CHATTER_RAISES: Final = 3
"""Raised so often within `CHATTER_S` an alarm chatters (16.4.6 names no figure; Hexagon PAS, "Taming the wild alarm
system" part 3, gives three or more a minute as the starting criterion)."""
CHATTER_S: Final = 60


class Figure(StrEnum):
    """What is held against a published limit."""

    RATE = "rate"
    PEAK = "peak"
    BUSY_INTERVALS = "busy_intervals"
    FLOOD_TIME = "flood_time"
    TOP_SHARE = "top_share"
    CHATTERING = "chattering"
    STALE = "stale"
    LOW = "priority_low"
    MEDIUM = "priority_medium"
    HIGH = "priority_high"
    HIGHEST = "priority_highest"


class Standing(StrEnum):
    """How a figure stands against its limit."""

    ACCEPTABLE = "acceptable"
    MANAGEABLE = "manageable"
    """Above what is acceptable, within the most that can be managed."""
    EXCEEDED = "exceeded"
    UNKNOWN = "unknown"
    """There is no figure: no alarm was raised."""
    GUIDE = "guide"
    """The source gives a goal without a bound: it is shown beside, and nothing is judged."""


@dataclass(frozen=True, slots=True)
class Limit:
    """`acceptable` and `manageable` (None = the source gives one figure alone), both included unless `below`."""

    figure: Figure
    acceptable: float
    manageable: float | None
    unit: str
    source: str
    below: bool = False
    """The source says "less than"."""
    goal: bool = False
    """The source says "about": a distribution to come near to."""

    def judge(self, value: float | None) -> Standing:
        """Return how a value stands."""
        if value is None:
            return Standing.UNKNOWN
        if self.goal:
            return Standing.GUIDE
        if value < self.acceptable or (value == self.acceptable and not self.below):
            return Standing.ACCEPTABLE
        return Standing.MANAGEABLE if self.manageable is not None and value <= self.manageable else Standing.EXCEEDED


_ISA: Final = "ANSI/ISA-18.2-2016 = IEC 62682:2014"
LIMITS: Final = (
    Limit(Figure.RATE, 1, 2, "alarms per officer and 10 min", f"{_ISA} 16.4.2, table 5; EEMUA 191"),
    Limit(Figure.PEAK, 10, None, "alarms per officer in 10 min", f"{_ISA} 16.4.3"),
    Limit(Figure.BUSY_INTERVALS, 1, None, "% of 10-min intervals above 10 alarms", f"{_ISA} 16.4.3", below=True),
    Limit(Figure.FLOOD_TIME, 1, None, "% of the time", f"{_ISA} 16.4.4", below=True),
    Limit(Figure.TOP_SHARE, 1, 5, "% of all alarms", f"{_ISA} 16.4.5"),
    Limit(Figure.CHATTERING, 0, None, "alarms", f"{_ISA} 16.4.6"),
    Limit(Figure.STALE, 5, None, "alarms on any day", f"{_ISA} 16.4.7", below=True),
    Limit(Figure.LOW, 80, None, "% of all alarms", f"{_ISA} 16.4.8, table 6", goal=True),
    Limit(Figure.MEDIUM, 15, None, "% of all alarms", f"{_ISA} 16.4.8, table 6", goal=True),
    Limit(Figure.HIGH, 5, None, "% of all alarms", f"{_ISA} 16.4.8, table 6", goal=True),
    Limit(Figure.HIGHEST, 1, None, "% of all alarms", f"{_ISA} 16.4.8, table 6 (fewer than)", goal=True),
)
PRIORITY: Final = {
    Severity.INFO: Figure.LOW,
    Severity.MINOR: Figure.MEDIUM,
    Severity.MAJOR: Figure.HIGH,
    Severity.CRITICAL: Figure.HIGHEST,
}
"""Our ladder on the standard's four priorities (our choice)."""
