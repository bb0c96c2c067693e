"""Instants as whole microseconds since 1970-01-01T00:00Z: exact, sorted and indexed alike everywhere. Pure."""

from datetime import UTC, datetime, timedelta
from typing import Final

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_DAY_S: Final = 86_400
_SECOND_US: Final = 1_000_000


def micros(at: datetime) -> int:
    """Return an aware instant as whole microseconds since 1970 UTC."""
    since = at - _EPOCH  # its parts are faster than a division of spans, which is one of large numbers
    return (since.days * _DAY_S + since.seconds) * _SECOND_US + since.microseconds


def instant_of(microseconds: int) -> datetime:
    """Return the instant of whole microseconds since 1970 UTC, aware, in UTC."""
    return _EPOCH + timedelta(microseconds=microseconds)
