"""`quanyan reload`: the running service reads rules, chains and channels again."""

from pathlib import Path
from typing import Annotated, Any

import httpx
import typer

from app.commands.common import bearer
from domain.errors import ConfigError, Problem, Unavailable

TIMEOUT_S = 120


def reload(
    url: Annotated[str, typer.Option(help="The running service.")] = "http://127.0.0.1:8080",
    key_file: Annotated[Path | None, typer.Option(help="File with an API key of role admin.")] = None,
) -> None:
    """Let the running service read rules, chains and channels again, all or none, without a restart.

    The same as SIGHUP, with an answer. Exit code 2 names each mistake with file, line, field and reason.
    """
    try:
        answer = httpx.post(f"{url.rstrip('/')}/api/v1/reload", headers=bearer(key_file), timeout=TIMEOUT_S)
    except httpx.TransportError as error:
        raise Unavailable(f"{url}: {error}") from None
    body: dict[str, Any] = answer.json() if "json" in answer.headers.get("content-type", "") else {}
    if not answer.is_success:
        wrong = [Problem(e["place"], 0, e["name"], e["reason"]) for e in body.get("errors", [])]
        title = f"{body.get('title', answer.reason_phrase)}: {body.get('detail', '')}".rstrip(": ")
        raise ConfigError(wrong or [Problem(url, 0, f"HTTP {answer.status_code}", title)])
    for part in ("rules", "chains", "channels"):
        changes = (
            f"{len(body[part][what])} {what} {', '.join(body[part][what])}" for what in ("new", "changed", "gone")
        )
        typer.echo(f"{part}: {'; '.join(c.rstrip() for c in changes)}")
    for channel, dead in body["orphans"].items():
        typer.echo(f"{dead} notices for {channel} are dead letters: it is configured no more", err=True)
