"""`quanyan doctor`: what is wrong with this installation, and how to mend it."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from app.commands.common import Config
from app.doctor_finding import Level
from app.settings import load


def doctor(
    broker_config: Annotated[Path | None, typer.Option(help="The Mosquitto configuration, to be judged too.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON array.")] = False,
    config: Config = None,
) -> None:
    """Look at versions, files, permissions, disk, broker, stores, clocks and register; say how to mend what is wrong.

    It changes nothing and may run beside the service. Exit code 1 when anything is WRONG; warnings alone are 0.
    """
    from app.doctor import examine  # late: it knows every part

    findings = list(examine(load(config), broker_config))
    if as_json:
        typer.echo(json.dumps([asdict(finding) for finding in findings], ensure_ascii=False, indent=1))
    else:
        for finding in findings:
            typer.echo(f"{finding.level.value:5} {finding.part:12} {finding.said}")
            if finding.mend:
                typer.echo(f"{'':18} → {finding.mend}")
    if any(finding.level is Level.WRONG for finding in findings):
        raise typer.Exit(1)
