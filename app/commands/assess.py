"""`quanyan assess`: judge published rows, so that anyone can check the rules against published answers."""

import csv
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from functools import partial
from io import TextIOWrapper
from typing import Annotated, BinaryIO, Final

import typer

from app.assess import STDIN, Judgement, UnixLines, assess_rows, columns, in_one_encoding, misfit, records
from app.commands.common import instant
from domain.errors import ConfigError, Problem
from rules.assess import air, lighting, parking, water
from rules.standards.gb3838 import REQUIRED, Body
from rules.standards.hj633_editions import Edition

HEAD_SHOWN: Final = 60
"""How much of a head is shown in which nothing is known."""


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

    air: hour_ending (the END of the hour, Beijing time if it does not say);
    pm25 pm10 so2 no2 o3_1h in µg/m³, co in mg/m³.

    water: body_type; ph do codmn nh3n tp and others of the 21 items in mg/L,
    each as ph_raw, ph or ph_shown: the first that has a value counts;
    0.01L or <0.01: not detected, half of it counts.

    parking: capacity with occupied or free; or a bay's Status_Description
    with Status_Timestamp.

    lighting: minute (from the first midnight), power_w.

    Order is free, other columns are kept. Nothing, -, --, — or NA: missing;
    / or *: not monitored. The result is UTF-8.

    A malformed row is told on stderr with its line and noted; the others are
    assessed. Exit code 1 if there was one, 2 if nothing could be assessed.
    """
    _foreign("--edition", applies=edition is not EditionChoice.AUTO, given=what, to=What.AIR)
    _foreign("--body", applies=body is not BodyChoice.COLUMN, given=what, to=What.WATER)
    _foreign("--at", applies=bool(at), given=what, to=What.PARKING)
    if sys.stdin is None:
        raise ConfigError([Problem(STDIN, 0, "", "is closed")])
    with _text(sys.stdin.buffer, "utf-8-sig") as text:
        malformed = _judge(what, in_one_encoding(text), edition, body, instant(at, "--at") if at else None)
    if malformed:
        raise typer.Exit(1)


def _judge(
    what: What, lines: Iterator[str], edition: EditionChoice, body: BodyChoice, reference: datetime | None
) -> int:
    match what:
        case What.AIR:
            return _air(lines, edition)
        case What.WATER:
            return _water(lines, body)
        case What.PARKING:
            return _parking(list(lines), reference)
        case What.LIGHTING:
            return _lighting(list(lines))


def _air(lines: Iterator[str], edition: EditionChoice) -> int:
    wanted = None if edition is EditionChoice.AUTO else Edition(edition)
    check, judge = partial(_check_air, edition=wanted), partial(air.assess_air, edition=wanted)
    return _run(lines, Judgement(air.USED, air.COMPUTED, check, judge))


def _water(lines: Iterator[str], body: BodyChoice) -> int:
    chosen = None if body is BodyChoice.COLUMN else Body(body)
    check, judge = partial(_check_water, body=chosen), partial(water.assess_water, body=chosen)
    return _run(lines, Judgement(water.USED, water.COMPUTED, check, judge))


def _parking(lines: Sequence[str], reference: datetime | None) -> int:
    """Bays are judged as of one instant: of the whole file the newest, if none was named."""
    if reference is None:
        reference = max((at for row in _rows(lines, parking.USED) for at in parking.instants(row)), default=None)
    judge = partial(parking.assess_parking, reference=reference)
    return _run(iter(lines), Judgement(parking.USED, parking.COMPUTED, _check_parking, judge))


def _lighting(lines: Sequence[str]) -> int:
    """When lamps were switched on a day follows from all rows of the day."""
    judge = partial(lighting.assess_lighting, found=lighting.days(_rows(lines, lighting.USED)))
    return _run(iter(lines), Judgement(lighting.USED, lighting.COMPUTED, _check_lighting, judge))


def _rows(lines: Sequence[str], used: Sequence[str]) -> Iterator[Mapping[str, str]]:
    """Yield what can be read of the whole file, before it is judged row by row."""
    rows = records(iter(lines))
    head = next(rows, None)
    names = [] if head is None else columns(head.cells, used)
    for row in rows:
        if not misfit(row, len(names)):
            yield dict(zip(names, row.cells, strict=False))


def _run(lines: Iterator[str], judgement: Judgement) -> int:
    """Assess lines to stdout; return how many rows are malformed.

    Raises:
        ConfigError: the head will not do, or the result cannot be written.
    """
    malformed = 0
    try:
        with _text(sys.stdout.buffer, "utf-8") as out:
            for problem in assess_rows(lines, csv.writer(UnixLines(out)), judgement):
                malformed += 1
                typer.echo(f"quanyan: {problem}", err=True)
    except BrokenPipeError:
        raise  # whoever reads has enough: Typer ends without a word
    except OSError as error:
        raise ConfigError([Problem("stdout", 0, "", error.strerror or str(error))]) from error
    return malformed


def _text(binary: BinaryIO, encoding: str) -> TextIOWrapper:
    """What cannot be read comes out as the same bytes."""
    return TextIOWrapper(binary, encoding, errors="surrogateescape", newline="")


def _foreign(option: str, *, applies: bool, given: What, to: What) -> None:
    if applies and given is not to:
        raise ConfigError([Problem("command line", 0, option, f"is for {to} only")])


def _check_air(head: Sequence[str], edition: Edition | None) -> None:
    wanted = [name for name in air.USED if name != air.HOUR]
    if not set(wanted).intersection(head):
        raise _none_of(", ".join(wanted), head)
    if edition is None and air.HOUR not in head:
        raise ConfigError([Problem(STDIN, 1, air.HOUR, "the column is missing; name the --edition instead")])


def _check_water(head: Sequence[str], body: Body | None) -> None:
    missing = [item for item in REQUIRED if not set(water.COLUMNS[item]).intersection(head)]
    problems = [Problem(STDIN, 1, f"{item}_raw", "the column is missing") for item in missing]
    if body is None and water.BODY not in head:
        problems.append(Problem(STDIN, 1, water.BODY, "the column is missing; name the --body instead"))
    if problems:
        raise ConfigError(problems)


def _check_parking(head: Sequence[str]) -> None:
    if not parking.is_counter(head) and not parking.is_bay(head):
        wanted = f"{parking.CAPACITY} with {' or '.join(parking.COUNTED)}; or {parking.STATE} with {parking.CHANGED}"
        raise _none_of(wanted, head)


def _none_of(wanted: str, head: Sequence[str]) -> ConfigError:
    said = ",".join(head)[:HEAD_SHOWN]
    return ConfigError([Problem(STDIN, 1, "", f"there is none of the columns {wanted}; the first line is {said!r}")])


def _check_lighting(head: Sequence[str]) -> None:
    if missing := lighting.columns_missing(head):
        raise ConfigError([Problem(STDIN, 1, name, "the column is missing") for name in missing])
