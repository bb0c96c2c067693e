"""`quanyan targets`: what the plan asks and how it stands, as the running service says it."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Final

import httpx
import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from app.commands.common import bearer
from domain.errors import ConfigError, Problem, Unavailable

TIMEOUT_S: Final = 60
_WIDE: Final = 2000
_STYLES: Final = {"met": "green", "missed": "bold red", "unknown": "yellow", "expired": "dim", "not_measured": "dim"}
_SIGNS: Final = {">=": "≥", "<=": "≤"}

Row = Mapping[str, Any]


def targets(
    url: Annotated[str, typer.Option(help="The running service.")] = "http://127.0.0.1:8080",
    key_file: Annotated[Path | None, typer.Option(help="File with an API key of role read.")] = None,
    item: Annotated[str, typer.Option(help="Only this item of the plan, e.g. 10.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="The service's answer as it is.")] = False,
) -> None:
    """Show every target of the plan: bureau, wording, limit, value with its counts, and verdict."""
    rows = _ask(url, bearer(key_file), item)
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    console = Console()
    if not console.is_terminal:  # a file or a pipe has no width that lines must fit into
        console = Console(width=_WIDE)
    console.print(table(rows))


def table(rows: Sequence[Row]) -> Table:
    """Return the table of assessments as the service answers them."""
    shown = Table(title="计划指标 Targets of the plan", show_lines=True)
    for name in ("item", "bureau", "wording", "limit"):
        shown.add_column(name, overflow="fold")
    shown.add_column("value", justify="right", overflow="fold")
    shown.add_column("counts, unknown", justify="right", overflow="fold")
    shown.add_column("verdict", overflow="fold")
    for row in rows:
        target, verdict = row["target"], row["verdict"]
        shown.add_row(
            target["item"],
            "\n".join(target["bureau"]),
            f"{escape(target['wording'])}\n[dim]{escape(target['id'])}  {escape(target['scope'])}[/dim]",
            _limit(target),
            *_figures(row["measure"]),
            f"[{_STYLES.get(verdict, 'default')}]{verdict}[/]"
            + (f"\n{escape(row['reason'])}" if row["reason"] else ""),
        )
    return shown


def _limit(target: Row) -> str:
    if target["limit"] is None:
        return "–"
    return f"{_SIGNS[target['direction']]} {target['limit']:g} {target['unit']}" if target["direction"] else "–"


def _figures(measure: Row | None) -> tuple[str, str]:
    if measure is None:
        return "–", "–"
    unit = "" if measure["unit"] == "1" else f" {measure['unit']}"
    nothing = measure["value"] is None or measure["coverage"] == 0  # all unknown: no nought is made of that
    value = "–" if nothing else f"{measure['value']:.2f}{unit}"
    return value, f"{measure['numerator']:g} / {measure['denominator']:g}, {measure['unknown']:g}"


def _ask(url: str, headers: Mapping[str, str], item: str) -> list[Row]:
    try:
        answer = httpx.get(
            f"{url.rstrip('/')}/api/v1/targets",
            params={"item": item} if item else {},
            headers=headers,
            timeout=TIMEOUT_S,
        )
    except (httpx.TransportError, httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
        raise Unavailable(f"{url}: {error}") from None
    if not answer.is_success:
        problem = answer.json() if "json" in answer.headers.get("content-type", "") else {}
        reason = f"{problem.get('title', answer.reason_phrase)}: {problem.get('detail', '')}".rstrip(": ")
        raise ConfigError([Problem(url, 0, f"HTTP {answer.status_code}", reason)])
    found: list[Row] = answer.json()["items"]
    return found
