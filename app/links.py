"""Links in messages, from the settings: a public address, and a secret that signs."""

import contextlib
import os
import secrets
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Final

from api.services import AckServices
from app.settings import Settings, secret
from domain.ack_links import LinkStore
from domain.errors import ConfigError, Problem
from notify.links import Links
from rules.duty.links import read

FILE: Final = "links.secret"
_LEAST: Final = 32


def open_links(settings: Settings) -> Links | None:
    """Return what makes links, or None without a public address. Without a secret one is made once, in `data_dir`.

    Raises:
        ConfigError: the secret cannot be read or kept, or is short.
    """
    found = settings.links
    if found.public_url is None:
        return None
    key = secret(found.secret, found.secret_file, "links.secret") or _kept(settings.data_dir / FILE)
    if len(key) < _LEAST:
        raise ConfigError([Problem("settings", 0, "links.secret", f"must have at least {_LEAST} characters")])
    return Links(found.public_url.rstrip("/"), key.encode(), timedelta(hours=found.valid_hours))


def ack_services(links: Links | None, store: LinkStore) -> AckServices | None:
    """Return what the API needs to take an acknowledgement by link."""
    return None if links is None else AckServices(store, partial(read, links.secret))


def _kept(file: Path) -> str:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(FileExistsError):
            made = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(made, "w", encoding="ascii") as out:
                out.write(secrets.token_hex(_LEAST))
        return file.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "is not ASCII"
        raise ConfigError([Problem(str(file), 0, "", reason or "cannot be read")]) from None
