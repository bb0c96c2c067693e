"""The grids that ticks lie on, anchored at the Unix epoch."""

from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
COARSE = timedelta(minutes=1)
"""The grid while a backlog drains: each scheduled instant of the rules lies on a full minute."""


def floor(at: datetime, grid: timedelta) -> datetime:
    """Return the last instant of the grid that is not after `at`."""
    return EPOCH + (at - EPOCH) // grid * grid
