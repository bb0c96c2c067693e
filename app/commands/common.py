"""What the sub-commands share: where the settings come from, and access to the operational data."""

import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from app.settings import Settings, load
from app.stores import open_operational
from domain.errors import ConfigError, Problem
from store.operational.facade import OperationalStore

Config = Annotated[
    Path | None,
    typer.Option("--config", "-c", envvar="QUANYAN_CONFIG", help="TOML file with the settings.", show_default=False),
]


@contextmanager
def operational(config: Path | None) -> Iterator[tuple[Settings, OperationalStore]]:
    """Open the operational data that the settings name, migrated; closed afterwards."""
    settings = load(config)
    store = open_operational(settings)
    try:
        yield settings, store
    finally:
        store.close()


def author() -> str:
    """Return who is recorded as the author of a change made on the command line."""
    return f"cli:{getpass.getuser()}"


def instant(text: str, option: str) -> datetime:
    """Read an RFC 3339 instant with offset.

    Raises:
        ConfigError: it is none, or has no offset.
    """
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise ConfigError([Problem("command line", 0, option, f"{text!r} is no RFC 3339 instant")]) from None
    if at.tzinfo is None:
        raise ConfigError([Problem("command line", 0, option, f"{text!r} has no offset; write e.g. +08:00 or Z")])
    return at
