"""`quanyan ledger` and `quanyan completeness`: what was expected and what came, asked of the running service."""

from pathlib import Path
from typing import Annotated, Any

import httpx
import typer

from app.commands.common import bearer
from domain.errors import ConfigError, Problem, Unavailable

Url = Annotated[str, typer.Option(help="The running service.")]
KeyFile = Annotated[Path | None, typer.Option(help="File with an API key of role read.")]
_HERE = "http://127.0.0.1:8080"
_TIMEOUT_S = 60


def ledger(
    device: Annotated[str, typer.Argument(help="Id in the register.")], url: Url = _HERE, key_file: KeyFile = None
) -> None:
    """Say what was expected of a device and what came, late or twice, and which sequence numbers are missing."""
    told = _get(url, f"devices/{device}/ledger", {}, key_file)
    share = "-" if told["completeness"] is None else f"{100 * told['completeness']:.2f} %"
    typer.echo(f"{told['device']}  {told['kind']}  since {told['since'] or '-'}  newest {told['newest'] or '-'}")
    typer.echo(f"received {told['received']} of {told['expected']} expected ({share})")
    names = ("late", "duplicates", "missing", "given_up", "recovered", "restarts")
    typer.echo("  ".join(f"{name} {told[name]}" for name in names))
    for gap in told["gaps"]:
        typer.echo(f"missing {gap['first']}–{gap['last']}  since {gap['noticed_at']}  asked {gap['asked']} times")


def completeness(
    day: Annotated[str, typer.Option(help="Local date like 2026-11-24; default: today.")] = "",
    kind: Annotated[str, typer.Option(help="Only this kind of device.")] = "",
    url: Url = _HERE,
    key_file: KeyFile = None,
) -> None:
    """Say for each feed (the devices of a kind in a district) how much of what was expected on a day came."""
    wanted = {name: value for name, value in (("day", day), ("kind", kind)) if value}
    told = _get(url, "completeness", wanted, key_file)
    for feed in told["feeds"]:
        share = "     -" if feed["completeness"] is None else f"{100 * feed['completeness']:6.2f}"
        typer.echo(f"{share} %  {feed['received']:>9} of {feed['expected']:>9}  {feed['kind']}  {feed['district']}")
    totals = told["totals"]
    missing = f"{totals['missing']} missing by seq, {totals['recovered']} recovered, {totals['given_up']} given up"
    typer.echo(f"{told['day']}: {len(told['feeds'])} feeds; since the beginning {missing}")


def _get(url: str, path: str, params: dict[str, str], key_file: Path | None) -> Any:
    try:
        answer = httpx.get(
            f"{url.rstrip('/')}/api/v1/{path}", params=params, headers=bearer(key_file), timeout=_TIMEOUT_S
        )
    except httpx.TransportError as error:
        raise Unavailable(f"{url}: {error}") from None
    if answer.is_success:
        return answer.json()
    problem = answer.json() if "json" in answer.headers.get("content-type", "") else {}
    reason = f"{problem.get('title', answer.reason_phrase)}: {problem.get('detail', '')}".rstrip(": ")
    raise ConfigError([Problem(url, 0, f"HTTP {answer.status_code}", reason)])
