"""The file of channels, read: what it says, without any secret and without what telling people takes."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from app import channel_settings as kinds
from app.toml_file import read_toml
from domain.duty import ContactKind
from domain.errors import ConfigError, Problem

SHIPPED: Final = Path(__file__).parents[1] / "config" / "channels.toml"


def contacts_of(path: Path | None) -> Mapping[str, ContactKind | None]:
    """Return the channels of `path` with the kind of address that each needs, without reading any secret.

    Raises:
        ConfigError: the file is wrong.
    """
    return {name: contact_of(section) for name, section in read_channels(path or SHIPPED).channels.items()}


def contact_of(section: kinds.AnyChannel) -> ContactKind | None:
    """Return the kind of address that a channel needs of a person; None = it has a group."""
    if isinstance(section, kinds.GatewaySettings):
        return ContactKind.PHONE
    return ContactKind.EMAIL if isinstance(section, kinds.SmtpSettings) and section.to is None else None


def read_channels(file: Path) -> kinds.ChannelsFile:
    """Read a file of channels. Raises `ConfigError` with every mistake."""
    try:
        return kinds.ChannelsFile.model_validate(read_toml(file))
    except ValidationError as error:
        raise ConfigError([_problem(file, e) for e in error.errors(include_input=False)]) from None


def _problem(file: Path, error: Any) -> Problem:
    # pydantic names the chosen kind in the path; people know the key
    keys = [str(part) for n, part in enumerate(error["loc"]) if n != 2]  # noqa: PLR2004
    match error["type"]:
        case "extra_forbidden":
            reason = "no such key"
        case "union_tag_not_found":
            keys, reason = [*keys, "kind"], "is missing"
        case "union_tag_invalid":
            keys, reason = [*keys, "kind"], f"{error['ctx']['tag']!r} is none of {error['ctx']['expected_tags']}"
        case _:
            reason = str(error["msg"]).removeprefix("Value error, ")
    return Problem(str(file), 0, ".".join(keys), reason)
