"""Reads a table of a TOML file field by field: types and choices are checked, what is not asked for is unknown.

Mistakes are collected with the line they stand in. tomllib says no lines, so they are looked for in the text.
"""

import re
from collections.abc import Collection, Mapping
from datetime import datetime, time, timedelta
from typing import Any, Final

from domain.errors import Problem

_PART: Final = re.compile(r"(\d+(?:\.\d+)?)([smhd])")
_SPAN: Final = re.compile(rf"(?:{_PART.pattern})+")
_UNITS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_HEADER: Final = re.compile(r"\s*(\[\[?)\s*([^\]]+?)\s*\]\]?")
_KEY: Final = re.compile(r"\s*(?:\"([^\"]+)\"|'([^']+)'|([A-Za-z0-9_-]+))\s*(?:=|\.)")

Path = tuple[str | int, ...]


class Lines:
    """Where each field of a TOML text stands."""

    def __init__(self, text: str) -> None:
        """Look through the text once."""
        self._lines: dict[Path, int] = {}
        table: Path = ()
        for number, line in enumerate(text.splitlines(), 1):
            header = _HEADER.match(line)
            if header:
                table = self._opened(header.group(2), listed=header.group(1) == "[[")
                self._lines.setdefault(table, number)
                continue
            key = _KEY.match(line)
            if key:
                self._lines.setdefault((*table, next(g for g in key.groups() if g)), number)

    def _opened(self, name: str, *, listed: bool) -> Path:
        """Return the path of a header, with the number of each list it stands in."""
        path: Path = ()
        parts = [p.strip().strip("\"'") for p in name.split(".")]
        for depth, part in enumerate(parts, 1):
            path = (*path, part)
            last = depth == len(parts)
            count = 0
            while (*path, count) in self._lines:
                count += 1
            if last and listed:
                path = (*path, count)
            elif count:
                path = (*path, count - 1)
        return path

    def of(self, path: Path) -> int:
        """Return the line of a field, or of the nearest table above it; 0 when there is none."""
        while path and path not in self._lines:
            path = path[:-1]
        return self._lines.get(path, 0)


class Table:
    """One table. Reading a field takes it; `finish` complains of what nobody took."""

    def __init__(self, row: Mapping[str, Any], path: Path, file: str, lines: Lines, problems: list[Problem]) -> None:
        """Read `row`, which stands at `path` of `file`."""
        self._row, self.path, self._file, self._lines = row, path, file, lines
        self.problems = problems
        self._taken: set[str] = set()

    def __contains__(self, key: object) -> bool:
        return key in self._row

    def wrong(self, key: str, reason: str) -> None:
        """Note a mistake."""
        name = ".".join(str(p + 1) if isinstance(p, int) else p for p in (*self.path, *([key] if key else [])))
        self.problems.append(Problem(self._file, self._lines.of((*self.path, key)), name, reason))

    def finish(self) -> None:
        """Complain of every field that nobody asked for."""
        for key in self._row:
            if key not in self._taken:
                self.wrong(key, f"unknown key; here are known {', '.join(sorted(self._taken))}")

    def take(self, key: str) -> Any:
        """Return the raw value of a field, or None."""
        self._taken.add(key)
        return self._row.get(key)

    def text(self, key: str, *, default: str = "", needed: bool = False) -> str:
        """Return a text that is not empty."""
        value = self.take(key)
        if value is None:
            if needed:
                self.wrong(key, "is missing")
            return default
        if not isinstance(value, str) or not value.strip():
            self.wrong(key, "must be a text that is not empty")
            return default
        return value

    def choice(self, key: str, choices: Collection[str], *, default: str = "", needed: bool = False) -> str:
        """Return one of several texts."""
        value = self.text(key, default=default, needed=needed)
        if value and value not in choices:
            self.wrong(key, f"{value!r} is none of {', '.join(choices)}")
            return default
        return value

    def texts(self, key: str, *, blank: bool = False) -> tuple[str, ...]:
        """Return a list of texts, or a single one. With `blank`, an empty text is one too."""
        value = self.take(key)
        if value is None:
            return ()
        values = value if isinstance(value, list) else [value]
        if not values or not all(isinstance(v, str) and (blank or v.strip()) for v in values):
            self.wrong(key, "must be a text or a list of texts")
            return ()
        return tuple(values)

    def number(self, key: str, *, default: float | None = None, needed: bool = False) -> float | None:
        """Return a number, or the default."""
        value = self.take(key)
        if value is None:
            if needed:
                self.wrong(key, "is missing")
            return default
        if isinstance(value, bool) or not isinstance(value, int | float) or not float("-inf") < value < float("inf"):
            self.wrong(key, "must be a number")
            return default
        return float(value)

    def whole(self, key: str, *, default: int, lowest: int = 1) -> int:
        """Return a whole number."""
        value = self.take(key)
        if value is None:
            return default
        if isinstance(value, bool) or not isinstance(value, int) or value < lowest:
            self.wrong(key, f"must be a whole number from {lowest} on")
            return default
        return value

    def flag(self, key: str) -> bool:
        """Return true or false; false when it is missing."""
        value = self.take(key)
        if value is not None and not isinstance(value, bool):
            self.wrong(key, "must be true or false")
        return value is True

    def span(self, key: str, *, default: timedelta = timedelta(0), needed: bool = False) -> timedelta:
        """Return a span of time: `90s`, `5m`, `2h30m`, `1d`."""
        value = self.take(key)
        if value is None:
            if needed:
                self.wrong(key, "is missing")
            return default
        if not isinstance(value, str) or not _SPAN.fullmatch(value):
            self.wrong(key, "must be a span of time such as 90s, 5m, 2h30m or 1d")
            return default
        return timedelta(seconds=sum(float(number) * _UNITS[unit] for number, unit in _PART.findall(value)))

    def clock(self, key: str) -> time | None:
        """Return a local time of day: `07:00`."""
        value = self.take(key)
        if value is None:
            return None
        return self.read_clock(key, value)

    def read_clock(self, key: str, value: Any) -> time | None:
        """Return a time of day from a value of a field."""
        if isinstance(value, time):
            return value
        try:
            return datetime.strptime(value, "%H:%M").time()  # noqa: DTZ007 - a time of day
        except (TypeError, ValueError):
            self.wrong(key, "must be a time of day such as 07:00")
            return None

    def table(self, key: str) -> "Table | None":
        """Return a table below this one."""
        value = self.take(key)
        if value is None:
            return None
        if not isinstance(value, dict):
            self.wrong(key, "must be a table")
            return None
        return Table(value, (*self.path, key), self._file, self._lines, self.problems)

    def tables(self, key: str) -> list["Table"]:
        """Return the tables of a list."""
        value = self.take(key)
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(v, dict) for v in value):
            self.wrong(key, f"must be [[{key}]] tables")
            return []
        return [Table(v, (*self.path, key, n), self._file, self._lines, self.problems) for n, v in enumerate(value)]
