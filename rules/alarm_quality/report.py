"""Alarm quality of shifts and days, each figure beside its published limit."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import mean, median
from typing import Final

from domain.alert import ChangeKind
from domain.alert_ports import AlertStep
from domain.duty import DutyRole
from domain.severity import Severity
from rules.alarm_quality.limits import (
    CHATTER_RAISES,
    CHATTER_S,
    FLOOD_ABOVE,
    LIMITS,
    PRIORITY,
    STALE_H,
    TOP,
    Figure,
    Limit,
    Standing,
)
from rules.alarm_quality.lives import Life, lives
from rules.alarm_quality.load import STEP, Flood, Interval, floods, intervals
from rules.alarm_quality.spans import Watch
from rules.duty.plan import DutyPlan

_STALE: Final = timedelta(hours=STALE_H)
_LISTED: Final = 20
"""So many chattering and stale alarms are listed; all are counted."""


@dataclass(frozen=True, slots=True)
class Often:
    """An alarm (rule at a subject) and how often it rang."""

    rule: str
    subject: str
    alarms: int
    share: float
    """Of all alarms of the period, in %."""
    alert: str
    """The newest alert of it."""


@dataclass(frozen=True, slots=True)
class Waits:
    """How long something took for the alerts raised in the period, in seconds. `still`: it had not happened by now."""

    count: int
    still: int
    never: int
    """Over without it: nobody acknowledged before it recovered by itself."""
    median_s: float | None
    p90_s: float | None
    """By the nearest rank."""


@dataclass(frozen=True, slots=True)
class Held:
    """A figure beside its published limit."""

    limit: Limit
    value: float | None
    standing: Standing


@dataclass(frozen=True, slots=True)
class Quality:
    """What the alarms of one shift or day asked of its officers. `until`: the end, or now while it runs."""

    watch: Watch
    until: datetime
    alarms: int
    officers: float | None
    """On duty on average; None when no interval of it has begun."""
    unstaffed_min: int
    """Minutes in which the roster has no officer; there the load is counted as if there were one."""
    peak_at: datetime | None
    floods: tuple[Flood, ...]
    """Those that overlap the period, whole."""
    top: tuple[Often, ...]
    chattering: tuple[Often, ...]
    stale: tuple[Life, ...]
    """Those that stand longest first."""
    acknowledged: Waits
    cleared: Waits
    priorities: Mapping[Severity, int]
    shelved_in: int
    """How often something was put on the shelf in the period."""
    shelved_at_end: int
    held: tuple[Held, ...]

    @property
    def listed(self) -> set[str]:
        """The ids of the alerts that stand in one of the lists."""
        return {o.alert for o in (*self.top, *self.chattering)} | {life.id for life in self.stale}


def qualities(steps: Iterable[AlertStep], watches: Sequence[Watch], plan: DutyPlan, now: datetime) -> Sequence[Quality]:
    """Return the alarm quality of each watch that has begun. `steps`: of every alert that was open in any of them."""
    begun = [w for w in watches if w.start < now]
    if not begun:
        return []
    known = lives(s for s in steps if s.at <= now)
    rung = [step.at for life in known for step in life.annunciated]
    first, last = min(w.start for w in begun), min(now, max(w.end for w in begun))
    grid = intervals(rung, first, last, lambda at: len(plan.on_duty(DutyRole.OFFICER, at)))
    flooded = floods(grid)
    return [_quality(watch, known, grid, flooded, now) for watch in begun]


@dataclass(frozen=True, slots=True)
class _Part:
    """What is known of one watch."""

    grid: Sequence[Interval]
    rang: Sequence[AlertStep]
    raised: Sequence[Life]
    standing: Sequence[Life]
    floods: tuple[Flood, ...]


def _quality(
    watch: Watch, known: Sequence[Life], grid: Sequence[Interval], flooded: Sequence[Flood], now: datetime
) -> Quality:
    until = min(watch.end, now)
    part = _Part(
        grid=[i for i in grid if i.start < until and i.start + STEP > watch.start],
        rang=[s for life in known for s in life.annunciated if watch.start <= s.at < until],
        raised=[life for life in known if watch.start <= life.raised < until],
        standing=[life for life in known if life.raised < until and (life.over is None or life.over > watch.start)],
        floods=tuple(f for f in flooded if f.start < until and f.end > watch.start),
    )
    often, chattering, stale = _often(part.rang), _chattering(part), _stale(part, until)
    busiest = max(part.grid, key=lambda i: i.load, default=None)
    values = _values(part, watch.start, until) | {
        Figure.PEAK: busiest.load if busiest else None,
        Figure.TOP_SHARE: sum(o.share for o in often[:TOP]) if part.rang else None,
        Figure.CHATTERING: len(chattering),
        Figure.STALE: len(stale),
    }
    priorities = Counter(s.severity for s in part.rang)
    return Quality(
        watch=watch,
        until=until,
        alarms=len(part.rang),
        officers=mean(i.officers for i in part.grid) if part.grid else None,
        unstaffed_min=sum(not i.officers for i in part.grid) * int(STEP.total_seconds() // 60),
        peak_at=busiest.start if busiest and busiest.alarms else None,
        floods=part.floods,
        top=tuple(often[:TOP]),
        chattering=tuple(chattering[:_LISTED]),
        stale=tuple(stale[:_LISTED]),
        acknowledged=_waits([(life.raised, life.acknowledged, life.over) for life in part.raised if life.annunciated]),
        cleared=_waits([(life.raised, life.over, life.over) for life in part.raised]),
        priorities={severity: priorities[severity] for severity in Severity},
        shelved_in=_shelved(known, watch.start, until),
        shelved_at_end=sum(life.shelved_at(until) for life in part.standing),
        held=tuple(Held(limit, values[limit.figure], limit.judge(values[limit.figure])) for limit in LIMITS),
    )


def _values(part: _Part, start: datetime, until: datetime) -> dict[Figure, float | None]:
    found: dict[Figure, float | None] = {
        Figure.RATE: mean(i.load for i in part.grid) if part.grid else None,
        Figure.BUSY_INTERVALS: 100 * mean(i.load > FLOOD_ABOVE for i in part.grid) if part.grid else None,
        Figure.FLOOD_TIME: _flood_share(part.floods, start, until),
    }
    counts, rang = Counter(s.severity for s in part.rang), len(part.rang)
    for severity, figure in PRIORITY.items():
        found[figure] = 100 * counts[severity] / rang if rang else None
    return found


def _often(rang: Sequence[AlertStep]) -> list[Often]:
    counts = Counter((step.rule, step.subject) for step in rang)
    newest = {(step.rule, step.subject): step.alert for step in sorted(rang, key=lambda step: step.at)}
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [Often(*key, count, 100 * count / len(rang), newest[key]) for key, count in ordered]


def _chattering(part: _Part) -> list[Often]:
    """Raised three times within a minute, or found to be flapping by its rule (our choice: holds are minutes here)."""
    times: dict[tuple[str, str], list[datetime]] = {}
    newest: dict[tuple[str, str], str] = {}
    found: set[tuple[str, str]] = set()
    for life in part.raised:  # the newest last
        times.setdefault(life.key, []).append(life.raised)
        newest[life.key] = life.id
        if any(step.kind is ChangeKind.FLAPPING for step in life.steps):
            found.add(life.key)
    for key, at in times.items():
        triples = zip(at, at[CHATTER_RAISES - 1 :], strict=False)
        if any((last - first).total_seconds() <= CHATTER_S for first, last in triples):
            found.add(key)
    listed = [o for o in _often(part.rang) if (o.rule, o.subject) in found]
    quiet = found - {(o.rule, o.subject) for o in listed}
    return listed + [Often(*key, 0, 0.0, newest[key]) for key in sorted(quiet)]


def _stale(part: _Part, until: datetime) -> list[Life]:
    """Those that had stood for more than 24 hours at some instant of the period."""
    return [life for life in part.standing if min(life.over or until, until) - life.raised > _STALE]


def _flood_share(waters: Sequence[Flood], start: datetime, until: datetime) -> float | None:
    if until <= start:
        return None
    wet = sum((min(f.end, until) - max(f.start, start) for f in waters), timedelta(0))
    return 100 * wet / (until - start)


def _waits(found: Sequence[tuple[datetime, datetime | None, datetime | None]]) -> Waits:
    """Of (raised, happened, over)."""
    spans = sorted((at - raised).total_seconds() for raised, at, _ in found if at is not None)
    still = sum(at is None and over is None for _, at, over in found)
    return Waits(
        count=len(spans),
        still=still,
        never=len(found) - len(spans) - still,
        median_s=median(spans) if spans else None,
        p90_s=spans[math.ceil(0.9 * len(spans)) - 1] if spans else None,
    )


def _shelved(known: Sequence[Life], start: datetime, until: datetime) -> int:
    return sum(s.kind is ChangeKind.SHELVED and start <= s.at < until for life in known for s in life.steps)
