"""`quanyan recompute`: past periods computed again from the archive, and held against what was published."""

import json
import os
import signal
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any, Final
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Column, Table

from app.clock import wall_now
from app.commands.common import Config, instant
from app.recompute.run import Outcome, Wish, plain, run
from app.settings import load
from domain.period import midnight

SHOWN: Final = 50


class Output(StrEnum):
    """How the outcome is told."""

    TEXT = "text"
    JSON = "json"


def recompute(
    from_: Annotated[str, typer.Option("--from", help="First instant (RFC 3339), or a local day like 2026-11-01.")],
    to: Annotated[str, typer.Option("--to", help="The first instant, or day, after the span.")],
    config: Config = None,
    indicator: Annotated[list[str] | None, typer.Option(help="Again for several; default: all.")] = None,
    jobs: Annotated[int, typer.Option(min=1, max=256, help="Processes.")] = os.cpu_count() or 1,
    output: Annotated[Output, typer.Option(help="json: everything, one document.")] = Output.TEXT,
    exact: Annotated[bool, typer.Option("--exact", help="Scalar rules for everything: details, too.")] = False,
    write: Annotated[bool, typer.Option("--write", help="Write what differs as revisions.")] = False,
    fresh: Annotated[bool, typer.Option("--fresh", help="Do not go on where a run was cut short.")] = False,
) -> None:
    """Compute closed periods again from the archive and report every difference from what was published.

    A run that is cut short goes on where it was. Exit code 1 when anything differs, unless it was written.
    """
    settings = load(config)
    tz = settings.city.place.tz
    wish = Wish(
        start=_instant(from_, "--from", tz),
        end=_instant(to, "--to", tz),
        indicators=tuple(indicator or ()),
        jobs=jobs,
        exact=exact,
        write=write,
        fresh=fresh,
    )
    with _ending_at_once(), _bar() as progress:
        outcome = run(settings, wish, wall_now(), progress)
    if output is Output.JSON:
        typer.echo(json.dumps(plain(outcome, wish), ensure_ascii=False, indent=2))
    else:
        _tell(outcome, wish)
    if outcome.differences and not write:
        raise typer.Exit(1)


@contextmanager
def _ending_at_once() -> Iterator[None]:
    """Let Ctrl-C not wait for what is queued: a run may be killed anywhere, and its processes end with it."""

    def end(_number: int, _frame: object) -> None:
        console = Console(stderr=True)
        console.show_cursor()  # the progress bar hides it
        console.print("quanyan: stopped; the same command goes on where this one was")
        os._exit(128 + signal.SIGINT)

    before = signal.signal(signal.SIGINT, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _instant(text: str, option: str, tz: ZoneInfo) -> datetime:
    try:
        return midnight(date.fromisoformat(text), tz)
    except ValueError:
        return instant(text, option)


@contextmanager
def _bar() -> Iterator[Callable[[int, int], None]]:
    """Show progress on stderr, if that is a terminal."""
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        shown = bar.add_task("recompute", total=None)
        yield lambda done, whole: bar.update(shown, completed=done, total=whole)


def _tell(outcome: Outcome, wish: Wish) -> None:
    figures, found = outcome.totals(), outcome.differences
    console = Console()
    if found:
        table = Table("indicator", "scope", Column("period", no_wrap=True), "differs", "published", "recomputed")
        for row in found[:SHOWN]:
            before, after = _short(row["published"]), _short(row["recomputed"])
            table.add_row(row["indicator"], row["scope"], row["period"], row["differs"], before, after)
        console.print(table)
    if len(found) > SHOWN:
        console.print(f"… and {len(found) - SHOWN} more; --output json has them all")
    resumed = f", {figures['resumed']} of them done before" if figures["resumed"] else ""
    console.print(
        f"{figures['periods']} periods in {figures['tasks']} tasks{resumed}; {figures['measures']} published measures, "
        f"{len(found)} differences",
        soft_wrap=True,
    )
    console.print(_computed(figures), soft_wrap=True)
    if outcome.complete_through < wish.end:
        console.print(
            f"the archive is complete until {outcome.complete_through.isoformat()}; later periods were left out"
        )
    if wish.write:
        console.print(f"{figures['revised']} measures were revised")


def _computed(figures: Mapping[str, Any]) -> str:
    """Return what was computed how: by columns, or by the scalar rules."""
    return (
        f"figures of {figures['columnar']} periods by columns{_named(figures, 'columns')}, "
        f"{figures['in_full']} in full by columns{_named(figures, 'in_full')}, from {figures['points']:,} values; "
        f"{figures['scalar']} periods by the scalar rules"
    )


def _named(figures: Mapping[str, Any], how: str) -> str:
    """Return of which indicators periods were computed that way."""
    found = [f"{name} {n[how]}" for name, n in figures["computed_by"].items() if n[how]]
    return f" ({', '.join(found)})" if found else ""


def _short(figures: dict[str, float | None] | None) -> str:
    if figures is None:
        return "nothing"
    value = figures["value"]
    shown = "none" if value is None else f"{value:.6g}"
    return f"{shown} ({figures['numerator']:g} of {figures['denominator']:g}, {figures['unknown']:g} unknown)"
