"""`quanyan alerts`: what is open, and what people do about it."""

from datetime import timedelta
from typing import Annotated
from uuid import uuid4

import typer

from app.commands import alarm_quality
from app.commands.common import Config, author, city_now, instant, operational
from domain.alert import AlertCommand, CommandKind, Mute, MuteKind
from domain.alert_ports import AlertFilter
from domain.errors import ConfigError, Problem
from domain.severity import Severity

cli = typer.Typer(help="Alerts: what is open, acknowledging, silences and work orders.", no_args_is_help=True)
cli.command("quality")(alarm_quality.quality)
_FIELDS = ("rule", "subject", "group", "severity", "district", "unit", "within")


@cli.command("list")
def list_alerts(
    everything: Annotated[bool, typer.Option("--all", help="Those that are over, too.")] = False,
    rule: Annotated[str, typer.Option(help="Of this rule only.")] = "",
    severity: Annotated[Severity | None, typer.Option(help="Of this severity only.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000)] = 50,
    config: Config = None,
) -> None:
    """List alerts, those raised last first."""
    wanted = AlertFilter(open=None if everything else True, rule=rule or None, severity=severity, limit=limit)
    with operational(config) as (settings, store):
        found = store.alerts.list(wanted)
    for numbered in found:
        alert = numbered.alert
        fired = alert.fired_at.astimezone(settings.city.place.tz).isoformat(timespec="seconds")
        quiet = " (quiet)" if alert.muted else ""
        typer.echo(f"{alert.id}  {fired}  {alert.severity.word}  {alert.state.value}{quiet}  {alert.text}")
    typer.echo(f"{len(found)} alerts")


@cli.command("show")
def show(ident: Annotated[str, typer.Argument(metavar="ALERT")], config: Config = None) -> None:
    """Show an alert with everything that happened to it."""
    with operational(config) as (settings, store):
        alert, history = store.alerts.get(ident), store.alerts.history(ident)
    typer.echo(f"{alert.title}  {alert.severity.word}  {alert.state.value}  {alert.text}")
    typer.echo(f"rule {alert.rule}, {alert.subject}, group {alert.group.key}, responsible {alert.unit or '-'}")
    typer.echo(alert.runbook)
    for change in history:
        at = change.at.astimezone(settings.city.place.tz).isoformat(timespec="seconds")
        typer.echo(f"{at}  {change.kind}  {change.severity}  {change.by}  {change.why}".rstrip())


@cli.command("ack")
def acknowledge(
    ident: Annotated[str, typer.Argument(metavar="ALERT")],
    comment: Annotated[str, typer.Option(help="What is being done.")] = "",
    until: Annotated[str, typer.Option(help="When it lapses (RFC 3339 with offset); default: never.")] = "",
    config: Config = None,
) -> None:
    """Take an alert (接单). The running service does it with its next tick."""
    end = instant(until, "--until") if until else None
    with operational(config) as (settings, store):
        now = city_now(settings, store)
        wish = AlertCommand(0, CommandKind.ACKNOWLEDGE, ident, author(), now, end, comment)
        store.alerts.request(wish)
    typer.echo(f"{ident} is acknowledged with the next tick of the service")


@cli.command("shelve")
def shelve(
    ident: Annotated[str, typer.Argument(metavar="ALERT")],
    hours: Annotated[float, typer.Option(min=0.01, max=24 * 90, help="For so long.")],
    comment: Annotated[str, typer.Option(help="Why.")],
    config: Config = None,
) -> None:
    """Put an alert aside for a while."""
    with operational(config) as (settings, store):
        now = city_now(settings, store)
        end = now + timedelta(hours=hours)
        store.alerts.request(AlertCommand(0, CommandKind.SHELVE, ident, author(), now, end, comment))
    typer.echo(f"{ident} is on the shelf for {hours:g} hours, with the next tick of the service")


@cli.command("silence")
def silence(
    matchers: Annotated[list[str], typer.Argument(metavar="FIELD=VALUE...", help=f"Of {', '.join(_FIELDS)}.")],
    hours: Annotated[float, typer.Option(min=0.01, max=24 * 365, help="For so long.")],
    reason: Annotated[str, typer.Option(help="Why.")],
    work_order: Annotated[bool, typer.Option("--work-order", help="People are at work there (检修挂牌).")] = False,
    config: Config = None,
) -> None:
    """Keep alerts quiet for a while: those that agree with every FIELD=VALUE."""
    found = dict(_matcher(text) for text in matchers)
    kind = MuteKind.WORK_ORDER if work_order else MuteKind.SILENCE
    with operational(config) as (settings, store):
        now = city_now(settings, store)
        mute = Mute(uuid4().hex, kind, found, now, now + timedelta(hours=hours), author(), reason, now)
        store.mutes.add(mute)
    typer.echo(f"{kind.value} {mute.id} until {mute.end.isoformat(timespec='minutes')}")


@cli.command("unsilence")
def unsilence(ident: Annotated[str, typer.Argument(metavar="SILENCE")], config: Config = None) -> None:
    """End a silence or work order before its time."""
    with operational(config) as (settings, store):
        store.mutes.withdraw(ident, author(), city_now(settings, store))
    typer.echo(f"{ident} is withdrawn")


def _matcher(text: str) -> tuple[str, str]:
    field, equals, value = text.partition("=")
    if not equals or not value or field not in _FIELDS:
        reason = f"{text!r} must be FIELD=VALUE with a field of {', '.join(_FIELDS)}"
        raise ConfigError([Problem("command line", 0, "FIELD=VALUE", reason)])
    return field, value
