"""One value of a file or of a request, checked. Each function returns the value or raises `Wrong` with the reason."""

import math
import re
from collections.abc import Collection
from datetime import UTC, datetime
from reprlib import repr as shown

from domain.kind import AttributeSpec, Value, ValueType

_LONGEST_TEXT = 200
_LONGEST_ID = 64  # as long as a level of a topic may be
_CONTROL = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")
_CJK = "々〇\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U000323af"
_ID = re.compile(f"[A-Za-z0-9{_CJK}][A-Za-z0-9._:{_CJK}-]*")
_DISTRICT = re.compile("[0-9]{6}")
_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?")
_INTEGER = re.compile("[+-]?[0-9]{1,20}")
_INSTANT = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt ]([0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?)([Zz]|[+-][0-9]{2}:[0-9]{2})?"
)
_INT64 = 2**63
_TRUTH = {"true": True, "false": False}


class Wrong(Exception):
    """The value cannot be taken; the message says why, and reads on from the name of the field."""


class Cell(str):
    """A cell of a CSV file. All is text there, so a number may be read from it; a text in JSON is never a number."""

    __slots__ = ()


def text(value: object, longest: int = _LONGEST_TEXT) -> str:
    """Return a text of at most `longest` characters, none of them a control character."""
    if not isinstance(value, str):
        raise Wrong(f"{shown(value)} is not a text")
    if len(value) > longest:
        raise Wrong(f"is {len(value)} characters long, at most {longest} are allowed")
    if found := _CONTROL.search(value):
        raise Wrong(f"contains the character U+{ord(found[0]):04X}, which no text may hold")
    return str(value)


def ident(value: object) -> str:
    """Return an id: a level of a topic, a tag and a part of an address, so blanks, `/`, `+` and `#` have no place."""
    found = text(value, _LONGEST_ID)
    if not _ID.fullmatch(found):
        raise Wrong(f"{shown(found)} is no id: Chinese or ASCII letters and digits, then also . _ : and -")
    return found


def district(value: object) -> str:
    """Return a six-digit code of GB/T 2260."""
    found = text(value)
    if not _DISTRICT.fullmatch(found):
        raise Wrong(f"{shown(found)} is no six-digit code of GB/T 2260, such as 370102")
    return found


def choice(value: object, choices: Collection[str]) -> str:
    """Return one of `choices`."""
    found = text(value)
    if found not in choices:
        raise Wrong(f"{shown(found)} is none of {', '.join(choices)}")
    return found


def truth(value: object) -> bool:
    """Return `true` or `false`; in a CSV file in any case, as spreadsheets write them in capitals."""
    if isinstance(value, Cell):
        value = _TRUTH.get(value.lower(), value)
    if not isinstance(value, bool):
        raise Wrong(f"{shown(value)} is neither true nor false")
    return value


def number(value: object, lowest: float | None = None, highest: float | None = None) -> float:
    """Return a finite number within the bounds (both allowed)."""
    if isinstance(value, Cell) and _NUMBER.fullmatch(value):
        value = float(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Wrong(f"{shown(value)} is not a number")
    try:
        found = float(value)
    except OverflowError:
        found = math.inf
    if not math.isfinite(found):
        raise Wrong(f"{shown(value)} is not a finite number")
    _check_bounds(found, lowest, highest)
    return found


def integer(value: object, lowest: float | None = None, highest: float | None = None) -> int:
    """Return a whole number within the bounds (both allowed)."""
    if isinstance(value, Cell) and _INTEGER.fullmatch(value):
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise Wrong(f"{shown(value)} is not a whole number")
    _check_bounds(value, -_INT64 if lowest is None else lowest, _INT64 - 1 if highest is None else highest)
    return value


def _check_bounds(value: float, lowest: float | None, highest: float | None) -> None:
    if lowest is not None and value < lowest:
        raise Wrong(f"{value:g} is below {lowest:g}")
    if highest is not None and value > highest:
        raise Wrong(f"{value:g} is above {highest:g}")


def instant(value: object) -> datetime:
    """Return an instant in UTC, read from RFC 3339 with an offset."""
    parts = _INSTANT.fullmatch(value) if isinstance(value, str) else None
    if parts is None:
        raise Wrong(f"{shown(value)} is not an instant of RFC 3339, such as 2026-01-01T00:00:00+08:00")
    day, time, offset = parts.groups()
    if offset is None:
        raise Wrong(f"{shown(value)} has no offset, so it could be any hour; write +08:00 or Z at its end")
    try:
        return datetime.fromisoformat(f"{day}T{time}{offset.upper()}").astimezone(UTC)
    except (ValueError, OverflowError):
        raise Wrong(f"{shown(value)} is not in the calendar") from None


def attribute(value: object, spec: AttributeSpec) -> Value:
    """Return the value of an attribute, of the type and within the bounds that its kind fixes."""
    match spec.type:
        case ValueType.TEXT:
            return choice(value, spec.choices) if spec.choices else text(value)
        case ValueType.BOOL:
            return truth(value)
        case ValueType.INT:
            return integer(value, spec.lowest, spec.highest)
        case ValueType.FLOAT:
            return number(value, spec.lowest, spec.highest)
