"""`quanyan report`: a report of a closed period, from the operational database that the settings name."""

import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

import typer

from app.clock import wall_now
from app.commands.common import Config, operational
from app.reports.service import Reports
from app.targets import load_targets
from domain.errors import ConfigError, Problem
from rules.reports import ReportKind


def report(
    kind: Annotated[ReportKind, typer.Argument(help="Which report.")],
    day: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="A local date in the period; default: the last closed period."),
    ] = None,
    form: Annotated[Literal["json", "csv", "xlsx", "html"], typer.Option("--format", help="The form.")] = "html",
    lang: Annotated[Literal["zh", "en"], typer.Option(help="The language.")] = "zh",
    output: Annotated[Path | None, typer.Option("--output", "-o", help="A file; default: standard output.")] = None,
    config: Config = None,
) -> None:
    """Make a report of a closed period from what was published."""
    with operational(config) as (settings, store):
        place = settings.city.place
        reports = Reports(store.measures, load_targets(settings.targets_file, place), settings.city.name, place)
        try:
            made = reports.render(kind.value, None if day is None else day.date(), form, lang, wall_now())
        except ValueError as error:
            raise ConfigError([Problem("command line", 0, "--day", str(error))]) from None
    if output is None:
        sys.stdout.buffer.write(made.content)
    else:
        output.write_bytes(made.content)
        typer.echo(f"{made.name} is written to {output}")
