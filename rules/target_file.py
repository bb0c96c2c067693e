"""Targets as people write them in TOML: a parsed mapping becomes `Target`s, each mistake a `Problem` with its place."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from domain.errors import ConfigError, Problem
from domain.measure import Direction, Target
from domain.scope import Scope
from rules.indicators import INDICATORS
from rules.targets import PERCENT

_TEXTS: Final = ("id", "document", "item", "wording", "scope")
_OPTIONAL_TEXTS: Final = ("indicator", "unit", "direction", "period", "not_measured_because", "assumed")
_DATES: Final = ("valid_from", "valid_to", "deadline")
_KNOWN: Final = {*_TEXTS, *_OPTIONAL_TEXTS, *_DATES, "bureau", "limit"}
_DIRECTIONS: Final = {d.value: d for d in Direction}
_DAY: Final = timedelta(days=1)

Row = Mapping[str, Any]


def parse_targets(data: Mapping[str, Any], file: str, tz: ZoneInfo) -> tuple[Target, ...]:
    """Return the targets of a parsed TOML file: `[[target]]` tables, in order.

    Dates are days of the city's calendar: `valid_from` begins with its day, `valid_to` and `deadline` include theirs.

    Raises:
        ConfigError: with every mistake found; a problem names the file, the target, the field and the reason.
    """
    rows = data.get("target", [])
    problems = [Problem(file, 0, key, "unknown key; targets are [[target]] tables") for key in data if key != "target"]
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise ConfigError([*problems, Problem(file, 0, "target", "must be [[target]] tables")])
    seen: set[str] = set()
    for number, row in enumerate(rows, 1):
        name = f'target "{row["id"]}"' if isinstance(row.get("id"), str) else f"target {number}"
        found = _mistakes(row)
        if row.get("id") in seen:
            found.append(("id", "is taken by an earlier target"))
        seen.add(str(row.get("id")))
        problems += [Problem(file, 0, f"{name}, {field}", reason) for field, reason in found]
    if problems:
        raise ConfigError(problems)
    return tuple(_target(row, tz) for row in rows)


def _mistakes(row: Row) -> list[tuple[str, str]]:
    found = [(key, "unknown key") for key in row if key not in _KNOWN]
    found += [(key, "is missing") for key in (*_TEXTS, "bureau") if key not in row]
    found += [
        (key, "must be a text that is not empty") for key in _TEXTS + _OPTIONAL_TEXTS if not _fits(row, key, _text)
    ]
    found += [(key, "must be a date") for key in _DATES if not _fits(row, key, _is_day)]
    if not _fits(row, "limit", _is_number):
        found.append(("limit", "must be a number"))
    if not _fits(row, "bureau", _is_list_of_texts):
        found.append(("bureau", "must be a list of texts"))
    return found or _contradictions(row)


def _contradictions(row: Row) -> list[tuple[str, str]]:
    """Return what is wrong between fields that are each of the right type."""
    found = []
    indicator, why = row.get("indicator"), row.get("not_measured_because")
    if indicator is None and why is None:
        found.append(("indicator", "name an indicator, or say not_measured_because"))
    if indicator is not None and why is not None:
        found.append(("not_measured_because", "contradicts indicator"))
    if ("limit" in row) != ("direction" in row):
        found.append(("limit", "limit and direction belong together"))
    if row.get("unit", "%") == "%" and not 0 <= row.get("limit", 0) <= PERCENT:
        found.append(("limit", "must lie between 0 and 100 %"))
    if row.get("direction", ">=") not in _DIRECTIONS:
        found.append(("direction", f"must be one of {', '.join(_DIRECTIONS)}"))
    if row.get("valid_from", date.min) > row.get("valid_to", date.max):
        found.append(("valid_to", "lies before valid_from"))
    return found + _of_indicator(row)


def _of_indicator(row: Row) -> list[tuple[str, str]]:
    try:
        scope = Scope.parse(row["scope"])
    except ValueError as error:
        return [("scope", str(error))]
    name = row.get("indicator")
    if name is None:
        return []
    indicator = INDICATORS.get(name)
    if indicator is None:
        return [("indicator", f"{name!r} is none of {', '.join(INDICATORS)}")]
    found = []
    if scope.kind not in indicator.scopes:
        found.append(("scope", f"{name} is not defined for a {scope.kind.value}"))
    if row.get("period", "instant") not in indicator.lookback:
        found.append(("period", f"{name} knows {', '.join(indicator.lookback)}"))
    if row.get("unit", "%") != indicator.unit:
        found.append(("unit", f"{name} is in {indicator.unit}"))
    return found


def _target(row: Row, tz: ZoneInfo) -> Target:
    texts = {key: row[key] for key in _TEXTS}
    optional = {key: row[key] for key in _OPTIONAL_TEXTS if key in row and key not in {"direction", "indicator"}}
    return Target(
        **texts,
        **optional,
        bureau=tuple(row["bureau"]),
        indicator=row.get("indicator"),
        limit=float(row["limit"]) if "limit" in row else None,
        direction=_DIRECTIONS[row["direction"]] if "direction" in row else None,
        valid_from=_start(row["valid_from"], tz) if "valid_from" in row else None,
        valid_to=_start(row["valid_to"] + _DAY, tz) if "valid_to" in row else None,
        deadline=_start(row["deadline"] + _DAY, tz) if "deadline" in row else None,
    )


def _start(day: date, tz: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=tz).astimezone(UTC)


def _fits(row: Row, key: str, rule: Callable[[Any], bool]) -> bool:
    return key not in row or rule(row[key])


def _text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_day(value: Any) -> bool:
    return isinstance(value, date) and not isinstance(value, datetime)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and float("-inf") < value < float("inf")


def _is_list_of_texts(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(_text(v) for v in value)
