"""`quanyan notices`: what people were told, what could not be told, and sending it again."""

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from app.clock import wall_now
from app.commands.common import Config, author, operational
from domain.errors import ConfigError, Problem
from domain.notice import NoticeFilter, NoticeState, Posted
from domain.ports import Outbox

cli = typer.Typer(help="Notices: what people were told, and what could not be told.", no_args_is_help=True)
_PAGE = 1000


@cli.command("list")
def list_notices(
    state: Annotated[NoticeState | None, typer.Option(help="In this state only; `dead`: could not be told.")] = None,
    channel: Annotated[str, typer.Option(help="Of this channel only.")] = "",
    config: Config = None,
) -> None:
    """List notices, oldest first, with what came of the last attempt, and how many each channel has in each state."""
    with operational(config) as (settings, store):
        tz = settings.city.place.tz
        for posted in _all(store.outbox, state, channel or None):
            typer.echo(_line(posted, tz))
        counts = sorted(store.outbox.counts().items())
    for (name, where), number in counts:
        typer.echo(f"{name}: {number} {where.value}")


@cli.command("show")
def show(ident: Annotated[int, typer.Argument(metavar="NOTICE", min=1)], config: Config = None) -> None:
    """Show a notice with every attempt."""
    with operational(config) as (settings, store):
        posted, attempts = store.outbox.get(ident)
    tz = settings.city.place.tz
    typer.echo(_line(posted, tz))
    for attempt in attempts:
        typer.echo(f"    {_at(attempt.at, tz)}  {attempt.outcome.value}  {attempt.code}  {attempt.detail}".rstrip())


@cli.command("resend")
def resend(
    idents: Annotated[list[int] | None, typer.Argument(metavar="NOTICE...", min=1)] = None,
    channel: Annotated[str, typer.Option(help="Every dead letter of this channel, as when it has been mended.")] = "",
    config: Config = None,
) -> None:
    """Let dead letters be tried again; the running service does it at once."""
    if bool(idents) == bool(channel):
        raise ConfigError([Problem("command line", 0, "NOTICE", "name notices, or a channel")])
    with operational(config) as (_, store):
        wanted = idents or [posted.id for posted in _all(store.outbox, NoticeState.DEAD, channel)]
        for ident in wanted:
            store.outbox.resend(ident, author(), wall_now())
    typer.echo(f"{len(wanted)} notices are tried again")


def _all(outbox: Outbox, state: NoticeState | None, channel: str | None) -> Iterator[Posted]:
    after = 0
    while page := outbox.list(NoticeFilter(state, channel, after=after, limit=_PAGE)):
        yield from page
        after = page[-1].id


def _line(posted: Posted, tz: ZoneInfo) -> str:
    notice, last = posted.notice, posted.last
    came = "" if last is None else f"  {last.outcome.value} {last.code}".rstrip()
    whom = f"{notice.channel}/{notice.person}" if notice.person else notice.channel
    about = notice.facts.get("title") or notice.group
    return f"{posted.id}  {_at(posted.posted_at, tz)}  {posted.state.value}{came}  {whom}  {notice.kind.value}  {about}"


def _at(instant: datetime, tz: ZoneInfo) -> str:
    return instant.astimezone(tz).isoformat(timespec="seconds")
