"""Which edition of HJ 633 applies: by the date of the data, never by today's.

GB 3095-2026 and HJ 633-2026 take effect on 2026-03-01 and make the editions of 2012 void from that day.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

BEIJING: Final = ZoneInfo("Asia/Shanghai")
"""The standards' days and hours are those of Beijing time, wherever the city's clock is."""


class Edition(StrEnum):
    """The editions of the standard, by year."""

    Y2012 = "2012"
    Y2026 = "2026"

    @property
    def cited(self) -> str:
        """How the edition is cited."""
        return f"HJ 633-{self.value}"


_BEGIN: Final = {Edition.Y2026: date(2026, 3, 1), Edition.Y2012: date(2012, 1, 1)}
"""The first day of each edition, newest first: the old one is void from the day the new one takes effect."""


def begin(edition: Edition) -> date:
    """Return the first day (Beijing time) of an edition; the one before it is void from then."""
    return _BEGIN[edition]


def edition_of_day(day: date) -> Edition:
    """Return the edition that applies to a calendar day (Beijing time).

    Raises:
        ValueError: the day is before both.
    """
    for edition, begin in _BEGIN.items():
        if day >= begin:
            return edition
    raise ValueError(f"no edition of HJ 633 covers {day.isoformat()}")


def day_of_hour(hour_ending: datetime) -> date:
    """Return the day of an hour. The label (aware) is its END: 00:00 is the last hour of the day before."""
    return (hour_ending.astimezone(BEIJING) - datetime.resolution).date()


def edition_of_hour(hour_ending: datetime) -> Edition:
    """Return the edition that applies to an hour, labelled by its end: 2026 from 2026-03-01 01:00 (Beijing time).

    Raises:
        ValueError: the hour is before both.
    """
    return edition_of_day(day_of_hour(hour_ending))
