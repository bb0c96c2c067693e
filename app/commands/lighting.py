"""`quanyan lighting`: timetables and overrides, so that a dark day's early switching is known."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated
from uuid import uuid4

import typer

from app.clock import wall_now
from app.commands.common import Config, author, instant, operational
from domain.errors import ConfigError, Problem
from domain.lighting import HalfNight, Override, OverrideAction, Timetable
from domain.scope import Scope
from store.timetable_files import load_nights

cli = typer.Typer(help="Lighting timetables and overrides.", no_args_is_help=True)
timetables = typer.Typer(help="Published timetables.", no_args_is_help=True)
overrides = typer.Typer(help="Manual changes of the timetable.", no_args_is_help=True)
cli.add_typer(timetables, name="timetable")
cli.add_typer(overrides, name="override")


@timetables.command("put")
def put_timetable(
    ident: Annotated[str, typer.Argument(metavar="ID", help="As the register's column `timetable` names it.")],
    title: Annotated[str, typer.Option(help="Display name.")] = "",
    nights: Annotated[Path | None, typer.Option(help="CSV evening,on,off in local time; wins over the sun.")] = None,
    after_sunset: Annotated[float, typer.Option(help="Minutes from sunset to switch-on.")] = 8,
    after_sunrise: Annotated[float, typer.Option(help="Minutes from sunrise to switch-off.")] = -16,
    half_night: Annotated[bool, typer.Option(help="Alternate lamps go off late in the evening.")] = False,
    config: Config = None,
) -> None:
    """Record a timetable. One with the same id is superseded; its record stays."""
    timetable = Timetable(
        id=ident,
        title=title or ident,
        on_after_sunset=timedelta(minutes=after_sunset),
        off_after_sunrise=timedelta(minutes=after_sunrise),
        half_night=HalfNight() if half_night else None,
        nights=tuple(load_nights(nights)) if nights else (),
    )
    with operational(config) as (_, store):
        store.lighting.put_timetable(timetable, author(), wall_now())
    typer.echo(f"timetable {ident} is recorded; a running service takes it over within seconds")


@timetables.command("list")
def list_timetables(config: Config = None) -> None:
    """List the timetables in force."""
    with operational(config) as (_, store):
        for timetable in store.lighting.load().timetables:
            half = "half-night" if timetable.half_night else "whole night"
            typer.echo(f"{timetable.id}  {timetable.title}  {half}  {len(timetable.nights)} nights by table")


@overrides.command("add")
def add_override(
    scope: Annotated[str, typer.Argument(help="city, district:370102, road:…, supply_point:…, device:…")],
    action: Annotated[OverrideAction, typer.Argument(help="What it makes of the lamps.")],
    start: Annotated[str, typer.Option(help="RFC 3339 with offset.")],
    end: Annotated[str, typer.Option(help="RFC 3339 with offset.")],
    reason: Annotated[str, typer.Option(help="Why, for the record.")],
    config: Config = None,
) -> None:
    """Record an override of the timetable."""
    if not scope.startswith("device:"):
        try:
            Scope.parse(scope)
        except ValueError as error:
            raise ConfigError([Problem("command line", 0, "SCOPE", str(error))]) from None
    override = Override(
        id=uuid4().hex[:12],
        scope=scope,
        action=action,
        start=instant(start, "--start"),
        end=instant(end, "--end"),
        author=author(),
        reason=reason,
        recorded_at=wall_now(),
    )
    with operational(config) as (_, store):
        store.lighting.add_override(override)
    typer.echo(f"override {override.id} is recorded")


@overrides.command("list")
def list_overrides(
    withdrawn: Annotated[bool, typer.Option(help="Those withdrawn, too.")] = False, config: Config = None
) -> None:
    """List the overrides, newest first."""
    with operational(config) as (_, store):
        for o in store.lighting.overrides(withdrawn=withdrawn):
            state = "withdrawn" if o.recorded_to else "in force"
            span = f"{o.start.isoformat()} … {o.end.isoformat()}"
            typer.echo(f"{o.id}  {state}  {o.scope}  {o.action}  {span}  {o.author}: {o.reason}")


@overrides.command("withdraw")
def withdraw_override(
    ident: Annotated[str, typer.Argument(metavar="ID", help="As `list` shows it.")], config: Config = None
) -> None:
    """Withdraw an override: it is believed no longer, its record stays."""
    with operational(config) as (_, store):
        store.lighting.withdraw_override(ident, author(), wall_now())
    typer.echo(f"override {ident} is withdrawn")
