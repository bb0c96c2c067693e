"""What pydantic found wrong with a reading, in the words of the quarantine. Pure."""

from collections.abc import Mapping
from datetime import UTC, datetime
from math import isfinite
from typing import Any, Final

from pydantic_core import ErrorDetails, ValidationError

from domain.delivery import Reason, Reject
from ingest.wire import INSTANT, MAX_NAME

_BY_TYPE: Final[Mapping[str, Reason]] = {
    "missing": Reason.MISSING_FIELD,
    "finite_number": Reason.NOT_FINITE,
    "greater_than_equal": Reason.OUT_OF_RANGE,
    "less_than_equal": Reason.OUT_OF_RANGE,
    "int_parsing_size": Reason.OUT_OF_RANGE,
    "string_too_long": Reason.TOO_LONG,
    "too_long": Reason.TOO_LONG,
    "literal_error": Reason.UNKNOWN_EVENT,
}
_SHOWN: Final = 120
MANY: Final = 100
"""More mistakes than that are not listed for a reason alone: each costs time."""


def reject(error: ValidationError, raw: object, index: int | None) -> Reject:
    """Return why the reading `raw` at `index` of its delivery cannot be accepted; the first mistake counts."""
    detail = first_of(error)
    reason = _reason(detail)
    path = ".".join(str(part) for part in detail["loc"]) or "the reading"
    return Reject(reason, f"{printable(path)}: {printable(detail['msg'])}", index, claimed_device(raw), claimed_at(raw))


def reason_of(error: ValidationError) -> Reason:
    """Return the reason alone: a fraction of what `reject` costs."""
    return _reason(first_of(error)) if error.error_count() <= MANY else Reason.WRONG_SHAPE


def first_of(error: ValidationError) -> ErrorDetails:
    """Return the first mistake. What it costs grows with the number of mistakes."""
    return error.errors(include_url=False, include_context=False)[0]


def _reason(detail: ErrorDetails) -> Reason:
    field = detail["loc"][0] if detail["loc"] else None
    kind, given = detail["type"], detail["input"]
    if field is None:
        return Reason.WRONG_SHAPE
    if field == "at" and kind != "missing":
        return Reason.BAD_TIME
    if isinstance(given, float) and not isfinite(given):
        return Reason.NOT_FINITE
    if kind == "float_type" and isinstance(given, int) and not isinstance(given, bool):
        return Reason.NOT_FINITE  # a whole number beyond every float
    if kind == "extra_forbidden":
        return Reason.UNKNOWN_METRIC if field == "values" and len(detail["loc"]) > 1 else Reason.UNKNOWN_FIELD
    return _BY_TYPE.get(kind, Reason.WRONG_TYPE)


def claimed_device(raw: object) -> str | None:
    """Return the device that a rejected reading names, if that can be a device id at all."""
    named = _get(raw, "device")
    return named if isinstance(named, str) and 0 < len(named) <= MAX_NAME and named.isprintable() else None


def claimed_at(raw: object) -> datetime | None:
    """Return the event time (UTC) that a rejected reading names, if it is a time."""
    try:
        at: datetime = INSTANT.validate_python(_get(raw, "at"))
        return at.astimezone(UTC)
    except (ValidationError, OverflowError):  # not a time, or none that UTC can express
        return None


def printable(text: str) -> str:
    """Return text from outside, short and without characters that a database or terminal could trip over."""
    shown = text if len(text) <= _SHOWN else text[:_SHOWN] + "…"
    return shown if shown.isprintable() else ascii(shown)[1:-1]


def _get(raw: object, name: str) -> Any:
    return raw.get(name) if isinstance(raw, dict) else None
