"""`quanyan assess`: judge published rows, so that anyone can check the rules against published answers."""

import csv
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from functools import partial
from io import TextIOWrapper
from typing import Annotated, BinaryIO

import typer

from app.assess import STDIN, Assess, assess_rows, records
from app.commands.common import instant
from domain.errors import ConfigError, Problem
from rules.assess import air, lighting, parking, water
from rules.standards.gb3838 import REQUIRED, Body
from rules.standards.hj633_editions import Edition


class What(StrEnum):
    """What the rows are."""

    AIR = "air"
    WATER = "water"
    PARKING = "parking"
    LIGHTING = "lighting"


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
    what: Annotated[
        What, typer.Argument(help="A row: station-hour, section record, bay, car park, or a minute of a cabinet.")
    ],
    edition: Annotated[
        EditionChoice, typer.Option(help="air: HJ 633; auto = by the hour's date.")
    ] = EditionChoice.AUTO,
    body: Annotated[BodyChoice, typer.Option(help="water: limits; column = as body_type says.")] = BodyChoice.COLUMN,
    at: Annotated[str, typer.Option(help="parking: bays as of this instant; default: the newest of the file.")] = "",
) -> None:
    """Read CSV from stdin, write it to stdout with the computed columns added.

    A malformed row is told on stderr with its line and noted; the others are assessed. Exit code 1 if there was one.
    """
    _foreign("--edition", applies=edition is not EditionChoice.AUTO, given=what, to=What.AIR)
    _foreign("--body", applies=body is not BodyChoice.COLUMN, given=what, to=What.WATER)
    _foreign("--at", applies=bool(at), given=what, to=What.PARKING)
    with _text(sys.stdin.buffer, "utf-8-sig") as lines:
        malformed = _judge(what, lines, edition, body, instant(at, "--at") if at else None)
    if malformed:
        raise typer.Exit(1)


def _judge(
    what: What, lines: Iterable[str], edition: EditionChoice, body: BodyChoice, reference: datetime | None
) -> int:
    match what:
        case What.AIR:
            return _air(iter(lines), edition)
        case What.WATER:
            return _water(iter(lines), body)
        case What.PARKING:
            return _parking(list(lines), reference)
        case What.LIGHTING:
            return _lighting(list(lines))


def _air(lines: Iterator[str], edition: EditionChoice) -> int:
    wanted = None if edition is EditionChoice.AUTO else Edition(edition)
    return _run(lines, partial(air.assess_air, edition=wanted), air.COMPUTED, partial(_check_air, edition=wanted))


def _water(lines: Iterator[str], body: BodyChoice) -> int:
    chosen = None if body is BodyChoice.COLUMN else Body(body)
    return _run(lines, partial(water.assess_water, body=chosen), water.COMPUTED, partial(_check_water, body=chosen))


def _parking(lines: Sequence[str], reference: datetime | None) -> int:
    """Bays are judged as of one instant: of the whole file the newest, if none was named."""
    if reference is None:
        reference = max((at for row in _rows(lines) for at in parking.instants(row)), default=None)
    return _run(iter(lines), partial(parking.assess_parking, reference=reference), parking.COMPUTED, _check_parking)


def _lighting(lines: Sequence[str]) -> int:
    """When lamps were switched on a day follows from all rows of the day."""
    found = lighting.days(_rows(lines))
    return _run(iter(lines), partial(lighting.assess_lighting, found=found), lighting.COMPUTED, _check_lighting)


def _rows(lines: Sequence[str]) -> Iterator[Mapping[str, str]]:
    """Yield what can be read of the whole file, before it is judged row by row."""
    rows = records(iter(lines))
    head = next(rows, None)
    names = [] if head is None else [cell.strip() for cell in head.cells]
    for row in rows:
        if not row.problem and len(row.cells) == len(names):
            yield dict(zip(names, row.cells, strict=True))


def _run(lines: Iterator[str], judge: Assess, computed: Sequence[str], check: Callable[[Sequence[str]], None]) -> int:
    """Assess lines to stdout; return how many rows are malformed."""
    malformed = 0
    with _text(sys.stdout.buffer, "utf-8") as out:
        writer = csv.writer(out, lineterminator="\n")
        for problem in assess_rows(lines, writer, judge, computed, check):
            malformed += 1
            typer.echo(f"quanyan: {problem}", err=True)
    return malformed


def _text(binary: BinaryIO, encoding: str) -> TextIOWrapper:
    """Other encodings pass through: what is no UTF-8 comes out as the same bytes."""
    return TextIOWrapper(binary, encoding, errors="surrogateescape", newline="")


def _foreign(option: str, *, applies: bool, given: What, to: What) -> None:
    if applies and given is not to:
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


def _check_parking(head: Sequence[str]) -> None:
    if not parking.is_counter(head) and not parking.is_bay(head):
        wanted = f"{parking.CAPACITY} with {' or '.join(parking.COUNTED)}; or {parking.STATE} with {parking.CHANGED}"
        raise ConfigError([Problem(STDIN, 1, "", f"there are none of the columns {wanted}")])


def _check_lighting(head: Sequence[str]) -> None:
    if missing := lighting.columns_missing(head):
        raise ConfigError([Problem(STDIN, 1, name, "the column is missing") for name in missing])
