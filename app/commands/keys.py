"""`quanyan keys`: bearer keys of the API. A secret is shown once, when it is made; only its hash is kept."""

from datetime import timedelta
from typing import Annotated

import typer

from app.clock import wall_now
from app.commands.common import Config, author, operational
from domain.record import Role
from store.operational.keys import new_key

cli = typer.Typer(help="Make, list and revoke API keys.", no_args_is_help=True)


@cli.command("create")
def create(
    name: Annotated[str, typer.Argument(help="Who will use it, e.g. `dashboard`.")],
    role: Annotated[Role, typer.Option(help="read, operate (change timetables, send readings) or admin.")] = Role.READ,
    days: Annotated[int, typer.Option(min=0, help="Days until it expires; 0 = never.")] = 365,
    config: Config = None,
) -> None:
    """Make a key and print its secret, once."""
    with operational(config) as (_, store):
        now = wall_now()
        key, secret = new_key(name, role, now, now + timedelta(days=days) if days else None)
        store.keys.add(key, author())
        typer.echo(secret)
        typer.echo(f"key {key.id} ({name}, {role}); the secret above is not kept and not shown again", err=True)


@cli.command("list")
def list_keys(config: Config = None) -> None:
    """List the keys, without secrets."""
    with operational(config) as (_, store):
        for key in store.keys.list():
            state = "revoked" if key.revoked_at else f"expires {key.expires_at:%Y-%m-%d}" if key.expires_at else "valid"
            typer.echo(f"{key.id}  {key.role:<8} {state:<20} {key.name}")


@cli.command("revoke")
def revoke(
    key_id: Annotated[str, typer.Argument(help="As `quanyan keys list` shows it.")], config: Config = None
) -> None:
    """Revoke a key; it stops working at once."""
    with operational(config) as (_, store):
        store.keys.revoke(key_id, wall_now(), author())
        typer.echo(f"key {key_id} is revoked")
