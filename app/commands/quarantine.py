"""`quanyan quarantine`: what could not be accepted, how much of it, and replaying it after the cause is mended."""

import threading
import time
from typing import Annotated, Final

import typer

from app.clock import SystemClock
from app.commands.common import Config, author, instant, operational
from app.stores import decode_limits
from domain.delivery import Reason
from domain.errors import Unavailable
from domain.quarantine import Replay, ReplayWish
from domain.record import QuarantineEntry, QuarantineFilter, QuarantineState
from ingest.decode import Decoder
from ingest.replayer import ReplayDesk
from store.operational.facade import OperationalStore

cli = typer.Typer(help="The quarantine: what could not be accepted, with its reason.", no_args_is_help=True)

_LOOK_S: Final = 0.2
WhyOption = Annotated[Reason | None, typer.Option("--reason", help="Only entries with this reason.")]
DeviceOption = Annotated[str | None, typer.Option("--device", help="Only entries of this device.")]
SinceOption = Annotated[str, typer.Option("--since", help="Only what arrived since (RFC 3339 with offset).")]
Limit = Annotated[int, typer.Option(min=1, max=100_000, help="At most so many, the oldest.")]


@cli.command("list")
def list_entries(
    reason: WhyOption = None,
    device: DeviceOption = None,
    since: SinceOption = "",
    state: Annotated[QuarantineState | None, typer.Option(help="Default: all that was not replayed.")] = None,
    limit: Limit = 100,
    config: Config = None,
) -> None:
    """List entries, oldest first."""
    after = instant(since, "--since") if since else None
    wanted = QuarantineFilter(reason=reason, device=device, since=after, state=state, limit=limit)
    with operational(config) as (_, store):
        for entry in store.quarantine.list(wanted):
            typer.echo(_line(entry))


@cli.command("show")
def show(
    entry: Annotated[int, typer.Argument(metavar="ID", help="As `quarantine list` names it.")], config: Config = None
) -> None:
    """Show an entry with the original bytes of its delivery."""
    with operational(config) as (_, store):
        found = store.quarantine.get(entry)
    typer.echo(_line(found))
    typer.echo(f"topic    {found.delivery.topic}")
    typer.echo(f"source   {found.delivery.source.value}, offset {found.item.offset}, place {_place(found)}")
    typer.echo(f"state    {found.state.value}, rejected again {found.attempts} times")
    typer.echo(found.delivery.payload.decode("utf-8", "backslashreplace"))


@cli.command("count")
def count(
    devices: Annotated[int, typer.Option(min=0, max=10_000, help="So many rows by device, most first.")] = 20,
    config: Config = None,
) -> None:
    """Count what waits by reason and by device, and show the books: ever = waiting + replaying + replayed + expired."""
    with operational(config) as (_, store):
        kept = store.quarantine
        books, by_reason, by_device = kept.books(), kept.counts(), kept.by_device(devices)
    for reason, entries in sorted(by_reason.items(), key=lambda row: -row[1]):
        if entries:
            typer.echo(f"{entries:>9}  {reason.value}")
    for device, reason, entries in by_device:
        typer.echo(f"{entries:>9}  {reason.value}  {device or '(no device can be told)'}")
    typer.echo(
        f"ever {books.ever} = waiting {books.waiting} + replaying {books.replaying} + replayed {books.replayed} "
        f"+ expired {books.expired}"
    )


@cli.command("replay")
def replay(
    reason: WhyOption = None,
    device: DeviceOption = None,
    since: SinceOption = "",
    limit: Limit = 100_000,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would come of it.")] = False,
    wait_s: Annotated[float, typer.Option("--wait", min=0, help="Seconds to wait for the running service.")] = 60,
    config: Config = None,
) -> None:
    """Have entries go through the journal once more, after the register, a range or a codec was mended.

    Recorded here, carried out by the running service: exactly once in effect, whatever fails. Exit code 1 when
    something is (or would be) rejected again or is not done in time; it goes on all the same.
    """
    wish = ReplayWish(reason, device, instant(since, "--since") if since else None, limit=limit)
    with operational(config) as (settings, store):
        register = store.register.load()
        desk = ReplayDesk(store.quarantine, Decoder(lambda: register, decode_limits(settings)), SystemClock())
        if dry_run:
            clean = _tried(desk, wish)
        else:
            done = _finished(store, desk.begin(wish, author()), wait_s)
            clean = done.finished_at is not None and not done.again
    if not clean:
        raise typer.Exit(1)


@cli.command("replays")
def replays(limit: Limit = 20, config: Config = None) -> None:
    """List replays, newest first."""
    with operational(config) as (_, store):
        for one in store.quarantine.replays(limit=limit):
            typer.echo(_told(one))


def _tried(desk: ReplayDesk, wish: ReplayWish) -> bool:
    trial = desk.trial(wish)
    typer.echo(f"{trial.entries} entries: {trial.accepted} would be accepted")
    for reason, entries in sorted(trial.rejected.items()):
        typer.echo(f"{entries:>9}  {reason.value}")
    for example in trial.examples:
        typer.echo(f"  {example.device or '?'}: {example.detail}")
    return not trial.rejected


def _finished(store: OperationalStore, begun: Replay, wait_s: float) -> Replay:
    """Wait for the running service; say how far it got."""
    deadline, pause, newest = time.monotonic() + wait_s, threading.Event(), begun
    while newest.finished_at is None and time.monotonic() < deadline:
        pause.wait(_LOOK_S)
        try:
            newest = store.quarantine.replay(begun.id)
        except Unavailable as away:
            typer.echo(f"waiting: {away}", err=True)
    typer.echo(_told(newest))
    if newest.finished_at is None:
        typer.echo("not done yet: it goes on as soon as the service runs (`quanyan quarantine replays`)", err=True)
    return newest


def _told(one: Replay) -> str:
    state = "done" if one.finished_at is not None else "at work"
    counts = f"{one.items} entries: {one.replayed} stored, {one.again} rejected again, {one.waiting} on their way"
    return f"replay {one.id}  {one.at.isoformat(timespec='seconds')}  {one.author}  {state}  {counts}"


def _line(entry: QuarantineEntry) -> str:
    item = entry.item
    at = "-" if item.at is None else item.at.isoformat()
    arrival = entry.delivery.arrival.isoformat(timespec="seconds")
    return f"{entry.id}  {arrival}  {item.reason.value}  {item.device or '-'}  {at}  {item.detail}"


def _place(entry: QuarantineEntry) -> str:
    return "all of it" if entry.item.index is None else str(entry.item.index)
