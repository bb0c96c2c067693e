"""`quanyan assess air|water`: judge published rows, so that anyone can check the rules against published answers."""

import csv
import sys
from collections.abc import Callable, Sequence
from enum import StrEnum
from functools import partial
from io import TextIOWrapper
from typing import Annotated, BinaryIO

import typer

from app.assess import STDIN, Assess, assess_rows
from domain.errors import ConfigError, Problem
from rules.assess import air, water
from rules.standards.gb3838 import REQUIRED, Body
from rules.standards.hj633_editions import Edition


class What(StrEnum):
    """What the rows are."""

    AIR = "air"
    WATER = "water"


class EditionChoice(StrEnum):
    """Which edition of HJ 633 applies."""

    AUTO = "auto"
    Y2012 = "2012"
    Y2026 = "2026"


class BodyChoice(StrEnum):
    """Which limits of GB 3838 apply."""

    RIVER = "river"
    LAKE = "lake"
    COLUMN = "column"


def assess(
    what: Annotated[What, typer.Argument(help="air: one station-hour a row; water: one section record a row.")],
    edition: Annotated[
        EditionChoice, typer.Option(help="air: HJ 633; auto = by the hour's date.")
    ] = EditionChoice.AUTO,
    body: Annotated[BodyChoice, typer.Option(help="water: limits; column = as body_type says.")] = BodyChoice.COLUMN,
) -> None:
    """Read CSV from stdin, write it to stdout with the computed columns added.

    A malformed row is told on stderr with its line and noted; the others are assessed. Exit code 1 if there was one.
    """
    computed: Sequence[str]
    if what is What.AIR:
        _foreign("--body", applies=body is not BodyChoice.COLUMN, to=What.WATER)
        wanted = None if edition is EditionChoice.AUTO else Edition(edition)
        judge: Assess = partial(air.assess_air, edition=wanted)
        computed, check = air.COMPUTED, partial(_check_air, edition=wanted)
    else:
        _foreign("--edition", applies=edition is not EditionChoice.AUTO, to=What.AIR)
        chosen = None if body is BodyChoice.COLUMN else Body(body)
        judge = partial(water.assess_water, body=chosen)
        computed, check = water.COMPUTED, partial(_check_water, body=chosen)
    malformed = _run(judge, computed, check)
    if malformed:
        raise typer.Exit(1)


def _run(judge: Assess, computed: Sequence[str], check: Callable[[Sequence[str]], None]) -> int:
    """Assess stdin to stdout; return how many rows are malformed."""
    malformed = 0
    with _text(sys.stdin.buffer, "utf-8-sig") as lines, _text(sys.stdout.buffer, "utf-8") as out:
        writer = csv.writer(out, lineterminator="\n")
        for problem in assess_rows(iter(lines), writer, judge, computed, check):
            malformed += 1
            typer.echo(f"quanyan: {problem}", err=True)
    return malformed


def _text(binary: BinaryIO, encoding: str) -> TextIOWrapper:
    """Other encodings pass through: what is no UTF-8 comes out as the same bytes."""
    return TextIOWrapper(binary, encoding, errors="surrogateescape", newline="")


def _foreign(option: str, *, applies: bool, to: What) -> None:
    if applies:
        raise ConfigError([Problem("command line", 0, option, f"is for {to} only")])


def _check_air(head: Sequence[str], edition: Edition | None) -> None:
    columns = [name for names in air.COLUMNS.values() for name in names]
    if not set(columns).intersection(head):
        raise ConfigError([Problem(STDIN, 1, "", f"there is none of the columns {', '.join(columns)}")])
    if edition is None and air.HOUR not in head:
        raise ConfigError([Problem(STDIN, 1, air.HOUR, "the column is missing; name the --edition instead")])


def _check_water(head: Sequence[str], body: Body | None) -> None:
    missing = [item for item in REQUIRED if not set(water.item_columns(item)).intersection(head)]
    problems = [Problem(STDIN, 1, f"{item}_raw", "the column is missing") for item in missing]
    if body is None and water.BODY not in head:
        problems.append(Problem(STDIN, 1, water.BODY, "the column is missing; name the --body instead"))
    if problems:
        raise ConfigError(problems)
