"""`quanyan test-rules` and `quanyan backtest`: alert rules tried before they run."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta, tzinfo
from itertools import chain
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from app.alert_rules import SHIPPED, load_book, load_cases
from app.commands.common import Config, instant, operational
from app.settings import load
from app.stores import open_telemetry
from app.targets import load_targets
from domain.errors import ConfigError, Problem
from domain.reading import Reading
from rules.alerts.backtest import Firing, backtest, kinds_of
from rules.alerts.book import RuleBook

WARM_UP = timedelta(days=1)
"""How much earlier than `--from` readings are taken in, so that the state is that of a running service."""
_Rules = Annotated[Path | None, typer.Option("--rules", help="Folder of rule files; default: those in use.")]


def try_rules(
    path: Annotated[
        Path | None, typer.Argument(help="A folder of rule files, or one file; default: those in use.")
    ] = None,
    config: Config = None,
) -> None:
    """Run the test cases beside the rule files. Exit code 1 when one does not come out as written."""
    settings = load(config)
    chosen = path or settings.rules_folder or SHIPPED
    book = load_book(chosen.parent if chosen.is_file() else chosen)
    cases = load_cases(chosen, book, settings.city.place)
    targets = load_targets(settings.targets_file, settings.city.place)
    failed = 0
    for case in cases:
        wrong = case.run(book, targets, settings.city.place)
        failed += bool(wrong)
        typer.echo(f"{'FAIL' if wrong else 'ok  '}  {Path(case.file).name}: {case.name}")
        for line in wrong:
            typer.echo(f"      {line}")
    if chosen.is_dir():
        for name in sorted(book.rules.keys() - {name for case in cases for name in case.rules}):
            typer.echo(f"no case tries the rule {name}")
    typer.echo(f"{len(book.rules)} rules, {len(cases)} cases, {failed} failed")
    if failed:
        raise typer.Exit(1)


def backtest_rule(
    rule: Annotated[str, typer.Argument(help="Name of the rule.")],
    since: Annotated[str, typer.Option("--from", help="RFC 3339 with offset.")],
    until: Annotated[str, typer.Option("--to", help="RFC 3339 with offset, exclusive.")],
    rules: _Rules = None,
    config: Config = None,
) -> None:
    """Say when a rule would have fired over the stored readings, with the register as believed today.

    Exit code 1: the span holds no reading that the rule rests on, so that nothing was tried.
    """
    start, end = instant(since, "--from"), instant(until, "--to")
    if start >= end:
        raise ConfigError([Problem("command line", 0, "--to", "must lie after --from")])
    with operational(config) as (settings, store):
        book = load_book(rules or settings.rules_folder or SHIPPED)
        if rule not in book.rules:
            raise ConfigError([Problem("command line", 0, "RULE", f"{rule!r} is none of {', '.join(book.rules)}")])
        targets = load_targets(settings.targets_file, settings.city.place)
        world = store.register.load(), store.lighting.load(), settings.city.place
        kinds = kinds_of(book.rules[rule], book, targets)
        telemetry, seen = open_telemetry(settings), _Seen(start)
        try:
            readings = chain.from_iterable(telemetry.window(kind, start - WARM_UP, end) for kind in kinds)
            found = backtest(book.rules[rule], book, seen.all(readings), world, (start, end), targets)
        finally:
            telemetry.close()
    _tell(book, rule, found, settings.city.place.tz)
    typer.echo(seen.said(kinds, settings.city.place.tz))
    if not seen.devices:
        raise typer.Exit(1)


class _Seen:
    """What a backtest rests on: no firing over no reading says nothing."""

    def __init__(self, start: datetime) -> None:
        """Count readings from `start` on; those before only warm the state up."""
        self._start, self._readings = start, 0
        self._first = self._last = start
        self.devices: set[str] = set()

    def all(self, readings: Iterable[Reading]) -> Iterator[Reading]:
        """Pass them on, counted."""
        for reading in readings:
            if reading.at >= self._start:
                self._first = min(self._first, reading.at) if self._readings else reading.at
                self._last = max(self._last, reading.at)
                self._readings += 1
                self.devices.add(reading.device)
            yield reading

    def said(self, kinds: Sequence[str], tz: tzinfo) -> str:
        """Return how much there was, from when until when."""
        if not self._readings:
            return f"the store holds no reading of {', '.join(kinds) or 'any kind'} in the span: nothing was tried"
        span = f"{_local(self._first, tz)} – {_local(self._last, tz)}"
        return f"tried on {self._readings} readings of {len(self.devices)} devices, {span}"


def _tell(book: RuleBook, rule: str, found: list[Firing], tz: tzinfo) -> None:
    times = "once" if len(found) == 1 else f"{len(found)} times"
    typer.echo(f"{rule} ({book.rules[rule].title}) would have fired {times}")
    if not found:
        return
    table = Table("fired", "ended", "lasted", "severity", "subject", "text")
    for firing in found:
        alert, ended = firing.alert, firing.ended
        lasted = "open" if ended is None else str(ended - alert.fired_at).split(".", maxsplit=1)[0]
        table.add_row(
            _local(alert.fired_at, tz), _local(ended, tz), lasted, alert.severity.word, alert.subject, alert.text
        )
    Console(width=160).print(table)


def _local(at: datetime | None, tz: tzinfo) -> str:
    return "" if at is None else at.astimezone(tz).strftime("%Y-%m-%d %H:%M:%S")
