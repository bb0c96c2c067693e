"""`quanyan alerts quality`: alarm figures of shifts and days beside the published limits."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Annotated, Final
from zoneinfo import ZoneInfo

import typer

from app.commands.common import Config, city_now, instant, operational
from domain.errors import ConfigError, Problem
from rules.alarm_quality.limits import LIMITS
from rules.alarm_quality.report import Quality, Waits, qualities
from rules.alarm_quality.spans import By, known_whole, watches
from rules.duty.plan import DutyPlan

_MOST: Final = 2_000_000


def quality(
    start: Annotated[str, typer.Option("--from", help="RFC 3339 with offset; default: seven days back.")] = "",
    end: Annotated[str, typer.Option("--to", help="RFC 3339 with offset; default: now.")] = "",
    by: Annotated[By, typer.Option(help="The shifts of the roster, or local days.")] = By.DAY,
    config: Config = None,
) -> None:
    """Show alarm quality by ISA-18.2 and EEMUA 191: rate, floods, top ten, chattering, stale, times, priorities."""
    with operational(config) as (settings, store):
        now = city_now(settings, store)
        until = instant(end, "--to") if end else now
        since = instant(start, "--from") if start else until - timedelta(days=7)
        plan = DutyPlan(replace(store.duty.load(), zone=settings.city.zone))
        if by is By.SHIFT and not plan.roster.shifts:
            raise ConfigError([Problem("command line", 0, "--by", "the roster has no shifts")])
        asked = watches(by, since, until, plan)
        last = max((span.end for span in asked), default=until)
        seen = min(now, store.events.ticked_through() or since)  # nobody has looked at what comes later
        steps, kept = store.alerts.steps(since, last, _MOST), store.alerts.kept_since()
        spans = known_whole(asked, kept)
        found = qualities(steps, spans, plan, seen)
    if left := len(asked) - len(spans):
        typer.echo(f"{left} left out: alerts before {kept:%Y-%m-%dT%H:%MZ} are no longer all kept ([alerts] keep_days)")
    for one in found:
        typer.echo("\n".join(_lines(one, settings.city.place.tz)))
    typer.echo("limits: " + "; ".join(f"{limit.figure.value}: {limit.source}" for limit in LIMITS))


def _lines(one: Quality, tz: ZoneInfo) -> Iterator[str]:
    yield f"{one.watch.name} {one.watch.title}".rstrip() + f"  {_at(one.watch.start, tz)} – {_at(one.until, tz)}"
    officers = "nobody" if one.officers is None else f"{one.officers:.1f} officers"
    yield f"  {one.alarms} alarms, {officers} on duty, {one.unstaffed_min} min without any"
    for held in one.held:
        value = "–" if held.value is None else f"{held.value:.4g}"
        limit = held.limit
        bound = f"{'about ' if limit.goal else '< ' if limit.below else '≤ '}{limit.acceptable:g}"
        most = "" if limit.manageable is None else f", at most {limit.manageable:g}"
        yield f"  {limit.figure.value:16} {value:>8} {limit.unit} ({bound}{most}: {held.standing.value})"
    for flood in one.floods:
        yield f"  flood {_at(flood.start, tz)} – {_at(flood.end, tz)}: {flood.alarms} alarms, peak {flood.peak:g}"
    for often in one.top:
        yield f"  top  {often.alarms} × {often.rule} {often.subject} ({often.share:.1f} %)"
    for often in one.chattering:
        yield f"  chattering  {often.rule} {often.subject} ({often.alarms} alarms)"
    for life in one.stale:
        yield f"  stale  {life.id} {life.rule} {life.subject} since {_at(life.raised, tz)}"
    yield f"  acknowledged: {_waits(one.acknowledged)}"
    yield f"  cleared: {_waits(one.cleared)}"
    yield f"  shelved: {one.shelved_in} in it, {one.shelved_at_end} on the shelf at its end"


def _waits(waits: Waits) -> str:
    apart = f"{waits.still} not yet, {waits.never} never"
    if waits.median_s is None or waits.p90_s is None:
        return f"none; {apart}"
    return f"{waits.count}, median {waits.median_s:.0f} s, 90 % within {waits.p90_s:.0f} s; {apart}"


def _at(at: datetime, tz: ZoneInfo) -> str:
    return f"{at.astimezone(tz):%m-%d %H:%M}"
