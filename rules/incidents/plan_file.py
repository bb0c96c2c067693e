"""Categories with their time limits, and checklists of measures, as people write them in TOML."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from domain.errors import ConfigError, Problem
from domain.incident import Category, Limit, LimitKind, Measure
from rules.incidents.wording import Wording, parse_wordings

LEVELS: Final = ("yellow", "orange", "red")
"""Levels of a heavy-pollution warning, lowest first (环大气〔2024〕6号)."""
FALLBACK: Final = "other"
_LIMITS: Final = {"hours": LimitKind.HOURS, "working_days": LimitKind.WORKING_DAYS}
_MOST: Final = 1000
_TABLES: Final = frozenset({"holidays", "category", "measure", "wording"})


@dataclass(frozen=True, slots=True)
class IncidentPlan:
    """What the configuration says of incidents."""

    holidays: str
    categories: Mapping[str, Category]
    measures: Mapping[str, tuple[Measure, ...]]
    """By level, with those of the lower levels."""
    wordings: tuple[Wording, ...] = ()
    """What callers' words are about."""

    def limit(self, category: str) -> Limit:
        """Return the time limit of a category."""
        return self.categories.get(category, self.categories[FALLBACK]).limit


def parse_plan(data: Mapping[str, Any], file: str) -> IncidentPlan:
    """Return the plan of a parsed TOML file.

    Raises:
        ConfigError: with every mistake: table, key and reason.
    """
    problems = [Problem(file, 0, key, "unknown key") for key in data if key not in _TABLES]
    if not isinstance(data.get("holidays"), str):
        problems.append(Problem(file, 0, "holidays", "must be a country of ISO 3166, as in CN"))
    categories = _rows(data, "category", file, problems, {"id", "title", "title_en"}, {*_LIMITS})
    measures = _rows(data, "measure", file, problems, {"id", "level", "unit", "text"}, set())
    for name, row in categories:
        problems += [Problem(file, 0, f"{name}, {f}", why) for f, why in _limit_mistakes(row)]
    for name, row in measures:
        if row.get("level") not in LEVELS:
            problems.append(Problem(file, 0, f"{name}, level", f"must be one of {', '.join(LEVELS)}"))
    if FALLBACK not in {row.get("id") for _, row in categories}:
        problems.append(Problem(file, 0, "category", f"there must be one with the id {FALLBACK!r}"))
    known = [str(row.get("id")) for _, row in categories]
    wordings = parse_wordings(data.get("wording", []), known, file, problems)
    if problems:
        raise ConfigError(problems)
    return IncidentPlan(
        data["holidays"],
        {row["id"]: Category(row["id"], row["title"], row["title_en"], _limit(row)) for _, row in categories},
        {level: _measures([row for _, row in measures], level) for level in LEVELS},
        wordings,
    )


def _rows(
    data: Mapping[str, Any], table: str, file: str, problems: list[Problem], needed: set[str], more: set[str]
) -> list[tuple[str, Mapping[str, Any]]]:
    rows = data.get(table, [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        problems.append(Problem(file, 0, table, f"must be [[{table}]] tables"))
        return []
    named = [(f"{table} {row.get('id', n)}", row) for n, row in enumerate(rows, 1)]
    seen: set[Any] = set()
    for name, row in named:
        problems += [Problem(file, 0, f"{name}, {key}", "unknown key") for key in row.keys() - needed - more]
        problems += [
            Problem(file, 0, f"{name}, {key}", "must be a text that is not empty")
            for key in sorted(needed)
            if not isinstance(row.get(key), str) or not row[key].strip()
        ]
        if row.get("id") in seen:
            problems.append(Problem(file, 0, f"{name}, id", f"is taken by an earlier {table}"))
        seen.add(row.get("id"))
    return named


def _limit_mistakes(row: Mapping[str, Any]) -> list[tuple[str, str]]:
    given = [key for key in _LIMITS if key in row]
    if len(given) != 1:
        return [("hours", "give either hours or working_days")]
    amount = row[given[0]]
    whole = given[0] == "working_days"
    if isinstance(amount, bool) or not isinstance(amount, int if whole else int | float) or not 0 < amount <= _MOST:
        return [(given[0], f"must be a {'whole ' if whole else ''}number above 0 and up to {_MOST}")]
    return []


def _limit(row: Mapping[str, Any]) -> Limit:
    key = next(key for key in _LIMITS if key in row)
    return Limit(_LIMITS[key], float(row[key]))


def _measures(rows: list[Mapping[str, Any]], level: str) -> tuple[Measure, ...]:
    up_to = LEVELS[: LEVELS.index(level) + 1]
    return tuple(Measure(row["id"], row["unit"], row["text"]) for row in rows if row["level"] in up_to)
