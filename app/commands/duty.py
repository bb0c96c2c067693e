"""`quanyan duty`: who is on duty, and every change of the roster (值班表)."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Annotated
from uuid import uuid4

import typer

from app.channels_file import contacts_of
from app.commands.common import Config, author, city_now, instant, operational
from app.demo_place import is_demo
from app.duty import load_plan
from app.settings import Settings
from domain.duty import DutyRole, Handover, Slot, Swap, SwapState
from domain.errors import ConfigError, Conflict, NotFound, Problem
from rules.duty.plan import DutyPlan
from rules.duty.swaps import may_not_decide, objections
from store.duty_files import load_roster, parse_slot, to_icalendar
from store.operational.facade import OperationalStore

cli = typer.Typer(help="The duty roster: who is on duty, when, and as what.", no_args_is_help=True)
swaps = typer.Typer(help="Swaps: asked for, then approved by a leader.", no_args_is_help=True)
cli.add_typer(swaps, name="swap")


def _plan(settings: Settings, store: OperationalStore) -> DutyPlan:
    return DutyPlan(replace(store.duty.load(), zone=settings.city.zone))


@cli.command("now")
def now(
    at: Annotated[str, typer.Option(help="Another instant (RFC 3339 with offset); default: now.")] = "",
    config: Config = None,
) -> None:
    """Say who is on duty in every role. Exit code 1 when a role that is needed has nobody."""
    with operational(config) as (settings, store):
        when = instant(at, "--at") if at else city_now(settings, store)
        plan = _plan(settings, store)
        rules = load_plan(settings.duty_file, contacts_of(settings.channels_file))
    whose = " (city clock of the demo)" if is_demo(settings.data_dir) and not at else ""
    said = f"{when.astimezone(plan.roster.tz).isoformat(timespec='seconds')}{whose}"
    typer.echo(f"{said}  roster version {plan.roster.version}")
    missing = []
    for role in DutyRole:
        names = [f"{p.name} ({d.by})" for p, d in zip(plan.on_duty(role, when), plan.details(role, when), strict=False)]
        if names:
            typer.echo(f"{role.word}  {', '.join(names)}")
        elif role in rules.needed_roles:
            missing.append(role)
            typer.echo(f"{role.word}  NOBODY")
    if missing:
        raise typer.Exit(1)


@cli.command("show")
def show(
    days: Annotated[int, typer.Option(min=1, max=100, help="So many days from now on.")] = 7,
    config: Config = None,
) -> None:
    """Show who is on duty in the days to come, gaps, and swaps that wait for a leader."""
    with operational(config) as (settings, store):
        start = city_now(settings, store).replace(microsecond=0)
        end = start + timedelta(days=days)
        plan = _plan(settings, store)
        rules = load_plan(settings.duty_file, contacts_of(settings.channels_file))
    tz = plan.roster.tz
    for role in DutyRole:
        for duty in plan.duties(role, start, end):
            span = f"{duty.start.astimezone(tz):%m-%d %H:%M} – {duty.end.astimezone(tz):%m-%d %H:%M}"
            name = plan.people[duty.person].name if duty.person in plan.people else duty.person
            typer.echo(f"{role.word}  {span}  {name}  {duty.by}")
    for gap in plan.gaps(rules.needed_roles, start, end):
        span = f"{gap.start.astimezone(tz):%m-%d %H:%M} – {gap.end.astimezone(tz):%m-%d %H:%M}"
        typer.echo(f"GAP  {gap.role.word}  {span}")
    for swap in plan.roster.swaps:
        if swap.state is SwapState.REQUESTED:
            typer.echo(f"swap {swap.id} waits for a leader: {swap.giver} gives {_written(swap.gives)} to {swap.taker}")


@cli.command("import")
def import_files(
    files: Annotated[list[Path], typer.Argument(help="CSV files (people, shifts, rotations, table) or one XLSX.")],
    config: Config = None,
) -> None:
    """Take a roster over, all or nothing: each mistake is named with file, line, field and reason."""
    with operational(config) as (settings, store):
        known = replace(store.duty.load(), zone=settings.city.zone)
        roster = load_roster(files, known)
        recorded = store.duty.put(roster, author(), city_now(settings, store), based_on=known.version)
    typer.echo(
        f"roster version {recorded.version}: {len(recorded.people)} people, {len(recorded.shifts)} shifts, "
        f"{len(recorded.rotations)} rotations, {len(recorded.table)} rows of the table"
    )


@cli.command("export")
def export(
    file: Annotated[Path, typer.Argument(help="iCalendar file to write (.ics).")],
    days: Annotated[int, typer.Option(min=1, max=400, help="So many days from now on.")] = 60,
    person: Annotated[str, typer.Option(help="Only this person's duties.")] = "",
    config: Config = None,
) -> None:
    """Write the duties to come as iCalendar, without any address."""
    with operational(config) as (settings, store):
        start = city_now(settings, store).replace(microsecond=0)
        plan = _plan(settings, store)
    if person and person not in plan.people:
        raise NotFound(f"there is no person {person!r} in the roster")
    duties = [d for role in DutyRole for d in plan.duties(role, start, start + timedelta(days=days))]
    chosen = [d for d in duties if not person or d.person == person]
    file.write_bytes(to_icalendar(chosen, plan.roster, start))
    typer.echo(f"{len(chosen)} duties written to {file}")


@swaps.command("request")
def request_swap(
    giver: Annotated[str, typer.Argument(help="Person id.")],
    gives: Annotated[str, typer.Argument(help="DAY/SHIFT/ROLE, e.g. 2026-01-31/day/officer")],
    taker: Annotated[str, typer.Argument(help="Person id.")],
    reason: Annotated[str, typer.Option(help="Why, for the record.")],
    returns: Annotated[str, typer.Option(help="What the giver takes in exchange: DAY/SHIFT/ROLE.")] = "",
    config: Config = None,
) -> None:
    """Ask for a swap. It counts once a leader has approved it."""
    back = _slot(returns, "--returns") if returns else None
    given = _slot(gives, "GIVES")
    with operational(config) as (settings, store):
        now = city_now(settings, store)
        swap = Swap(uuid4().hex[:12], giver, given, taker, back, reason, author(), now)
        if wrong := objections(_plan(settings, store), swap):
            raise ConfigError([Problem("command line", 0, name.upper(), why) for name, why in wrong])
        store.duty.request_swap(swap)
    typer.echo(f"swap {swap.id} waits for a leader")


@swaps.command("approve")
def approve_swap(
    ident: Annotated[str, typer.Argument(metavar="ID", help="As `duty show` names it.")],
    by: Annotated[str, typer.Option(help="The leader's person id.")],
    refuse: Annotated[bool, typer.Option("--refuse", help="Refuse it instead.")] = False,
    config: Config = None,
) -> None:
    """Approve a swap, or refuse it, as a leader of the roster."""
    with operational(config) as (settings, store):
        plan = _plan(settings, store)
        swap = next((s for s in plan.roster.swaps if s.id == ident), None)
        if swap is None:
            raise NotFound(f"there is no swap {ident}")
        if (why := may_not_decide(plan, swap, by)) is not None:
            raise ConfigError([Problem("command line", 0, "--by", why)])
        if not refuse and (wrong := objections(plan, swap)):
            raise Conflict(f"the roster has changed: {wrong[0][1]}")
        state = SwapState.REFUSED if refuse else SwapState.APPROVED
        store.duty.decide_swap(ident, state, by, author(), city_now(settings, store))
    typer.echo(f"swap {ident} is {state}")


@cli.command("handover")
def hand_over(
    giver: Annotated[str, typer.Argument(help="Person id of who leaves.")],
    taker: Annotated[str, typer.Argument(help="Person id of who comes.")],
    done: Annotated[list[str] | None, typer.Option(help="What was done; may be given often.")] = None,
    undone: Annotated[list[str] | None, typer.Option(help="What is left to do; may be given often.")] = None,
    log: Annotated[str, typer.Option(help="The log of the shift.")] = "",
    config: Config = None,
) -> None:
    """Hand over the shift: what was done, what is undone, and the log. What was undone before is shown."""
    with operational(config) as (settings, store):
        at = city_now(settings, store)
        plan = _plan(settings, store)
        for name in (giver, taker):
            if name not in plan.people:
                raise NotFound(f"there is no person {name!r} in the roster")
        on_duty = {role: tuple(p.id for p in plan.on_duty(role, at)) for role in DutyRole}
        present = {role: people for role, people in on_duty.items() if people}
        before = store.duty.handovers(1)
        items = tuple(done or ()), tuple(undone or ())
        store.duty.hand_over(Handover(uuid4().hex, at, giver, taker, *items, log, author(), at, present))
    for left in before[0].undone if before else ():
        typer.echo(f"left by the last hand-over: {left}")
    typer.echo(f"handed over from {giver} to {taker}: {len(items[0])} done, {len(items[1])} undone")


def _slot(text: str, option: str) -> Slot:
    try:
        return parse_slot(text)
    except ValueError as error:
        raise ConfigError([Problem("command line", 0, option, str(error))]) from None


def _written(slot: Slot) -> str:
    return f"{slot.day}/{slot.shift}/{slot.role}"
