"""环大气〔2024〕6号, heavy-pollution weather: which coloured level the air asks for, and when one may be lowered.

A proposal only: a warning is issued, changed and lifted by a person. Coloured levels are for PM2.5 episodes; ozone and
dust give a health notice at most. Days are any 24 h in a row, the same cut for all of them. HJ 633-2026 moved none of
the thresholds.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum
from itertools import groupby, pairwise
from typing import Final

MODERATE: Final = 150
HEAVY: Final = 200
SEVERE: Final = 300
"""Thresholds of the daily AQI; each must be exceeded."""
LEAD: Final = timedelta(hours=48)
"""A city warns so long ahead; pollution that comes unforecast is warned of at once (鲁政办字〔2024〕119号)."""
CLEAR: Final = timedelta(hours=36)
"""A level is lowered or lifted only when the forecast holds below it for so long."""
_DAY: Final = timedelta(hours=24)


class Level(IntEnum):
    """The levels of a warning; more is worse."""

    NONE = 0
    YELLOW = 1
    ORANGE = 2
    RED = 3

    @property
    def name_zh(self) -> str:
        """The official name, with the response it starts."""
        return ("无预警", "黄色预警(Ⅲ级响应)", "橙色预警(Ⅱ级响应)", "红色预警(Ⅰ级响应)")[self]


@dataclass(frozen=True, slots=True)
class Day:
    """A daily AQI over the 24 h until `end` (aware). `aqi` None: not known. `pm25`: PM2.5 is a primary pollutant."""

    end: datetime
    aqi: int | None
    pm25: bool = True


class Action(StrEnum):
    """What is proposed."""

    KEEP = "keep"
    START = "start"
    UPGRADE = "upgrade"
    DOWNGRADE = "downgrade"
    END = "end"


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a person may decide on. `level` is the one to hold from now on."""

    action: Action
    level: Level
    reason: str
    begin: datetime | None
    """When the pollution that asks for the level begins."""
    short_notice: bool
    """Whether that is less than 48 h away: warn at once."""
    health_notice: bool
    """Whether a day above 200 is not one of PM2.5: a notice, no coloured level."""
    unclear: str = ""
    """Why nobody can say that the air stays below the level for the next 36 h, or nothing."""


@dataclass(frozen=True, slots=True)
class _Found:
    level: Level
    begin: datetime | None


def propose(current: Level, observed: Sequence[Day], forecast: Sequence[Day], now: datetime) -> Proposal:
    """Return what to do about the level in force at `now`, from past days and official forecasts in order of time.

    Days in a row must touch, or they are not in a row. Two episodes too close to lift the level between them are one.
    A plain baseline is no forecast: whoever calls must not pass one.

    Raises:
        ValueError: the days overlap or are out of order.
    """
    days = [*observed, *forecast]
    if any(later.end - earlier.end < _DAY for earlier, later in pairwise(days)):
        raise ValueError("the days overlap or are out of order")
    since = observed[-1].end if observed else now
    found = _level(days, since)
    coming = [day for day in days if day.end >= since]
    notice = any(not day.pm25 and _above(HEAVY)(day) for day in coming)
    unclear = _unclear(coming, observed, now)
    action, level, reason = _decide(current, found.level, unclear)
    begin = found.begin if level == found.level else None
    short = action in {Action.START, Action.UPGRADE} and begin is not None and begin - now < LEAD
    return Proposal(action, level, reason, begin, short, notice, unclear)


def _decide(current: Level, asked: Level, unclear: str) -> tuple[Action, Level, str]:
    if asked > current:
        action = Action.START if current is Level.NONE else Action.UPGRADE
        return action, asked, f"the days reach {asked.name_zh}"
    if asked == current:
        return Action.KEEP, current, ""
    if unclear:
        return Action.KEEP, current, unclear
    action = Action.END if asked is Level.NONE else Action.DOWNGRADE
    return action, asked, f"below {current.name_zh} now and for the next {CLEAR // timedelta(hours=1)} h"


def _unclear(coming: Sequence[Day], observed: Sequence[Day], now: datetime) -> str:
    """Return why a level cannot be lowered yet, or nothing: the last day must be known, and all until `CLEAR` ahead."""
    if not observed or now - observed[-1].end >= _DAY:
        return "the last 24 h are not known"
    if any(day.aqi is None for day in coming) or any(b.end - a.end > _DAY for a, b in pairwise(coming)):
        return "a day is not known"
    if coming[-1].end < now + CLEAR:
        return f"the forecast does not reach {CLEAR // timedelta(hours=1)} h ahead"
    return ""


def _level(days: Sequence[Day], since: datetime) -> _Found:
    """Return the highest level of the runs of days that are not over at `since`, and when that pollution begins."""
    best = _Found(Level.NONE, None)
    for threshold, judge in ((HEAVY, _of_heavy), (MODERATE, _of_moderate)):
        for run in _runs(days, _above(threshold)):
            level = judge(run)
            if run[-1].end >= since and level > best.level:
                best = _Found(level, run[0].end - _DAY)
    return best


def _of_heavy(run: Sequence[Day]) -> Level:
    """Above 200: one day yellow, 48 h orange; 72 h, and above 300 for a day, red."""
    if len(run) * _DAY >= timedelta(hours=72) and any(map(_above(SEVERE), run)):
        return Level.RED
    return Level.ORANGE if len(run) * _DAY >= timedelta(hours=48) else Level.YELLOW


def _of_moderate(run: Sequence[Day]) -> Level:
    """Above 150: 48 h yellow, 72 h orange."""
    if len(run) * _DAY >= timedelta(hours=72):
        return Level.ORANGE
    return Level.YELLOW if len(run) * _DAY >= timedelta(hours=48) else Level.NONE


def _above(threshold: int) -> Callable[[Day], bool]:
    return lambda day: day.aqi is not None and day.aqi > threshold


def _runs(days: Sequence[Day], counts: Callable[[Day], bool]) -> Iterator[list[Day]]:
    """Yield the longest runs of PM2.5 days in a row that count."""
    counted = [day for day in days if day.pm25 and counts(day)]
    # days in a row have the same distance from where they would stand without a gap
    for _, run in groupby(enumerate(counted), key=lambda pair: pair[1].end - pair[0] * _DAY):
        yield [day for _, day in run]
