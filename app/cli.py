"""The command `quanyan`. Every mistake of the user ends with one clear message and exit code 2."""

import sys

import typer

from app.commands import (
    alerts,
    arrivals,
    assess,
    backup,
    demo,
    doctor,
    duty,
    importing,
    incidents,
    keys,
    lighting,
    notices,
    quarantine,
    recompute,
    register,
    reload,
    report,
    retention,
    rules,
    service,
    simulate,
    targets,
)
from domain.errors import QuanyanError

cli = typer.Typer(
    name="quanyan",
    help="Quanyan (泉眼): the telemetry backend of a city operations centre.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
cli.command("demo")(demo.demo)
cli.command("serve")(service.serve)
cli.command("init")(service.init)
cli.command("check-config")(service.check_config)
cli.command("doctor")(doctor.doctor)
cli.command("reload")(reload.reload)
cli.command("backup")(backup.backup)
cli.command("restore")(backup.restore)
cli.command("import")(importing.import_file)
cli.command("assess")(assess.assess)
cli.command("ledger")(arrivals.ledger)
cli.command("completeness")(arrivals.completeness)
cli.command("recompute")(recompute.recompute)
cli.command("targets")(targets.targets)
cli.command("report")(report.report)
cli.command("test-rules")(rules.try_rules)
cli.command("backtest")(rules.backtest_rule)
cli.add_typer(register.cli, name="register")
cli.add_typer(lighting.cli, name="lighting")
cli.add_typer(alerts.cli, name="alerts")
cli.add_typer(duty.cli, name="duty")
cli.add_typer(notices.cli, name="notices")
cli.add_typer(keys.cli, name="keys")
cli.add_typer(incidents.cli, name="incidents")
cli.add_typer(quarantine.cli, name="quarantine")
cli.add_typer(retention.cli, name="retention")
cli.add_typer(simulate.cli, name="simulate")


def main() -> None:
    """Run the command line; errors that the user can mend are told in one message."""
    try:
        cli()
    except QuanyanError as error:
        print(f"quanyan: {error}", file=sys.stderr)  # noqa: T201 - this is the command line's voice
        sys.exit(2)
