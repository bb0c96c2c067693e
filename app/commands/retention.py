"""`quanyan retention`: how long readings are kept, how far summaries are, and a run by hand."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.commands.common import Config, city_now, operational
from app.settings import Settings, load
from domain.errors import ConfigError, Problem
from domain.retention import Resolution, RetentionPolicy

if TYPE_CHECKING:
    from app.retention import Retention

cli = typer.Typer(help="For how long readings are kept: raw, by the hour, by the day.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="One JSON document.")]


@cli.command("status")
def status(config: Config = None) -> None:
    """Say what is kept for how long, and how far summaries are. It may run beside the service."""
    from store.archive import ParquetArchive  # late: pyarrow is large

    settings = load(config)
    for every in Resolution:
        typer.echo(f"{every.value:5} {_kept(settings.retention.policy, every)}")
    if not settings.retention.enabled:
        typer.echo("retention is switched off: nothing is summarised, nothing goes")
        return
    archive = ParquetArchive(_folder(settings))
    through, waiting = archive.through(), archive.due.waiting()
    typer.echo(f"archived through {through.isoformat(timespec='seconds') if through else '(nothing yet)'}")
    typer.echo(f"{len(waiting)} days of a kind are not summarised to the end{'; the oldest:' if waiting else ''}")
    for (kind, day), marks in sorted(waiting.items(), key=lambda row: (row[0][1], row[0][0]))[:10]:
        typer.echo(f"  {day} {kind}: {len(marks.hours)} hours, {len(marks.days)} wait for the end of their day")


@cli.command("run")
def run(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count what would be done.")] = False,
    as_json: AsJson = False,
    config: Config = None,
) -> None:
    """Summarise what is due and remove what is too old, as the service does by itself.

    Beside a running service it works with InfluxDB; a DuckDB file belongs to one process at a time. Exit code 1 when
    readings are too old and stay, because the archive does not hold them.
    """
    from app.retention import told

    with operational(config) as (settings, store):
        now = city_now(settings, store)
    with _retention(settings) as retention:
        done = retention.run(now, dry=dry_run)
    if as_json:
        typer.echo(json.dumps(told(done)))
    else:
        verb = "would be" if dry_run else "were"
        for every in (Resolution.HOUR, Resolution.DAY):
            typer.echo(f"{done.periods[every]:>9}  {every.value}s of a kind {verb} summarised")
        for every in Resolution:
            what = "readings" if every is Resolution.RAW else f"summaries by the {every.value}"
            typer.echo(f"{done.removed[every]:>9}  {what} {verb} removed")
        typer.echo(f"{done.kept_back:>9}  readings are too old and stay: the archive does not hold them")
    if done.kept_back:
        raise typer.Exit(1)


@contextmanager
def _retention(settings: Settings) -> "Iterator[Retention]":
    from app.retention_parts import open_retention
    from app.stores import open_telemetry

    if not settings.retention.enabled:
        raise ConfigError([Problem("settings", 0, "retention.enabled", "retention is switched off")])
    store = open_telemetry(settings)
    try:
        yield open_retention(settings, store.summaries)
    finally:
        store.close()


def _folder(settings: Settings) -> Path:
    return settings.under_data(settings.archive.folder)


def _kept(policy: RetentionPolicy, every: Resolution) -> str:
    age = policy.age(every)
    return "kept for ever" if age is None else f"kept for {age // timedelta(days=1)} days"
