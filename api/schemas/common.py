"""What all shapes share: strict bodies, instants, and texts that every database can keep."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Final

from fastapi import Path
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, WithJsonSchema

from domain.scope import ScopeKind

_RFC3339: Final = re.compile(r"(\d{4}-\d\d-\d\d)[Tt](\d\d:\d\d:\d\d(?:\.\d{1,9})?)([Zz]|[+-]\d\d:\d\d)", re.ASCII)
FIRST_YEAR: Final = 1970
LAST_YEAR: Final = 2199
"""The years that every store can hold; InfluxDB's nanoseconds end in 2262."""


def rfc3339(instant: datetime) -> str:
    """Write an instant in UTC with a `Z`."""
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


def parse_instant(value: Any) -> datetime:
    """Read RFC 3339 with an offset into UTC; digits beyond the microsecond are cut off.

    Raises:
        ValueError: it is anything else, or outside the years that the stores can hold.
    """
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.astimezone(UTC)
    match = _RFC3339.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise ValueError("must be an instant of RFC 3339 with an offset, like 2026-11-23T18:05:00+08:00")
    day, time, offset = match.groups()
    try:
        instant = datetime.fromisoformat(f"{day}T{time}{offset.upper()}").astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError("is no instant of the calendar") from None
    if not FIRST_YEAR <= instant.year <= LAST_YEAR:
        raise ValueError(f"must lie in the years {FIRST_YEAR} to {LAST_YEAR}")
    return instant


Instant = Annotated[
    datetime,
    BeforeValidator(parse_instant),
    PlainSerializer(rfc3339, return_type=str),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
"""In: RFC 3339 with any offset. Out: UTC with `Z`."""

# PostgreSQL keeps no NUL in a text, and nobody can read the other control characters
TEXT: Final = r"^[^\x00-\x1f\x7f]*[^\x00-\x1f\x7f\s][^\x00-\x1f\x7f]*$"
"""A line of text that is not blank."""
Text = Annotated[str, Field(min_length=1, max_length=200, pattern=TEXT)]
LongText = Annotated[str, Field(min_length=1, max_length=1000, pattern=TEXT)]
_CJK: Final = "々〇\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U000323af"
IDENT: Final = f"^[A-Za-z0-9{_CJK}][A-Za-z0-9._:{_CJK}-]*$"
"""An id that is safe in topics, paths and scopes: ASCII or Chinese letters and digits, then also . _ : and -"""
_NAMED: Final = {"format": "identifier"}
"""So that who makes up values by the document need not make them of a pattern with 100,000 characters."""
Ident = Annotated[str, Field(min_length=1, max_length=64, pattern=IDENT, json_schema_extra=_NAMED)]
PathIdent = Annotated[str, Path(min_length=1, max_length=64, pattern=IDENT, json_schema_extra=_NAMED)]
_KINDS: Final = tuple(kind for kind in ScopeKind if kind is not ScopeKind.CITY)
SCOPE: Final = rf"^(city|({'|'.join(_KINDS)}):[^\x00-\x1f\x7f]+)$"

FORMS: Final[Mapping[str, str]] = {
    TEXT: "must be one line that is not blank",
    IDENT: "must be letters and digits, then also . _ : and -",
    SCOPE: f"must be city, or kind:id like road_class:arterial; kinds are {', '.join(_KINDS)}",
}
"""What the patterns that are hard to read ask for, in words."""


class Body(BaseModel):
    """A request body: what is not known is an error, and a text is never taken for a number or truth value."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Answer(BaseModel):
    """An answer."""

    model_config = ConfigDict(frozen=True)
