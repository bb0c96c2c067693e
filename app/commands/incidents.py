"""`quanyan incidents`: case files on the command line, and tickets of the hotline from a file."""

from pathlib import Path
from typing import Annotated

import typer

from app.clock import SystemClock
from app.commands.common import Config, author, operational
from app.incidents import IncidentDesk, load_plan
from domain.errors import Conflict
from domain.incident import Card
from domain.ports import IncidentFilter
from store.ticket_files import load_tickets

cli = typer.Typer(help="Incidents (案卷).", no_args_is_help=True)
_CARDS = {Card.NONE: "", Card.YELLOW: "黄牌", Card.RED: "红牌"}


@cli.command("list")
def list_incidents(
    everything: Annotated[bool, typer.Option("--all", help="Closed ones too.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="At most so many, the newest.")] = 100,
    config: Config = None,
) -> None:
    """List case files, newest first, with each unit's part and its card."""
    with operational(config) as (settings, store):
        desk = IncidentDesk(store.incidents, load_plan(), SystemClock(), settings.city.place.tz, store.register.load)
        for case in desk.list(IncidentFilter(None if everything else True, limit=limit)):
            typer.echo(f"{case.id}  {case.state.word}  {case.severity.word}  {case.title}")
            for task, card in zip(case.tasks, desk.cards(case), strict=True):
                ends = task.due.astimezone(settings.city.place.tz)
                typer.echo(f"    {task.unit}  {task.state.value}  until {ends:%Y-%m-%d %H:%M}  {_CARDS[card]}".rstrip())


@cli.command("import")
def import_tickets(
    file: Annotated[Path, typer.Argument(help="CSV: ticket,title and category,severity,unit,district,lon,lat,text.")],
    config: Config = None,
) -> None:
    """Open a case file for each ticket of the hotline; one that has a case file already is told and left alone."""
    with operational(config) as (settings, store):
        plan, clock = load_plan(), SystemClock()
        desk = IncidentDesk(store.incidents, plan, clock, settings.city.place.tz, store.register.load)
        tickets = load_tickets(file, list(plan.categories), author(), clock.now())
        opened = 0
        for ticket in tickets:
            try:
                case = desk.open(ticket)
            except Conflict as known:
                typer.echo(f"{ticket.ticket}: {known}")
                continue
            opened += 1
            near = f", near {', '.join(case.devices[:3])}" if case.devices else ""
            typer.echo(f"{ticket.ticket}: {case.id}{near}")
        typer.echo(f"{opened} of {len(tickets)} opened")
