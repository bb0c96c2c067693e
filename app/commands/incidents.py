"""`quanyan incidents`: case files on the command line, and tickets of the hotline from a file."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Literal

import typer

from app.channels import contacts_of
from app.clock import SystemClock
from app.commands.common import Config, author, operational
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
        desk = IncidentDesk(store.incidents, load_plan(), SystemClock(), settings.city.place.tz, store.register.load)
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
        yield settings, IncidentDesk(store.incidents, load_plan(), SystemClock(), place.tz, store.register.load)


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
