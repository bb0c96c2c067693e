"""One bay over one day: how often somebody parked, how long, and when the bay was taken.

Changes of the state are counted, never reports: a heartbeat that repeats the state is no parking. A report that
contradicts the state before it means that an event was lost; the parking counts, and its length is not known.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from domain.kinds import KINDS
from rules.parking.profile import EMPTY, Mask, bits, first_quarter
from rules.parking.series import Report

FRESH_US: Final = KINDS["parking_bay"].freshness // timedelta(microseconds=1)
"""After so long without a report nothing is known of a bay, nor of the car in it."""


@dataclass(frozen=True, slots=True)
class BayDay:
    """One bay, or many, over a day."""

    parkings: int = 0
    """Arrivals, told or inferred."""
    inferred: int = 0
    """Parkings whose arrival was lost: the bay was free, then a car was in it or left it."""
    closed: int = 0
    """Stays that ended on the day with arrival and departure told."""
    closed_us: int = 0
    """Their length together, µs."""
    one_sided: int = 0
    """Stays that ended on the day with arrival or departure missing."""
    heard: bool = False
    """Whether the bay told a state on the day."""
    mask: Mask = EMPTY


class _Day:
    """Goes through the reports of a bay in order and counts those of the day."""

    def __init__(self, start: int, end: int, quarters: int) -> None:
        self.start, self.end, self.quarters = start, end, quarters
        self.parkings = self.inferred = self.closed = self.closed_us = self.one_sided = 0
        self.heard = False
        self.occupied = self.known = 0
        self._arrived: int | None = None
        self._last: Report | None = None

    def take(self, report: Report) -> None:
        before = self._last
        if before is not None:
            self._fill(before, report.at)
            if report.at - before.at > FRESH_US:
                before, self._arrived = None, None
        counts = report.at >= self.start
        self.heard = self.heard or counts
        if report.occupied:
            self._arrival(report, before, counts=counts)
        else:
            self._departure(report, before, counts=counts)
        self._last = report

    def done(self) -> BayDay:
        if self._last is not None:
            self._fill(self._last, self.end)
        return BayDay(
            self.parkings,
            self.inferred,
            self.closed,
            self.closed_us,
            self.one_sided,
            self.heard,
            Mask(self.occupied, self.known),
        )

    def _arrival(self, report: Report, before: Report | None, *, counts: bool) -> None:
        taken = None if before is None else before.occupied
        if report.event:
            self.parkings += counts
            self.one_sided += counts and taken is True  # the car before left unseen
            self._arrived = report.at
        elif taken is False:
            self.parkings += counts
            self.inferred += counts
            self._arrived = None

    def _departure(self, report: Report, before: Report | None, *, counts: bool) -> None:
        taken = None if before is None else before.occupied
        if taken and report.event and self._arrived is not None:
            self.closed += counts
            self.closed_us += (report.at - self._arrived) * counts
        elif taken or report.event:
            self.one_sided += counts
            unseen = counts and taken is False  # it came and left between two reports
            self.parkings += unseen
            self.inferred += unseen
        self._arrived = None

    def _fill(self, report: Report, until: int) -> None:
        """Mark the quarters that a report stands for: until the next one, while it is fresh."""
        after = min(first_quarter(until, self.start), first_quarter(report.at + FRESH_US + 1, self.start))
        mask = bits(first_quarter(report.at, self.start), after, self.quarters)
        self.known |= mask
        if report.occupied:
            self.occupied |= mask


def bay_day(reports: Iterable[Report], start: int, end: int, quarters: int) -> BayDay:
    """Return a bay's day from its reports before the day's end, in order; those before the day tell how it began."""
    day = _Day(start, end, quarters)
    for report in reports:
        day.take(report)
    return day.done()
