"""`quanyan backup` and `quanyan restore`: the operational data and the register, as plain files."""

from pathlib import Path
from typing import Annotated

import typer

from app.clock import wall_now
from app.commands.common import Config
from app.settings import load
from app.stores import operational_place


def backup(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A folder that is not there yet.")],
    config: Config = None,
) -> None:
    """Write register, roster, alerts, history, quarantine, keys and everything else of the operational database.

    The service may go on meanwhile. Readings are not in it: they have their own backup (docs/operations.md).
    """
    from store.operational.backup import back_up  # late: only here

    rows = back_up(operational_place(load(config)), folder, wall_now())
    typer.echo(
        f"{sum(rows.values())} rows of {len(rows)} tables are in {folder}; it holds personal data and key digests"
    )


def restore(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="What `quanyan backup` wrote.")],
    config: Config = None,
) -> None:
    """Fill the empty operational database that the settings name from a backup, of SQLite or PostgreSQL.

    Exit code 2 when the backup is damaged or the database is not empty; nothing is changed then.
    """
    from store.operational.backup import restore as fill  # late: only here

    rows = fill(operational_place(load(config)), folder)
    typer.echo(f"{sum(rows.values())} rows of {len(rows)} tables are restored")
