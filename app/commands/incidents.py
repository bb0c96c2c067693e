"""`quanyan incidents`: case files on the command line, and tickets of the hotline from a file."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Literal

import typer

from app.channels_file import contacts_of
from app.commands.common import CityClock, Config, author, operational
from app.duty import load_plan as load_duty
from app.incidents import IncidentDesk, load_plan
from app.settings import Settings
from domain import incident_actions as act
from domain.errors import Conflict
from domain.incident import Card, Incident
from domain.ports import IncidentFilter
from domain.severity import EmergencyGrade
from rules.incidents.emergency import reports_due
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
        clock, tz = CityClock(settings, store), settings.city.place.tz
        desk = IncidentDesk(store.incidents, load_plan(), clock, tz, store.register.load)
        for case in desk.list(IncidentFilter(None if everything else True, limit=limit)):
            typer.echo(f"{case.id}  {case.state.word}  {case.severity.word}  {case.title}")
            for task, card in zip(case.tasks, desk.cards(case), strict=True):
                ends = task.due.astimezone(settings.city.place.tz)
                typer.echo(f"    {task.unit}  {task.state.value}  until {ends:%Y-%m-%d %H:%M}  {_CARDS[card]}".rstrip())


@cli.command("upgrade")
def upgrade(
    case_id: Annotated[str, typer.Argument(help="The case file, as in 20261125-0007.")],
    grade: Annotated[EmergencyGrade, typer.Argument(help="The grade of the emergency (突发事件).")],
    config: Config = None,
) -> None:
    """Make a case file an emergency: its reporting deadlines begin now."""
    with _desk(config) as (settings, desk):
        case = desk.act(case_id, act.Upgrade(grade), author(), lambda _: None)
        _tell_reports(case, settings)


@cli.command("report")
def report(
    case_id: Annotated[str, typer.Argument(help="The case file, as in 20261125-0007.")],
    way: Annotated[Literal["phone", "writing"], typer.Argument(help="By telephone, or in writing.")],
    to: Annotated[str, typer.Option(help="Who has the report.")],
    note: Annotated[str, typer.Option(help="What was said.")] = "",
    config: Config = None,
) -> None:
    """Record that an emergency was reported: its deadline is met, nobody is reminded of it any more."""
    with _desk(config) as (settings, desk):
        case = desk.act(case_id, act.Report(way, to, note), author(), lambda _: None)
        _tell_reports(case, settings)


def _tell_reports(case: Incident, settings: Settings) -> None:
    plan = load_duty(settings.duty_file, contacts_of(settings.channels_file))
    for due in reports_due(case, plan):
        until, done = (at and f"{at.astimezone(settings.city.place.tz):%m-%d %H:%M}" for at in (due.due, due.done_at))
        typer.echo(f"{case.id}  {due.report} until {until} to {due.to}{f', made {done}' if done else ''}")


@contextmanager
def _desk(config: Path | None) -> Iterator[tuple[Settings, IncidentDesk]]:
    with operational(config) as (settings, store):
        place = settings.city.place
        register = store.register.load()
        clock = CityClock(settings, store)
        yield (
            settings,
            IncidentDesk(store.incidents, load_plan(), clock, place.tz, lambda: register, alerts=store.alerts.open),
        )


@cli.command("import")
def import_tickets(
    file: Annotated[Path, typer.Argument(help="CSV: ticket,title and category,severity,unit,district,lon,lat,text.")],
    join: Annotated[
        bool, typer.Option("--join", help="Let a ticket join the case file that is plainly about the same thing.")
    ] = False,
    config: Config = None,
) -> None:
    """Open a case file for each ticket of the hotline, and say what near it each may be about.

    One that has a case file already is told and left alone.
    """
    with _desk(config) as (_, desk):
        tickets = load_tickets(file, list(desk.plan.categories), author(), desk.now())
        done = [_take(desk, ticket, join=join) for ticket in tickets]
        typer.echo(f"{done.count('opened')} of {len(tickets)} opened, {done.count('joined')} joined")


def _take(desk: IncidentDesk, ticket: Incident, *, join: bool) -> str:
    """Open a case file for a ticket, or let it join one; return which."""
    found = desk.offers(f"{ticket.title} {ticket.text}", ticket.lon, ticket.lat)
    sure = found.sure() if join else None
    try:
        if sure is not None:
            desk.act(sure.id, act.Attach(ticket=ticket.ticket), author(), lambda _: None)
            typer.echo(f"{ticket.ticket}: joins {sure.id}, {sure.distance:.0f} m away: {sure.title}")
            return "joined"
        case = desk.open(ticket)
    except Conflict as known:
        typer.echo(f"{ticket.ticket}: {known}")
        return "known"
    near = f", near {', '.join(case.devices[:3])}" if case.devices else ""
    typer.echo(f"{ticket.ticket}: {case.id}{near}")
    for offer in [*found.incidents, *found.alerts]:
        mark = "" if offer.fits else ", by its place alone"
        typer.echo(f"    may be about {offer.id} ({offer.title}), {offer.distance:.0f} m away{mark}")
    return "opened"
