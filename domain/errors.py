"""The whole exception tree. Expected outcomes are values; these are for what a caller cannot go on from.

QuanyanError
├── ConfigError        a setting, file or record is wrong; the message names file, field and reason
├── Unavailable        nothing was changed, try again later
│   ├── StoreUnavailable
│   ├── Starting
│   └── JournalFull    the journal is at its cap or cannot write; nothing was kept
├── NotFound           the thing asked for does not exist
├── Conflict           the request contradicts what is recorded
└── TooMany            a caller has used up what one may keep here; the message says of what
"""

from collections.abc import Sequence
from dataclasses import dataclass

from typing_extensions import override


class QuanyanError(Exception):
    """Base of every error that Quanyan raises on purpose."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake in an input file: where it is and why it is one. `line` counts from 1; 0 = the whole file."""

    file: str
    line: int
    field: str
    reason: str

    @override
    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.field}: {self.reason}" if self.field else f"{place}: {self.reason}"


class ConfigError(QuanyanError):
    """A setting, file or record is wrong. Carries every problem that was found, not only the first."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        """Keep the problems; the message lists them, one a line."""
        self.problems = tuple(problems)
        super().__init__("\n".join(str(p) for p in self.problems))


class Unavailable(QuanyanError):
    """Nothing was changed; the same call may succeed later."""


class StoreUnavailable(Unavailable):
    """A store is away, slow or refuses for a reason that is not the data's (credentials, missing bucket)."""


class Starting(Unavailable):
    """The engine takes up the city's state, as it does for some seconds after a start."""


class JournalFull(Unavailable):
    """The journal is at its cap or cannot be written: nothing was kept, so nothing may be acknowledged."""


class NotFound(QuanyanError):
    """The thing asked for does not exist."""


class Conflict(QuanyanError):
    """The request contradicts what is already recorded."""


class TooMany(QuanyanError):
    """A caller has used up what one may keep here; nothing was changed, and there is room again after `wait_s`."""

    def __init__(self, reason: str, wait_s: int) -> None:
        """Keep the seconds (whole, at least 1) after which it may be tried again."""
        super().__init__(reason)
        self.wait_s = wait_s
