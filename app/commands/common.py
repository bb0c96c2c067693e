"""What the sub-commands share: where the settings come from, and access to the operational data."""

import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from app.clock import wall_now
from app.demo_place import is_demo
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


def city_now(settings: Settings, store: OperationalStore) -> datetime:
    """Return the city's present instant (UTC), as the service would: the wall clock, but for a demo.

    A demo's city has a clock of its own; it is known as far as the demo has ticked, and stands where a demo ended.
    """
    ticked = store.events.ticked_through() if is_demo(settings.data_dir) else None
    return wall_now() if ticked is None else ticked


@dataclass(frozen=True, slots=True)
class CityClock:
    """The city clock, as `city_now` knows it."""

    settings: Settings
    store: OperationalStore

    def now(self) -> datetime:
        """Return the city's present instant."""
        return city_now(self.settings, self.store)


def bearer(key_file: Path | None) -> dict[str, str]:
    """Return the headers that present the API key in a file; none without a file.

    Raises:
        ConfigError: the file cannot be read.
    """
    if key_file is None:
        return {}
    try:
        return {"Authorization": f"Bearer {key_file.read_text(encoding='ascii').strip()}"}
    except OSError as error:
        reason = error.strerror or "cannot be read"
    except UnicodeDecodeError:
        reason = "is no API key"
    raise ConfigError([Problem("command line", 0, "--key-file", f"{key_file}: {reason}")])


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
