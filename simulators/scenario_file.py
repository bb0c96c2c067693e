"""The TOML of a scenario: fields, their types, and errors that name the line.

```toml
title = "…"

[[fault]]
kind = "tripped_cabinet"
select = { road_class = "arterial", count = 1 }
after = "switch_on"        # or "start" (of the fleet; the default), or "switch_off"; of the night that it starts in
start = "36m"              # after that; or `at = 2026-11-23T18:00:00+08:00` instead of both
duration = "75m"           # without it the fault stays
```
"""

import re
import tomllib
from datetime import timedelta
from typing import Annotated, Any, Final, Literal, Self

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from domain.errors import ConfigError, Problem
from domain.kinds import KINDS
from domain.kinds.streetlight import ROAD_CLASSES
from simulators.faults import FaultKind

_DURATION: Final = re.compile(r"(-?)(\d+(?:\.\d+)?)(s|m|h|d)")
_SECONDS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_NEEDS: Final = {
    FaultKind.DRIFT: ("metric", "per_hour"),
    FaultKind.REORDERING: ("delay",),
    FaultKind.WRONG_CLOCK: ("offset",),
}
_MAY: Final = {
    FaultKind.DRIFT: ("metric", "per_hour"),
    FaultKind.STUCK_VALUE: ("metric",),
    FaultKind.DUPLICATES: ("rate", "delay"),
    FaultKind.REORDERING: ("rate", "delay"),
    FaultKind.WRONG_CLOCK: ("offset",),
    FaultKind.GARBAGE_PAYLOAD: ("rate",),
}


def duration(text: object) -> timedelta:
    """Read `90s`, `36m`, `2h` or `-1.5d`.

    Raises:
        ValueError: it is none of these.
    """
    match = _DURATION.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        raise ValueError("write a duration as a number with s, m, h or d, like `36m`")
    return timedelta(seconds=float(match[1] + match[2]) * _SECONDS[match[3]])


Duration = Annotated[timedelta, BeforeValidator(duration)]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False, strict=True)


class SelectEntry(_Table):
    """The table `select` of a fault; meanings as in `selection.Selection`."""

    device: str | None = None
    supply_point: str | None = None
    gateway: str | None = None
    count: int | None = Field(default=None, ge=1)
    share: float | None = Field(default=None, gt=0, le=1)
    seed: int = 0
    kind: str | None = None
    road_class: str | None = None
    district: str | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        ways = ("device", "supply_point", "gateway", "count", "share")
        if sum(getattr(self, way) is not None for way in ways) != 1:
            raise ValueError(f"give exactly one of {', '.join(ways)}")
        if self.kind is not None and self.kind not in KINDS:
            raise ValueError(f"kind {self.kind!r} is none of {', '.join(KINDS)}")
        if self.road_class is not None and self.road_class not in ROAD_CLASSES:
            raise ValueError(f"road_class {self.road_class!r} is none of {', '.join(ROAD_CLASSES)}")
        return self


class FaultEntry(_Table):
    """One `[[fault]]`."""

    kind: Annotated[FaultKind, Field(strict=False)]
    select: SelectEntry
    after: Literal["start", "switch_on", "switch_off"] = "start"
    start: Duration = timedelta(0)
    at: AwareDatetime | None = None
    duration: Duration | None = None
    metric: str = ""
    per_hour: float = 0.0
    rate: float = Field(default=1.0, gt=0, le=1)
    delay: Duration | None = None
    offset: Duration | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        given = self.model_fields_set
        if self.at is not None and given & {"after", "start"}:
            raise ValueError("`at` stands instead of `after` and `start`")
        if self.duration is not None and self.duration <= timedelta(0):
            raise ValueError("the duration must be longer than nothing")
        if self.delay is not None and self.delay <= timedelta(0):
            raise ValueError("the delay must be longer than nothing")
        for name in _NEEDS.get(self.kind, ()):
            if name not in given:
                raise ValueError(f"a {self.kind.value} needs `{name}`")
        for name in sorted(given & {"metric", "per_hour", "rate", "delay", "offset"}):
            if name not in _MAY.get(self.kind, ()):
                raise ValueError(f"a {self.kind.value} takes no `{name}`")
        return self


class ScenarioFile(_Table):
    """A whole file."""

    title: str = Field(min_length=1)
    fault: list[FaultEntry] = []


def parse(text: str, file: str) -> tuple[ScenarioFile, tuple[int, ...]]:
    """Read a scenario; also return the line of each fault.

    Raises:
        ConfigError: with every mistake; `file` is how the messages name the source.
    """
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"line (\d+)", str(error))
        raise ConfigError([Problem(file, int(place[1]) if place else 0, "", f"is no TOML: {error}")]) from None
    lines = tuple(n for n, line in enumerate(text.splitlines(), 1) if re.match(r"\s*\[\[\s*fault\s*\]\]", line))
    try:
        return ScenarioFile.model_validate(raw), lines
    except ValidationError as error:
        raise ConfigError([_problem(file, text, lines, e) for e in error.errors(include_url=False)]) from None


def _problem(file: str, text: str, lines: tuple[int, ...], error: Any) -> Problem:
    keys = [key for key in error["loc"] if key != "fault"]
    reason = "no such field" if error["type"] == "extra_forbidden" else error["msg"].removeprefix("Value error, ")
    if keys and isinstance(keys[0], int) and keys[0] < len(lines):
        keys, start = keys[1:], lines[keys[0]]
    else:
        start = 1
    names = [str(key) for key in keys]
    return Problem(file, _line_of(text, start, names[:1]), ".".join(names), str(reason))


def _line_of(text: str, start: int, names: list[str]) -> int:
    """Return the line of a key in the table that begins at `start`, or that line itself."""
    for number, line in enumerate(text.splitlines()[start - 1 :], start):
        if number > start and line.lstrip().startswith("["):
            break
        if names and re.match(rf"\s*{re.escape(names[0])}\s*=", line):
            return number
    return start
