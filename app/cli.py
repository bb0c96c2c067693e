"""The command `quanyan`. Every mistake of the user ends with one clear message and exit code 2."""

import sys
from collections.abc import Iterator, Mapping
from importlib import import_module
from importlib.metadata import version
from typing import Annotated, Any, Final, Never

import typer
from typer.core import TyperGroup
from typer.main import get_command, get_group
from typing_extensions import override

from domain.errors import QuanyanError

COMMANDS: Final[Mapping[str, str]] = {
    "demo": "demo:demo",
    "serve": "service:serve",
    "init": "service:init",
    "check-config": "service:check_config",
    "doctor": "doctor:doctor",
    "reload": "reload:reload",
    "backup": "backup:backup",
    "restore": "backup:restore",
    "import": "importing:import_file",
    "assess": "assess:assess",
    "ledger": "arrivals:ledger",
    "completeness": "arrivals:completeness",
    "recompute": "recompute:recompute",
    "targets": "targets:targets",
    "report": "report:report",
    "test-rules": "rules:try_rules",
    "backtest": "rules:backtest_rule",
    "register": "register:cli",
    "lighting": "lighting:cli",
    "alerts": "alerts:cli",
    "duty": "duty:cli",
    "notices": "notices:cli",
    "keys": "keys:cli",
    "incidents": "incidents:cli",
    "quarantine": "quarantine:cli",
    "retention": "retention:cli",
    "simulate": "simulate:cli",
}
"""Where each command is, in `app.commands`: a function, or a group of its own."""


class Commands(Mapping[str, Any]):
    """Loads a command when it is asked for: who asks who is on duty need not wait for the web framework."""

    @override
    def __getitem__(self, name: str) -> Any:
        module, _, what = COMMANDS[name].partition(":")
        found = getattr(import_module(f"app.commands.{module}"), what)
        if not isinstance(found, typer.Typer):
            alone = typer.Typer(add_completion=False)
            alone.command(name)(found)
            return get_command(alone)
        group = get_group(found)
        group.name = name
        return group

    @override
    def __iter__(self) -> Iterator[str]:
        return iter(COMMANDS)

    @override
    def __len__(self) -> int:
        return len(COMMANDS)


class Late(TyperGroup):
    """The group of all commands, none of them loaded."""

    def __init__(self, **attributes: Any) -> None:
        """Pass on what Typer says of the group."""
        super().__init__(**attributes | {"commands": Commands()})


cli = typer.Typer(name="quanyan", cls=Late, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


def _say_version(asked: bool) -> None:
    if asked:
        typer.echo(f"quanyan {version('quanyan')}")
        raise typer.Exit


@cli.callback()
def quanyan(
    _: Annotated[
        bool, typer.Option("--version", callback=_say_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Quanyan (泉眼): the telemetry backend of a city operations centre."""


def main() -> None:
    """Run the command line; errors that the user can mend are told in one message."""
    try:
        cli()
    except QuanyanError as error:
        _end(str(error))
    except OSError as error:
        if error.filename is None:
            raise
        _end(f"{error.filename}: {error.strerror}")


def _end(why: str) -> Never:
    print(f"quanyan: {why}", file=sys.stderr)  # noqa: T201 - this is the command line's voice
    sys.exit(2)
