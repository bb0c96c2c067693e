"""Published measures of a made-up indicator."""

from datetime import UTC, datetime, timedelta
from typing import Any

from domain.citytime import JINAN
from domain.history import Published, published
from domain.measure import Measure
from domain.period import PeriodKind, period_of

H0 = datetime(2026, 11, 23, 0, 0, tzinfo=UTC)
"""08:00 in Jinan."""


def hour(n: float) -> datetime:
    return H0 + timedelta(hours=n)


def of_hour(number: int, lit: float = 3, scope: str = "city", why: str = "", **changes: Any) -> Published:
    """The measure of the hour that begins `number` hours after H0."""
    period = period_of(PeriodKind.HOUR, hour(number), JINAN.tz)
    said: dict[str, Any] = {
        "indicator": "light_on_rate",
        "scope": scope,
        "at": period.end,
        "unit": "%",
        "value": 100 * lit / 4,
        "numerator": lit,
        "denominator": 4,
        "unknown": 1,
        "coverage": 0.75,
        "detail": {"路": [1.5, None]},
        **changes,
    }
    return published(Measure(**said), period, 1, why)
