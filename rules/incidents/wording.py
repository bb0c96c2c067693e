"""What a caller's words are about: kinds of device, by words of the configuration. Nothing is guessed beyond it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from domain.errors import Problem
from domain.kinds import KINDS

_KEYS = frozenset({"words", "kinds", "category"})


@dataclass(frozen=True, slots=True)
class Wording:
    """Words that name a matter: the kinds of device that it is about, and the category of its cases."""

    words: tuple[str, ...]
    kinds: tuple[str, ...]
    category: str


def meant(text: str, wordings: Sequence[Wording]) -> tuple[Wording, ...]:
    """Return the matters that a text names, the one whose word comes first in the configuration first."""
    return tuple(wording for wording in wordings if any(word in text for word in wording.words))


def parse_wordings(rows: Any, categories: Sequence[str], file: str, problems: list[Problem]) -> tuple[Wording, ...]:
    """Read the `[[wording]]` tables; mistakes are added to `problems`."""
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        problems.append(Problem(file, 0, "wording", "must be [[wording]] tables"))
        return ()
    found = []
    for number, row in enumerate(rows, 1):
        wrong = list(_mistakes(row, categories))
        problems += [Problem(file, 0, f"wording {number}, {key}", reason) for key, reason in wrong]
        if not wrong:
            found.append(Wording(tuple(row["words"]), tuple(row["kinds"]), row["category"]))
    return tuple(found)


def _mistakes(row: Mapping[str, Any], categories: Sequence[str]) -> list[tuple[str, str]]:
    wrong = [(key, "unknown key") for key in sorted(row.keys() - _KEYS)]
    for key in ("words", "kinds"):
        values = row.get(key)
        if not isinstance(values, list) or not values or not all(isinstance(v, str) and v.strip() for v in values):
            wrong.append((key, "must be a list of texts"))
        elif key == "kinds":
            wrong += [(key, f"{kind!r} is no kind of device") for kind in values if kind not in KINDS]
    if row.get("category") not in categories:
        wrong.append(("category", f"must be one of {', '.join(categories)}"))
    return wrong
