"""Column types that mean the same on SQLite and PostgreSQL."""

from datetime import datetime

from sqlalchemy import BigInteger, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator
from typing_extensions import override

from domain.instants import instant_of, micros

_LARGEST = 2**63 - 1


class Instant(TypeDecorator[datetime]):
    """An aware instant as whole microseconds since 1970-01-01T00:00Z.

    An integer is exact, sorts and indexes alike everywhere, and knows no session time zone; SQLite has no time type.
    """

    impl = BigInteger
    cache_ok = True

    @override
    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone")
        return micros(value)

    @override
    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        return None if value is None else instant_of(value)


class CleanText(TypeDecorator[str]):
    """Text that any database can hold.

    PostgreSQL refuses U+0000 and no database encodes half a surrogate pair, but JSON from a device may carry both.
    They are written as escapes, so that a hostile text can be kept and searched for like any other.
    """

    impl = Text
    cache_ok = True

    @override
    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else clean(value)


def clean(text: str) -> str:
    """Return `text` with U+0000 and lone surrogates written as escapes."""
    try:
        text.encode()
    except UnicodeEncodeError:
        text = text.encode("utf-8", "backslashreplace").decode()
    return text.replace("\x00", "\\x00")


def bigint(number: int) -> int:
    """Return `number` held within what a BIGINT column can be compared with; callers pass ids from outside."""
    return max(-_LARGEST, min(number, _LARGEST))
