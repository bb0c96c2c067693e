"""`quanyan alerts quality`: alarm figures of shifts and days beside the published limits."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Annotated, Final
from zoneinfo import ZoneInfo

import typer

from api.alarm_quality import Asked, Unanswerable, tell
from app.commands.common import Config, city_now, instant, operational
from domain.errors import ConfigError, Problem
from rules.alarm_quality.limits import LIMITS
from rules.alarm_quality.report import Quality, Waits
from rules.alarm_quality.spans import By
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
        try:
            told = tell(Asked(by, since, until, now), plan, store.alerts, store.events, _MOST)
        except Unanswerable as wrong:
            raise ConfigError([Problem("command line", 0, f"--{wrong.name}", wrong.reason)]) from None
    if told.left_out:
        kept = f"{told.kept_since:%Y-%m-%dT%H:%MZ}"
        typer.echo(f"{told.left_out} left out: alerts before {kept} are no longer all kept ([alerts] keep_days)")
    for one in told.found:
        typer.echo("\n".join(_lines(one, settings.city.place.tz, told.names)))
    typer.echo("limits: " + "; ".join(f"{limit.figure.value}: {limit.source}" for limit in LIMITS))


def _lines(one: Quality, tz: ZoneInfo, names: Mapping[str, str]) -> Iterator[str]:
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
        where = _where(often.subject, names.get(often.alert))
        yield f"  top  {often.alarms} × {often.rule} {where} ({often.share:.1f} %)"
    for often in one.chattering:
        yield f"  chattering  {often.rule} {_where(often.subject, names.get(often.alert))} ({often.alarms} alarms)"
    for life in one.stale:
        yield f"  stale  {life.id} {life.rule} {_where(life.subject, names.get(life.id))} since {_at(life.raised, tz)}"
    yield f"  acknowledged: {_waits(one.acknowledged)}"
    yield f"  cleared: {_waits(one.cleared)}"
    yield f"  shelved: {one.shelved_in} in it, {one.shelved_at_end} on the shelf at its end"


def _where(subject: str, name: str | None) -> str:
    return f"{name} ({subject})" if name else subject


def _waits(waits: Waits) -> str:
    apart = f"{waits.still} not yet, {waits.never} never"
    if waits.median_s is None or waits.p90_s is None:
        return f"none; {apart}"
    return f"{waits.count}, median {waits.median_s:.0f} s, 90 % within {waits.p90_s:.0f} s; {apart}"


def _at(at: datetime, tz: ZoneInfo) -> str:
    return f"{at.astimezone(tz):%m-%d %H:%M}"
